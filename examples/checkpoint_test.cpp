// Restores the model that checkpoint_train saved, by the same key, and evaluates it on points that it has not seen.
// usage: checkpoint_test [DIRECTORY]
// after: checkpoint_train
#include <cstdio>

#include "circle_classifier.h"

using namespace cornu;

int main(int argc, char** argv) {
  const std::string path = latest_checkpoint(checkpoint_directory(argc, argv));
  if (path.empty()) {
    std::fprintf(stderr, "there is no checkpoint in %s: run checkpoint_train first\n",
                 checkpoint_directory(argc, argv).c_str());
    return 1;
  }
  for (const CheckpointVariable& variable : list_variables(path)) std::printf("%s\n", variable.name.c_str());

  CircleClassifier model;
  Checkpoint checkpoint({{"myModel", model}});
  const CheckpointStatus status = checkpoint.restore(path);
  status.expect_partial();  // the optimizer's values are left

  const Points points = draw_points(2000, 4);
  const Tensor y = model.predict(points.x, {.verbose = 0});  // makes the variables, which take their values
  status.assert_existing_objects_matched();
  metrics::BinaryAccuracy accuracy;
  accuracy.update_state(points.y, y);
  const float value = accuracy.result().item<float>();
  std::printf("accuracy of %s: %.4f\n", path.c_str(), value);
  return value > 0.95f ? 0 : 1;
}
