// The shortest way: a Sequential model, compile, fit, evaluate, predict.
// usage: mnist_fit [epochs [dataset directory]]; `./run mnist` brings the data set.
// test: 1
#include <cstdio>
#include <cstdlib>

#include <cornu/cornu.h>
using namespace cornu;

int main(int argc, char** argv) try {
  set_random_seed(1);
  datasets::Split data = datasets::mnist::load_data({.directory = argc > 2 ? argv[2] : ""});
  Tensor x_train = cast(data.train.x, float32) / 255.f, x_test = cast(data.test.x, float32) / 255.f;

  Sequential model{
      layers::InputLayer({28, 28}),
      layers::Flatten(),
      layers::Dense({.units = 128, .activation = "relu"}),
      layers::Dropout(0.2),
      layers::Dense({.units = 10, .activation = "softmax"}),
  };
  model.summary();
  model.compile({.optimizer = "adam", .loss = "sparse_categorical_crossentropy", .metrics = {"accuracy"}});
  model.fit(x_train, data.train.y,
            {.batch_size = 128,
             .epochs = argc > 1 ? std::atoi(argv[1]) : 5,
             .validation_split = 0.1,
             .callbacks = {callbacks::EarlyStopping({.monitor = "val_loss", .patience = 2})}});

  Logs result = model.evaluate(x_test, data.test.y, {.verbose = 0});
  std::printf("test loss %.4f, test accuracy %.4f\n", result["loss"], result["accuracy"]);
  Tensor scores = model.predict(x_test.slice({{0, 1}}), {.verbose = 0});
  std::printf("the first image is a %lld\n", static_cast<long long>(argmax(scores, 1)[0].item<int64_t>()));
  return result["accuracy"] > 0.93 ? 0 : 1;
} catch (const Error& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
