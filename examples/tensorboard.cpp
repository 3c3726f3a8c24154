// Training that TensorBoard shows: the loss and a scalar of one's own for each batch, histograms of weights, some
// images, the graph of the training step, and a profile of a few steps. usage: tensorboard [log directory]; then
// `tensorboard --logdir DIRECTORY`, and https://ui.perfetto.dev for the profile
#include <cstdio>
#include <iostream>

#include <cornu/cornu.h>
using namespace cornu;

class MLP : public Model {
 public:
  Tensor call(const Tensor& images) override {  // [batch, 8, 8, 1]
    return output(hidden(flatten(images)));     // [batch, 4]
  }

 private:
  layers::Flatten flatten;
  layers::Dense hidden{{.units = 32, .activation = relu}}, output{{.units = 4}};
};

// Bright quarters in noise: the label says which of the four it is.
struct Batch {
  Tensor images, labels;
};
static Batch make_batch(int64_t size) {
  Tensor labels = random::uniform_int({size}, 0, 4);
  Tensor quarters = reshape(one_hot(labels, 4), {size, 2, 1, 2, 1, 1});
  Tensor bright = reshape(broadcast_to(quarters, {size, 2, 4, 2, 4, 1}), {size, 8, 8, 1});
  return {0.5f * bright + 0.5f * random::uniform({size, 8, 8, 1}), labels};
}

int main(int argc, char** argv) try {
  const std::string directory = argc > 1 ? argv[1] : "logs/tensorboard";
  set_random_seed(1);
  MLP model;
  optimizers::Adam optimizer({.learning_rate = 1e-2});
  Function train_step = function(
      [&](const Tensor& images, const Tensor& labels) {
        GradientTape tape;
        Tensor loss = reduce_mean(sparse_softmax_cross_entropy_with_logits(labels, model(images)));
        std::vector<Variable> variables = model.trainable_variables();
        optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables));
        return loss;
      },
      {.name = "train_step"});

  summary::FileWriter writer = summary::create_file_writer(directory);
  auto scope = writer.as_default();
  summary::text("about", "An MLP that says **which quarter** of an image is bright.", 0);
  for (int64_t batch_index = 0; batch_index < 200; ++batch_index) {
    Batch batch = make_batch(50);
    // The first call traces the function; the profile is of some steps after it.
    if (batch_index == 100) summary::trace_on({.graph = true, .profiler = true});
    Tensor loss;
    {
      summary::ProfileScope step("batch", batch_index);
      loss = train_step(batch.images, batch.labels);
    }
    if (batch_index == 110) {
      std::cout << summary::profile_table(8);
      summary::trace_export("train_step", {.step = batch_index, .profiler_outdir = directory});
    }
    summary::scalar("loss", loss, batch_index);
    summary::scalar("mean brightness", reduce_mean(batch.images), batch_index);
    if (batch_index % 20 == 0) {
      for (const Variable& variable : model.trainable_variables())
        summary::histogram(variable.path(), variable, batch_index);
      summary::image("images", batch.images, batch_index, {.max_outputs = 4});
    }
  }
  writer.close();
  std::printf("written to %s\n", writer.path().c_str());
} catch (const Error& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
