// OpenCV's dnn module runs frozen graphs and gives Cornu's predictions.
// usage: opencv DIRECTORY (of write_models)
#include <cmath>
#include <cstdio>

#include <opencv2/dnn.hpp>

#include <cornu/cornu.h>

namespace {

using cornu::Tensor;

cv::Mat to_mat(const Tensor& x) {
  const int rows = static_cast<int>(x.shape()[0]), columns = static_cast<int>(x.shape()[1]);
  return cv::Mat(rows, columns, CV_32F, const_cast<void*>(x.raw_data())).clone();
}

bool agrees(const std::string& folder) {
  cv::dnn::Net net = cv::dnn::readNetFromTensorflow(folder + "/frozen.pb");
  net.setInput(to_mat(cornu::load_npy(folder + "/x.npy")), "inputs");
  const cv::Mat received = net.forward("output_0");
  const Tensor expected = cornu::load_npy(folder + "/y.npy");
  if (static_cast<int64_t>(received.total()) != expected.size()) {
    std::printf("%s: OpenCV gives %zu numbers, Cornu %lld\n", folder.c_str(), received.total(),
                static_cast<long long>(expected.size()));
    return false;
  }
  float worst = 0;
  for (int64_t i = 0; i < expected.size(); ++i)
    worst = std::max(worst, std::abs(received.ptr<float>()[i] - expected.data<float>()[static_cast<size_t>(i)]));
  std::printf("%s: predictions differ by %.2g at most\n", folder.c_str(), static_cast<double>(worst));
  return worst < 1e-5f;
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc != 2) return 2;
  const std::string folder = argv[1];
  const bool mlp = agrees(folder + "/mlp"), branches = agrees(folder + "/branches");
  return mlp && branches ? 0 : 1;
} catch (const std::exception& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
