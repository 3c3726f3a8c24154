// Training on MNIST that TensorBoard shows: the loss and a scalar of one's own for each batch, histograms of weights,
// some images, the graph of the training step, and a profile of a few steps.
// usage: tensorboard [log directory [steps [dataset directory]]]; then `tensorboard --logdir DIRECTORY`, or
// `cornu show DIRECTORY`, and https://ui.perfetto.dev for the profile
// test: logs/tensorboard 300
#include <cstdio>
#include <cstdlib>
#include <iostream>

#include "mnist_classifier.h"

using namespace cornu;

int main(int argc, char** argv) try {
  const std::string directory = argc > 1 ? argv[1] : "logs/tensorboard";
  const int64_t steps = argc > 2 ? std::atoi(argv[2]) : 1000;
  set_random_seed(1);
  const Digits digits(datasets::mnist::load_data({.directory = argc > 3 ? argv[3] : ""}).train);
  MLP model;
  optimizers::Adam optimizer({.learning_rate = 1e-3});
  Function train_step = function(
      [&](const Tensor& images, const Tensor& labels) {
        GradientTape tape;
        Tensor loss = reduce_mean(losses::sparse_categorical_crossentropy(labels, model(images)));
        std::vector<Variable> variables = model.trainable_variables();
        optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables));
        return loss;
      },
      {.name = "train_step"});

  summary::FileWriter writer = summary::create_file_writer(directory);
  auto scope = writer.as_default();
  summary::text("about", "An MLP that says **which digit** an image shows.", 0);
  for (int64_t batch_index = 0; batch_index < steps; ++batch_index) {
    Tensor index = random::uniform_int({50}, 0, digits.size());
    Tensor images = gather(digits.images, index), labels = gather(digits.labels, index);
    // The first call traces the function; the profile is of some steps after it.
    if (batch_index == 100) summary::trace_on({.graph = true, .profiler = true});
    Tensor loss;
    {
      summary::ProfileScope step("batch", batch_index);
      loss = train_step(images, labels);
    }
    if (batch_index == 110) {
      std::cout << summary::profile_table(8);
      summary::trace_export("train_step", {.step = batch_index, .profiler_outdir = directory});
    }
    summary::scalar("loss", loss, batch_index);
    summary::scalar("mean brightness", reduce_mean(images), batch_index);
    if (batch_index % 100 == 0) {
      for (const Variable& variable : model.trainable_variables())
        summary::histogram(variable.path(), variable, batch_index);
      summary::image("images", images, batch_index, {.max_outputs = 4});
    }
  }
  writer.close();
  std::printf("written to %s\n", writer.path().c_str());
} catch (const Error& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
