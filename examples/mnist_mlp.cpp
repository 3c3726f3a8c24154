// A multilayer perceptron of one's own, trained on MNIST by hand and evaluated with SparseCategoricalAccuracy.
// usage: mnist_mlp [epochs [dataset directory]]; `./run mnist` brings the data set.
// test: 1
#include <cstdio>
#include <cstdlib>

#include <cornu/cornu.h>
using namespace cornu;

class MLP : public Model {
 public:
  Tensor call(const Tensor& inputs) override {  // [batch, 28, 28, 1]
    Tensor x = flatten(inputs);                 // [batch, 784]
    x = dense1(x);                              // [batch, 100]
    x = dense2(x);                              // [batch, 10]
    return softmax(x);
  }

 private:
  layers::Flatten flatten;
  layers::Dense dense1{{.units = 100, .activation = relu}};
  layers::Dense dense2{{.units = 10}};
};

static Tensor images(const Tensor& x) { return expand_dims(cast(x, float32) / 255.f, -1); }

static void train(MLP& model, const Tensor& x, const Tensor& y, int64_t epochs, int64_t batch_size) {
  optimizers::Adam optimizer({.learning_rate = 1e-3});
  const int64_t num_batches = x.shape()[0] / batch_size;
  for (int64_t epoch = 0; epoch < epochs; ++epoch) {
    std::printf("Epoch %lld/%lld\n", static_cast<long long>(epoch + 1), static_cast<long long>(epochs));
    metrics::Mean mean_loss;
    ProgressBar bar(num_batches);
    for (int64_t batch = 0; batch < num_batches; ++batch) {
      Tensor index = random::uniform_int({batch_size}, 0, x.shape()[0]);
      Tensor inputs = gather(x, index), labels = gather(y, index);
      GradientTape tape;
      Tensor loss = reduce_mean(losses::sparse_categorical_crossentropy(labels, model(inputs)));
      std::vector<Tensor> gradients = tape.gradient(loss, model.trainable_variables());
      optimizer.apply_gradients(zip(gradients, model.trainable_variables()));
      mean_loss.update_state(loss);
      bar.update(batch + 1, {{"loss", mean_loss.result().item<float>()}});
    }
  }
}

static float evaluate(MLP& model, const Tensor& x, const Tensor& y, int64_t batch_size) {
  metrics::SparseCategoricalAccuracy accuracy;
  for (int64_t start = 0; start < x.shape()[0]; start += batch_size) {
    const std::vector<Slice> batch{{start, start + batch_size}};
    accuracy.update_state(y.slice(batch), model.predict(x.slice(batch), {.batch_size = batch_size, .verbose = 0}));
  }
  return accuracy.result().item<float>();
}

int main(int argc, char** argv) try {
  const int64_t epochs = argc > 1 ? std::atoi(argv[1]) : 5, batch_size = 50;
  set_random_seed(1);
  datasets::Split data = datasets::mnist::load_data({.directory = argc > 2 ? argv[2] : ""});
  MLP model;
  train(model, images(data.train.x), cast(data.train.y, int32), epochs, batch_size);
  model.summary();
  std::printf("test accuracy: %.4f\n", evaluate(model, images(data.test.x), cast(data.test.y, int32), batch_size));
} catch (const Error& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
