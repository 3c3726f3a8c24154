// Tensors and xtensor: expressions go in, copies or read-only views come out.
#include <iostream>

#include <xtensor/xio.hpp>
#include <xtensor/xsort.hpp>

#include <cornu/cornu.h>
#include <cornu/xtensor.h>
using namespace cornu;

int main() {
  xt::xarray<float> a = {{3.f, 1.f}, {2.f, 4.f}};
  Tensor t = from_xarray(xt::transpose(a) * 2.f);  // any expression
  std::cout << t << "\n";

  auto seen = view<float>(t);  // no copy
  std::cout << "sum through the view: " << xt::sum(seen)() << "\n";

  xt::xarray<float> copy = to_xarray<float>(matmul(t, t));
  std::cout << "sorted rows of the product:\n" << xt::sort(copy, 1) << "\n";
}
