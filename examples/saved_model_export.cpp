// Trains a multilayer perceptron on MNIST and writes it as a SavedModel; saved_model_import runs it without the class.
// usage: saved_model_export [DIRECTORY [epochs [dataset directory]]]
// test: saved_mlp 1
#include <cstdio>
#include <cstdlib>

#include "mnist_classifier.h"

using namespace cornu;

int main(int argc, char** argv) try {
  const std::string directory = argc > 1 ? argv[1] : "saved_mlp";
  const int64_t epochs = argc > 2 ? std::atoi(argv[2]) : 3, batch_size = 50;
  set_random_seed(1);
  const Digits digits(datasets::mnist::load_data({.directory = argc > 3 ? argv[3] : ""}).train);

  MLP model;
  optimizers::Adam optimizer({.learning_rate = 1e-3});
  Function step = function([&](const Tensor& x, const Tensor& y) {
    GradientTape tape;
    Tensor loss = reduce_mean(losses::sparse_categorical_crossentropy(y, model(x)));
    optimizer.apply_gradients(zip(tape.gradient(loss, model.trainable_variables()), model.trainable_variables()));
    return loss;
  });
  Tensor loss;
  for (int64_t i = 0; i < epochs * (digits.size() / batch_size); ++i) {
    Tensor index = random::uniform_int({batch_size}, 0, digits.size());
    loss = step(gather(digits.images, index), gather(digits.labels, index));
  }
  std::printf("loss of the last batch: %.4f\n", static_cast<double>(loss.item<float>()));

  saved_model::save(model, directory);
  std::printf("written: %s\n", directory.c_str());
} catch (const Error& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
