#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include <cornu/core/config/integers.h>
#include <cornu/models/training/callback.h>
#include <cornu/models/training/data_source.h>

namespace cornu {

/// How much fit(), evaluate() and predict() print: 0 nothing, 1 a progress bar, 2 a line for each epoch, "auto" as 1.
class CORNU_API Verbosity {
 public:
  /// Throws ValueError for another number.
  Verbosity(int level = 1);
  /// "auto". Throws ValueError for another text.
  Verbosity(const char* level);
  int level() const { return level_; }

 private:
  int level_;
};

/// What training is validated on: tensors, with or without weights of the samples, or batches.
class CORNU_API ValidationData {
 public:
  ValidationData() = default;
  ValidationData(const Tensors& x, const Tensors& y, const Tensors& sample_weight = {});
  template <std::convertible_to<DataSource> T>
  ValidationData(T source) : source_(DataSource(std::move(source))), is_given_(true) {}

  bool is_given() const { return is_given_; }
  const Batch& tensors() const { return batch_; }
  const std::optional<DataSource>& source() const { return source_; }

 private:
  Batch batch_;
  std::optional<DataSource> source_;
  bool is_given_ = false;
};

/// Weights by class number; classes that are left out weigh 1.
using ClassWeights = std::map<int64_t, double>;

/// How a model is trained. Keras's arguments of Model.fit().
struct FitOptions {
  int64_t batch_size = 32;                            ///< of tensors; batches of other sources come as they are
  int64_t epochs = 1;                                 ///< the number of the last epoch, not of those to run
  int64_t initial_epoch = 0;                          ///< epochs before it count as done
  std::optional<int64_t> steps_per_epoch = {};        ///< as many as there are batches by default
  double validation_split = 0;                        ///< the last part of the tensors, which is not trained on
  ValidationData validation_data = {};                ///< instead of validation_split
  std::optional<int64_t> validation_steps = {};       ///< all batches by default
  std::optional<int64_t> validation_batch_size = {};  ///< batch_size by default
  Integers validation_freq = 1;                       ///< validates after every so many epochs, or after those listed
  ClassWeights class_weight = {};                     ///< 1 by default; finite and at least 0
  Tensors sample_weight = {};                         ///< for the samples of x: one tensor, or one for each output
  bool shuffle = true;                                ///< samples of tensors are in another order in each epoch
  Verbosity verbose = 1;                              ///< 0: silent, 1 or "auto": a progress bar, 2: one line an epoch
  std::vector<CallbackHandle> callbacks = {};
};

struct EvaluateOptions {
  int64_t batch_size = 32;
  Verbosity verbose = 1;
  Tensors sample_weight = {};
  std::optional<int64_t> steps = {};  ///< batches to run, all by default
  std::vector<CallbackHandle> callbacks = {};
};

struct PredictOptions {
  int64_t batch_size = 32;
  Verbosity verbose = 1;              ///< 0: silent, 1: a progress bar, 2: one line at the end
  std::optional<int64_t> steps = {};  ///< batches to run, all by default
  std::vector<CallbackHandle> callbacks = {};
};

struct TrainOnBatchOptions {
  Tensors sample_weight = {};
  ClassWeights class_weight = {};  ///< 1 by default; finite and at least 0
};

}  // namespace cornu
