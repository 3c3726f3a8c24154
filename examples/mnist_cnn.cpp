// A convolutional network on MNIST, by a data pipeline that shuffles, makes batches and works ahead.
// usage: mnist_cnn [epochs [training images [dataset directory]]]; `./run mnist` brings the data set.
// test: 1 3000
#include <cstdio>
#include <cstdlib>

#include <cornu/cornu.h>
using namespace cornu;

static Tensor images(const Tensor& x) { return expand_dims(cast(x, float32) / 255.f, -1); }

int main(int argc, char** argv) try {
  const int64_t epochs = argc > 1 ? std::atoi(argv[1]) : 3, count = argc > 2 ? std::atoi(argv[2]) : 60000;
  set_random_seed(1);
  datasets::Split data = datasets::mnist::load_data({.directory = argc > 3 ? argv[3] : ""});

  Sequential model{
      layers::InputLayer({28, 28, 1}),
      layers::Conv2D({.filters = 32, .kernel_size = 3, .activation = "relu"}),
      layers::MaxPooling2D(),
      layers::Conv2D({.filters = 64, .kernel_size = 3, .activation = "relu"}),
      layers::MaxPooling2D(),
      layers::Flatten(),
      layers::Dropout(0.5),
      layers::Dense({.units = 10, .activation = "softmax"}),
  };
  model.summary();
  model.compile({.optimizer = "adam", .loss = "sparse_categorical_crossentropy", .metrics = {"accuracy"}});

  Dataset training =
      Dataset::from_tensor_slices({images(data.train.x), data.train.y}).take(count).shuffle(10000).batch(64).prefetch();
  Dataset test = Dataset::from_tensor_slices({images(data.test.x), data.test.y}).batch(256);
  model.fit(training, {.epochs = epochs, .validation_data = test});
  return model.evaluate(test, {.verbose = 2})["accuracy"] > 0.8 ? 0 : 1;
} catch (const Error& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
