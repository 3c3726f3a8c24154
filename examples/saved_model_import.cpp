// Loads a SavedModel and evaluates it on MNIST's test set: the class that made it is not needed.
// usage: saved_model_import [DIRECTORY [dataset directory]]
// test: saved_mlp
// after: saved_model_export
#include <cstdio>

#include <cornu/cornu.h>
using namespace cornu;

int main(int argc, char** argv) try {
  auto model = saved_model::load(argc > 1 ? argv[1] : "saved_mlp");
  for (const auto& [name, signature] : model.signatures())
    std::printf("signature %s: %zu input(s), %zu output(s)\n", name.c_str(), signature.inputs().size(),
                signature.outputs().size());
  for (const Variable& variable : model.variables())
    std::printf("variable %s: %s\n", variable.path().c_str(), variable.shape().to_string().c_str());

  datasets::Split data = datasets::mnist::load_data({.directory = argc > 2 ? argv[2] : ""});
  const Tensor images = expand_dims(cast(data.test.x, float32) / 255.f, -1), labels = cast(data.test.y, int32);
  metrics::SparseCategoricalAccuracy accuracy;
  for (int64_t start = 0; start < images.shape()[0]; start += 100) {
    const std::vector<Slice> batch{{start, start + 100}};
    accuracy.update_state(labels.slice(batch), model.call(images.slice(batch)));
  }
  std::printf("test accuracy: %.4f\n", static_cast<double>(accuracy.result().item<float>()));
} catch (const Error& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
