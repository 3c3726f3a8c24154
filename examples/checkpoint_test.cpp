// Restores the model that checkpoint_train saved, by the same key, and evaluates it on MNIST's test set.
// usage: checkpoint_test [DIRECTORY [dataset directory]]
// test: mnist_checkpoints
// after: checkpoint_train
#include <cstdio>

#include "mnist_classifier.h"

using namespace cornu;

int main(int argc, char** argv) try {
  const std::string directory = argc > 1 ? argv[1] : "mnist_checkpoints";
  const std::string path = latest_checkpoint(directory);
  if (path.empty()) throw StateError("there is no checkpoint in " + directory + ": run checkpoint_train first");
  for (const CheckpointVariable& variable : list_variables(path)) std::printf("%s\n", variable.name.c_str());

  MLP model;
  Checkpoint checkpoint({{"myModel", model}});
  CheckpointStatus status = checkpoint.restore(path);
  status.expect_partial();  // the optimizer's values are left

  // The first call makes the variables, which take their values.
  const Digits digits(datasets::mnist::load_data({.directory = argc > 2 ? argv[2] : ""}).test);
  const float accuracy = accuracy_of([&](const Tensor& images) { return model(images); }, digits);
  status.assert_existing_objects_matched();
  std::printf("test accuracy of %s: %.4f\n", path.c_str(), static_cast<double>(accuracy));
  return accuracy > 0.9f ? 0 : 1;
} catch (const Error& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
