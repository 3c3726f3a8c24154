// Trains on MNIST and saves a checkpoint after each epoch, the model under the key "myModel"; killed at any moment and
// started again, it goes on where it was. checkpoint_test, another program, restores what this one saves.
// usage: checkpoint_train [DIRECTORY [epochs [dataset directory]]]
// test: mnist_checkpoints 1
#include <cstdio>
#include <cstdlib>

#include "mnist_classifier.h"

using namespace cornu;

int main(int argc, char** argv) try {
  const std::string directory = argc > 1 ? argv[1] : "mnist_checkpoints";
  const int epochs = argc > 2 ? std::atoi(argv[2]) : 5;
  const int64_t batch_size = 50;
  set_random_seed(1);
  const Digits digits(datasets::mnist::load_data({.directory = argc > 3 ? argv[3] : ""}).train);

  MLP model;
  optimizers::Adam optimizer({.learning_rate = 1e-3});
  int epoch = 0;
  // All that the rest of the training depends on, the generator of the order of the images included.
  Checkpoint checkpoint(
      {{"myModel", model}, {"optimizer", optimizer}, {"epoch", epoch}, {"random", random::global_generator()}});
  CheckpointManager manager(checkpoint, directory, {.max_to_keep = 3});
  if (const auto path = manager.restore_or_initialize())
    std::printf("going on after epoch %d with %s\n", epoch, path->c_str());

  const Function train_step = function([&](const Tensor& index) {
    GradientTape tape;
    const Tensor loss = reduce_mean(
        losses::sparse_categorical_crossentropy(gather(digits.labels, index), model(gather(digits.images, index))));
    const auto variables = model.trainable_variables();
    optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables));
    return loss;
  });
  while (epoch < epochs) {
    const Tensor order = random::permutation(digits.size());
    metrics::Mean loss;
    for (int64_t start = 0; start < digits.size(); start += batch_size)
      loss.update_state(train_step(order.slice({{start, start + batch_size}})));
    ++epoch;
    manager.save();
    std::printf("epoch %d: loss %.4f\n", epoch, static_cast<double>(loss.result().item<float>()));
  }
  std::printf("saved %s\n", manager.latest_checkpoint().c_str());
} catch (const Error& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
