// Trains and saves a checkpoint after each epoch; killed at any moment and started again, it goes on where it was.
// checkpoint_test, another program, restores what this one saves.
// usage: checkpoint_train [DIRECTORY]
#include <cstdio>

#include "circle_classifier.h"

using namespace cornu;

int main(int argc, char** argv) {
  set_random_seed(1);
  const int epochs = 20;
  const int64_t batch_size = 32;
  const Points points = draw_points(2048, 3);

  CircleClassifier model;
  optimizers::Adam optimizer({.learning_rate = 0.01});
  losses::BinaryCrossentropy loss_function;
  int epoch = 0;
  // All that the rest of the training depends on, the generator of the order of the points included.
  Checkpoint checkpoint(
      {{"myModel", model}, {"optimizer", optimizer}, {"epoch", epoch}, {"random", random::global_generator()}});
  CheckpointManager manager(checkpoint, checkpoint_directory(argc, argv), {.max_to_keep = 3});
  if (const auto path = manager.restore_or_initialize())
    std::printf("going on after epoch %d with %s\n", epoch, path->c_str());

  const Function train_step = function([&](const Tensor& x, const Tensor& y) {
    GradientTape tape;
    const Tensor loss = loss_function(y, model(x));
    const auto variables = model.trainable_variables();
    optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables));
    return loss;
  });
  while (epoch < epochs) {
    const Tensor order = random::permutation(2048);
    float loss = 0;
    for (int64_t start = 0; start < 2048; start += batch_size) {
      const Tensor batch = order.slice({{start, start + batch_size}});
      loss += train_step(gather(points.x, batch), gather(points.y, batch)).item<float>() * batch_size / 2048;
    }
    ++epoch;
    manager.save();
    std::printf("epoch %2d: loss %.4f\n", epoch, loss);
  }
  std::printf("saved %s\n", manager.latest_checkpoint().c_str());
}
