// What fit() costs over its traced step, and predict() over its matrix products: the MLP 784-100-10 on 60,000 samples
// in batches of 50, with shuffling, the accuracy and a progress bar.
#include <cstdlib>
#include <memory>
#include <sstream>

#include "mlp_cornu.h"

using namespace bench;
using namespace cornu;

namespace {

constexpr int64_t samples = 60000, batch_size = 50, steps = 600;

Sequential make_model() {
  Sequential model{layers::InputLayer({784}), layers::Dense({.units = 100, .activation = "relu"}),
                   layers::Dense({.units = 10, .activation = "softmax"})};
  model.compile({.optimizer = "adam", .loss = "sparse_categorical_crossentropy", .metrics = {"accuracy"}});
  return model;
}

/// The same step, traced by hand and given its batches: what fit() cannot be faster than.
class TracedStep {
 public:
  explicit TracedStep(const Tensor& x, const Tensor& y)
      : x_(x.slice({{0, batch_size}})), y_(y.slice({{0, batch_size}})), model_(make_model()) {}

  void run(int64_t count) {
    for (; count > 0; --count) keep(step_(x_, y_));
  }

 private:
  Tensor x_, y_;
  Sequential model_;
  FunctionOf<TensorList> step_ =
      function([this](const Tensor& x, const Tensor& y) { return model_.train_step({.x = x, .y = y}).tensors(); });
};

/// fit() without the end of an epoch: `count` steps in it.
void fit(Sequential& model, const Tensor& x, const Tensor& y, int64_t count, std::ostream* out) {
  FitOptions options{.batch_size = batch_size, .steps_per_epoch = count, .verbose = out ? 1 : 0};
  if (out) options.callbacks = {callbacks::ProgbarLogger(out)};
  model.fit(x, y, options);
}

void compare_fit(const Tensor& x, const Tensor& y, int threads) {
  auto alone = std::make_shared<TracedStep>(x, y);
  auto silent = std::make_shared<Sequential>(make_model()), with_bar = std::make_shared<Sequential>(make_model());
  auto terminal = std::make_shared<std::ostringstream>();
  // Each runs so many steps at once that the beginning of fit(), which draws an order of all samples, counts as in an
  // epoch of 1,200 steps.
  compare(
      {.name = "MLP, " + std::to_string(steps) + " steps", .threads = threads, .rounds = 11, .round_seconds = 0.001},
      {{.name = "the traced step alone", .run = [=] { alone->run(steps); }},
       {.name = "fit, silent", .run = [=] { fit(*silent, x, y, steps, nullptr); }, .goal_ratio = 1.25},
       {.name = "fit, with a progress bar",
        .run =
            [=] {
              fit(*with_bar, x, y, steps, terminal.get());
              terminal->str("");
            },
        .goal_ratio = 1.25}});
}

/// The two products of 10,000 samples, into buffers made once.
class Products {
 public:
  Products(const float* x, Sgemm sgemm)
      : x_(x), sgemm_(sgemm), w1_(784 * 100, 0.01f), w2_(100 * 10, 0.01f), hidden_(10000 * 100), out_(10000 * 10) {}
  void run() {
    sgemm_(false, false, 10000, 100, 784, x_, 784, w1_.data(), 100, hidden_.data(), 100);
    sgemm_(false, false, 10000, 10, 100, hidden_.data(), 100, w2_.data(), 10, out_.data(), 10);
    keep(out_[0]);
  }

 private:
  const float* x_;
  Sgemm sgemm_;
  std::vector<float> w1_, w2_, hidden_, out_;
};

void compare_predict(const Tensor& x, int threads) {
  const Tensor many = x.slice({{0, 10000}}), one = x.slice({{0, 1}});
  auto model = std::make_shared<Sequential>(make_model());
  std::vector<Contender> contenders;
  for (const auto& [name, sgemm] : floors())
    contenders.push_back(
        {.name = std::string("products alone, ") + name,
         .run = [products = std::make_shared<Products>(many.data<float>().data(), sgemm)] { products->run(); }});
  for (const int64_t size : {32, 1000, 10000})
    contenders.push_back({.name = "predict, batches of " + std::to_string(size),
                          .run = [=] { keep(model->predict(many, {.batch_size = size, .verbose = 0})); },
                          .goal_ratio = size == 10000 ? 1.1 : 0});
  compare({.name = "MLP, predict of 10,000 samples", .threads = threads, .rounds = 21, .round_seconds = 0.02},
          std::move(contenders));
  compare({.name = "MLP, predict of one sample", .threads = threads},
          {{.name = "predict", .run = [=] { keep(model->predict(one, {.verbose = 0})); }, .goal_microseconds = 4}});
}

}  // namespace

int main() {
  const MlpData data(batch_size, samples);
  const Tensor x = Tensor::from_span<float>(data.images, {samples, 784});
  const Tensor y = Tensor::from_span<int32_t>(data.labels, {samples});
  for (int threads = 1; threads <= std::min(2, available_threads()); ++threads) {
    compare_fit(x, y, threads);
    compare_predict(x, threads);
  }
}
