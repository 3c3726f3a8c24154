#include <filesystem>
#include <fstream>
#include <sstream>

#include "core/io/temporary_folder.h"
#include "training_models.h"
#include <cornu/core/error.h>
#include <cornu/core/summary/scalars.h>
#include <cornu/core/train/checkpoint.h>
#include <cornu/models/training/callbacks/csv_logger.h>
#include <cornu/models/training/callbacks/early_stopping.h>
#include <cornu/models/training/callbacks/lambda_callback.h>
#include <cornu/models/training/callbacks/learning_rate_scheduler.h>
#include <cornu/models/training/callbacks/model_checkpoint.h>
#include <cornu/models/training/callbacks/reduce_lr_on_plateau.h>
#include <cornu/models/training/callbacks/report.h>
#include <cornu/models/training/callbacks/swap_ema_weights.h>
#include <cornu/models/training/callbacks/tensorboard.h>
#include <cornu/models/training/callbacks/terminate_on_nan.h>
#include <cornu/optimizers/sgd.h>

using namespace cornu;
using Catch::Contains;
using namespace training_models;

namespace {

Chain compiled_model(double rate = 0.1) {
  Chain model = linear_model();
  model.compile({.optimizer = optimizers::SGD({.learning_rate = rate}), .loss = "mse", .metrics = {"mae"}});
  return model;
}

std::string text_of(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

/// Puts given values into the logs, for the callbacks behind it.
class Say : public callbacks::Callback {
 public:
  Say(std::string name, std::vector<double> values) : name_(std::move(name)), values_(std::move(values)) {}
  void on_epoch_end(int64_t epoch, Logs& logs) override { logs.set(name_, values_.at(static_cast<size_t>(epoch))); }

 private:
  std::string name_;
  std::vector<double> values_;
};

/// How many epochs run with these values.
size_t epochs_with(const std::vector<double>& values, const callbacks::EarlyStoppingOptions& options) {
  const LinearData data;
  Chain model = compiled_model();
  return model
      .fit(data.x, data.y,
           {.epochs = static_cast<int64_t>(values.size()),
            .verbose = 0,
            .callbacks = {Say(options.monitor, values), callbacks::EarlyStopping(options)}})["loss"]
      .size();
}

}  // namespace

TEST_CASE("hooks are called in Keras's order") {
  std::string order;
  const auto hook = [&order](const char* name) { return [&order, name](Logs&) { order += std::string(name) + " "; }; };
  const auto numbered = [&order](const char* name) {
    return [&order, name](int64_t number, Logs&) { order += name + std::to_string(number) + " "; };
  };
  const callbacks::LambdaCallback callback({.on_epoch_begin = numbered("e"),
                                            .on_epoch_end = numbered("E"),
                                            .on_train_begin = hook("fit"),
                                            .on_train_end = hook("end"),
                                            .on_train_batch_begin = numbered("b"),
                                            .on_train_batch_end = numbered("B"),
                                            .on_test_begin = hook("test"),
                                            .on_test_end = hook("tested"),
                                            .on_test_batch_begin = numbered("t"),
                                            .on_test_batch_end = numbered("T"),
                                            .on_predict_begin = hook("predict"),
                                            .on_predict_end = hook("predicted"),
                                            .on_predict_batch_begin = numbered("p"),
                                            .on_predict_batch_end = numbered("P")});
  const LinearData data(4);
  Chain model = compiled_model();
  model.fit(data.x, data.y,
            {.batch_size = 2, .validation_data = {data.x, data.y}, .verbose = 0, .callbacks = {callback}});
  CHECK(order == "fit e0 b0 B0 b1 B1 test t0 T0 t1 T1 tested E0 end ");
  order.clear();
  model.predict(data.x, {.batch_size = 4, .verbose = 0, .callbacks = {callback}});
  CHECK(order == "predict p0 P0 predicted ");
}

TEST_CASE("a callback that is shared can be asked afterwards, and may end training") {
  class Counting : public callbacks::Callback {
   public:
    void on_batch_end(int64_t, Logs& logs) override {
      last = logs["loss"];
      if (++batches == 5) model().stop_training = true;
    }
    int batches = 0;
    double last = 0;
  };
  const auto counting = std::make_shared<Counting>();
  const LinearData data;
  Chain model = compiled_model();
  const History history =
      model.fit(data.x, data.y, {.batch_size = 16, .epochs = 9, .verbose = 0, .callbacks = {counting}});
  CHECK(counting->batches == 5);
  CHECK(history["loss"].size() == 2);
  CHECK(counting->last == history["loss"][1]);
  CHECK_THROWS_AS(model.fit(data.x, data.y, {.verbose = 0, .callbacks = {std::shared_ptr<Counting>()}}), ValueError);
}

TEST_CASE("EarlyStopping ends training, as Keras does") {
  CHECK(epochs_with({3, 2, 2, 2, 2}, {.monitor = "val_loss"}) == 3);
  CHECK(epochs_with({3, 2, 2, 2, 1}, {.monitor = "val_loss", .patience = 2}) == 4);
  CHECK(epochs_with({3, 2, 2, 1, 1, 1}, {.monitor = "val_loss", .patience = 2}) == 6);
  CHECK(epochs_with({3, 2.9, 2.8, 2.7}, {.monitor = "val_loss", .min_delta = 0.5}) == 2);
  CHECK(epochs_with({1, 2, 3, 2}, {.monitor = "score", .mode = "max"}) == 4);
  CHECK(epochs_with({3, 4, 5, 6, 7}, {.monitor = "val_loss", .start_from_epoch = 2}) == 4);
  CHECK(epochs_with({3, 2.5, 2.2, 2.1}, {.monitor = "val_loss", .patience = 1, .baseline = 1.}) == 4);
  const LinearData data;
  Chain model = compiled_model();
  const callbacks::EarlyStopping of_nothing({.monitor = "nothing"});  // which only warns
  CHECK(model.fit(data.x, data.y, {.epochs = 3, .verbose = 0, .callbacks = {of_nothing}})["loss"].size() == 3);
  CHECK_THROWS_WITH(epochs_with({3, 2, 1}, {.monitor = "score"}), Contains(".mode"));
  CHECK_THROWS_AS(callbacks::EarlyStopping({.mode = "best"}), ValueError);
  CHECK_THROWS_AS(callbacks::EarlyStopping({.patience = -1}), ValueError);
}

TEST_CASE("EarlyStopping gives back the best weights") {
  const LinearData data;
  Chain model = compiled_model();
  std::vector<std::vector<std::vector<float>>> after;
  const auto stopping = std::make_shared<callbacks::EarlyStopping>(
      callbacks::EarlyStoppingOptions{.monitor = "val_loss", .patience = 2, .restore_best_weights = true});
  model.fit(
      data.x, data.y,
      {.epochs = 9,
       .verbose = 0,
       .callbacks = {Say("val_loss", {3, 1, 2, 2, 2}),
                     callbacks::LambdaCallback(
                         {.on_epoch_end = [&](int64_t, Logs&) { after.push_back(values_of(model.variables())); }}),
                     stopping}});
  REQUIRE(after.size() == 4);
  CHECK(values_of(model.variables()) == after[1]);
  CHECK(stopping->stopped_epoch() == 3);
  CHECK(stopping->best_epoch() == 1);
}

TEST_CASE("ReduceLROnPlateau and LearningRateScheduler set the learning rate and log it") {
  const LinearData data;
  Chain model = compiled_model(0.1);
  const History reduced = model.fit(
      data.x, data.y,
      {.epochs = 6,
       .verbose = 0,
       .callbacks = {Say("val_loss", {3, 3, 3, 3, 3, 3}),
                     callbacks::ReduceLROnPlateau({.factor = 0.5, .patience = 2, .cooldown = 1, .min_lr = 0.04})}});
  // Without improvement after epochs 1 and 2: halved; epoch 3 is cooldown; then down to the least.
  const std::vector<double> rates = reduced["learning_rate"];
  REQUIRE(rates.size() == 6);
  CHECK(rates[2] == Approx(0.1));
  CHECK(rates[3] == Approx(0.05));
  CHECK(model.optimizer().learning_rate().item<float>() == Approx(0.04));
  CHECK_THROWS_AS(callbacks::ReduceLROnPlateau({.factor = 1}), ValueError);

  Chain scheduled = compiled_model(1);
  const History history = scheduled.fit(
      data.x, data.y,
      {.epochs = 3, .verbose = 0, .callbacks = {callbacks::LearningRateScheduler([](int64_t epoch, double rate) {
                                    return epoch == 0 ? 0.08 : rate / 2;
                                  })}});
  CHECK(history["learning_rate"][2] == Approx(0.02));
  callbacks::LearningRateScheduler of_epoch([](int64_t epoch) { return 0.1 / (1. + static_cast<double>(epoch)); });
  CHECK(scheduled.fit(data.x, data.y, {.epochs = 2, .verbose = 0, .callbacks = {of_epoch}})["learning_rate"][1] ==
        Approx(0.05));
}

TEST_CASE("CSVLogger writes a line an epoch, appends, and says what it cannot write") {
  const TemporaryFolder folder;
  const LinearData data;
  Chain model = compiled_model();
  const std::string path = folder / "log.csv";
  model.fit(data.x, data.y,
            {.epochs = 2,
             .validation_split = 0.25,
             .validation_freq = 2,
             .verbose = 0,
             .callbacks = {callbacks::CSVLogger(path)}});
  std::istringstream lines(text_of(path));
  std::string line;
  std::getline(lines, line);
  CHECK(line == "epoch,loss,mae,val_loss,val_mae");
  std::getline(lines, line);
  CHECK_THAT(line, Catch::StartsWith("0,") && Catch::EndsWith(",NA,NA"));
  std::getline(lines, line);
  CHECK_THAT(line, Catch::StartsWith("1,") && !Contains("NA"));
  const std::string before = text_of(path);
  model.fit(data.x, data.y,
            {.epochs = 1, .verbose = 0, .callbacks = {callbacks::CSVLogger(path, {.separator = ";", .append = true})}});
  const std::string after = text_of(path);
  CHECK(after.substr(0, before.size()) == before);
  CHECK_THAT(after.substr(before.size()), Catch::StartsWith("0;") && !Contains("epoch"));
  CHECK_THROWS_AS(
      model.fit(data.x, data.y, {.verbose = 0, .callbacks = {callbacks::CSVLogger(folder / "none/log.csv")}}),
      FileError);
  CHECK_THROWS_WITH(
      model.fit(data.x, data.y, {.verbose = 0, .callbacks = {callbacks::CSVLogger(folder / "none/log.csv")}}),
      Contains("folder"));
}

TEST_CASE("ModelCheckpoint saves by pattern, the best only, and between batches") {
  const TemporaryFolder folder;
  const LinearData data;
  Chain model = compiled_model();
  const auto fit_with = [&](const callbacks::ModelCheckpoint& checkpoint, const std::vector<double>& values) {
    model.fit(data.x, data.y,
              {.batch_size = 16,
               .epochs = static_cast<int64_t>(values.size()),
               .verbose = 0,
               .callbacks = {Say("val_loss", values), checkpoint}});
  };
  const auto exists = [&](const std::string& name) { return std::filesystem::exists(folder / name); };
  fit_with(callbacks::ModelCheckpoint(folder / "made/{epoch:02d}-{val_loss:.2f}.npz",
                                      {.save_best_only = true, .save_weights_only = true}),
           {0.5, 0.25, 0.75});
  CHECK(exists("made/01-0.50.npz"));
  CHECK(exists("made/02-0.25.npz"));
  CHECK_FALSE(exists("made/03-0.75.npz"));
  fit_with(
      callbacks::ModelCheckpoint(folder / "{epoch}_{batch}.safetensors", {.save_weights_only = true, .save_freq = 3}),
      {1, 1});
  for (const char* name : {"1_3.safetensors", "2_2.safetensors"}) CHECK(exists(name));
  fit_with(callbacks::ModelCheckpoint(folder / "ckpt-{epoch}", {.initial_value_threshold = 0.1}), {1});
  REQUIRE(exists("ckpt-1.index"));
  Chain other = compiled_model();
  other.build({-1, 3});
  other.optimizer().build(other.trainable_variables());
  Checkpoint({{"model", other}, {"optimizer", other.optimizer()}}).restore(folder / "ckpt-1");
  CHECK(values_of(other.variables()) == values_of(model.variables()));
  CHECK_THROWS_WITH(fit_with(callbacks::ModelCheckpoint(folder / "{val_los}.npz", {.save_weights_only = true}), {1}),
                    Contains("'val_los'") && Contains("val_loss"));
  CHECK_THROWS_AS(fit_with(callbacks::ModelCheckpoint(folder / "{epoch:x}.npz", {.save_weights_only = true}), {1}),
                  ValueError);
  CHECK_THROWS_AS(callbacks::ModelCheckpoint("a", {.save_freq = 0}), ValueError);
  CHECK_THROWS_AS(callbacks::ModelCheckpoint("a", {.save_freq = "batch"}), ValueError);
}

TEST_CASE("TensorBoard gets the epochs' values under Keras's names") {
  const TemporaryFolder folder;
  const LinearData data;
  Chain model = compiled_model();
  const History history = model.fit(data.x, data.y,
                                    {.batch_size = 16,
                                     .epochs = 2,
                                     .validation_split = 0.25,
                                     .verbose = 0,
                                     .callbacks = {callbacks::TensorBoard({.log_dir = folder / "logs",
                                                                           .histogram_freq = 1,
                                                                           .write_images = true,
                                                                           .write_steps_per_second = true,
                                                                           .update_freq = "batch",
                                                                           .profile_batch = {2, 3}})}});
  std::map<std::string, std::vector<double>> values;
  for (const summary::ScalarSeries& series : summary::read_scalars(folder / "logs"))
    for (const summary::ScalarPoint& point : series.points)
      values[series.run + "/" + series.tag].push_back(point.value);
  REQUIRE(values["train/epoch_loss"].size() == 2);
  CHECK(values["train/epoch_loss"][1] == Approx(history["loss"][1]));
  CHECK(values["train/epoch_mae"][0] == Approx(history["mae"][0]));
  CHECK(values["validation/epoch_loss"][1] == Approx(history["val_loss"][1]));
  CHECK(values["train/epoch_learning_rate"][0] == Approx(0.1));
  CHECK(values["train/epoch_steps_per_second"].size() == 2);
  CHECK(values["train/batch_loss"].size() == 6);
  CHECK(values["validation/evaluation_mae_vs_iterations"].size() == 2);
  CHECK(std::filesystem::exists(folder / "logs/train/plugins/profile"));
  CHECK_THROWS_AS(callbacks::TensorBoard({.log_dir = ""}), ValueError);
  CHECK_THROWS_AS(callbacks::TensorBoard({.update_freq = "never"}), ValueError);
  CHECK_THROWS_AS(callbacks::TensorBoard({.histogram_freq = -1}), ValueError);
}

TEST_CASE("SwapEMAWeights evaluates the averages") {
  const LinearData data;
  Chain model = linear_model();
  model.compile(
      {.optimizer = optimizers::SGD({.learning_rate = 0.1, .use_ema = true, .ema_momentum = 0.9}), .loss = "mse"});
  double with_averages = 0;
  model.fit(data.x, data.y,
            {.epochs = 2,
             .validation_data = {data.x, data.y},
             .verbose = 0,
             .callbacks = {callbacks::SwapEMAWeights(),
                           callbacks::LambdaCallback({.on_epoch_end = [&](int64_t, const Logs& logs) {
                             with_averages = logs["val_loss"];
                           }})}});
  // At the end of training the model has the averages for good.
  CHECK(model.evaluate(data.x, data.y, {.verbose = 0})["loss"] == Approx(with_averages));
  Chain plain = compiled_model();
  CHECK_THROWS_WITH(plain.fit(data.x, data.y, {.verbose = 0, .callbacks = {callbacks::SwapEMAWeights()}}),
                    Contains("use_ema"));
}

TEST_CASE("TerminateOnNaN names what was not finite first") {
  class Root : public Model {
   public:
    Tensor call(const Tensor& x) override { return sqrt(dense_(x)); }

   private:
    layers::Dense dense_{{.units = 1, .kernel_initializer = "ones"}};
  };
  const auto culprit_of = [](Model& model, const Tensor& x) {
    model.compile({.optimizer = "sgd", .loss = "mse"});
    const auto callback = std::make_shared<callbacks::TerminateOnNaN>();
    CHECK(model.fit(x, ones({4, 1}), {.epochs = 9, .verbose = 0, .callbacks = {callback}})["loss"].size() == 1);
    return callback->culprit();
  };
  Root root;
  CHECK_THAT(culprit_of(root, -ones({4, 3})), Contains("operation Sqrt") && Contains("root"));
  Root other;
  CHECK_THAT(culprit_of(other, ones({4, 3}) / 0.f), Contains("batch's x"));
  Root broken;
  broken(ones({4, 3}));
  broken.variables()[0].assign(ones({3, 1}) / 0.f);
  CHECK_THAT(culprit_of(broken, ones({4, 3})), Contains("variable root/dense/kernel"));
}

TEST_CASE("the report is one file without anything outside of it") {
  const TemporaryFolder folder;
  const LinearData data;
  Chain model = compiled_model();
  const std::string path = folder / "report.html";
  model.fit(data.x, data.y,
            {.epochs = 2, .validation_split = 0.25, .verbose = 0, .callbacks = {callbacks::Report(path)}});
  const std::string html = text_of(path);
  CHECK_THAT(html, Catch::StartsWith("<!DOCTYPE html>") && Contains("<svg") && Contains("<th>val_mae</th>"));
  CHECK_THAT(html, Contains("SGD") && Contains("Trainable params") && Contains("first step"));
  for (const char* outside : {"src=", "href=", "@import", "<script"}) CHECK_THAT(html, !Contains(outside));
  CHECK_THROWS_AS(
      model.fit(data.x, data.y, {.verbose = 0, .callbacks = {callbacks::Report(folder / "none/report.html")}}),
      FileError);
}
