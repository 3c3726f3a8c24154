// What a traced function looks like: its signature, the variables that it captures, its graph before and after a pass
// is switched off, and a drawing for Graphviz.
#include <cstdio>
#include <fstream>
#include <iostream>

#include <cornu/cornu.h>

using namespace cornu;

int main(int argc, char** argv) {
  const Variable w(random::normal({3, 2}, {.seed = 1}), {.name = "w"}), b(zeros({2}), {.name = "b"});
  const Variable calls(0.f, {.name = "calls", .trainable = false});
  const auto layer = [&](const Tensor& x) {
    calls.assign_add(1.f);
    return relu(matmul(x, w) + b) * 2.f + 1.f;
  };

  const Function f = function(layer, {.input_signature = {TensorSpec({-1, 3})}, .name = "layer"});
  const ConcreteFunction concrete = f.concrete_function(ones({4, 3}));
  std::cout << "inputs:\n";
  for (const TensorSpec& spec : concrete.inputs()) std::cout << "  " << name(spec.dtype) << ' ' << spec.shape << '\n';
  std::cout << "captured variables:\n";
  for (const Variable& variable : concrete.captured_variables())
    std::cout << "  " << variable.path() << ' ' << variable.shape() << '\n';
  std::cout << "the graph:\n" << concrete.graph().to_string();

  passes::set_enabled("fuse_products", false);
  const Function unfused = function(layer, {.input_signature = {TensorSpec({-1, 3})}, .name = "layer"});
  std::cout << "without fuse_products:\n" << unfused.concrete_function(ones({4, 3})).graph().to_string();
  passes::set_enabled("fuse_products", true);

  // With a file name, a drawing: `dot -Tsvg graph.dot -o graph.svg` makes a picture of it.
  if (argc > 1) std::ofstream(argv[1]) << concrete.graph().to_dot();
}
