#pragma once
#include <cornu/core/config/integers.h>
#include <cornu/layers/configured_layer.h>

/// Layers of several inputs. Each has a function of the same name that makes the layer and calls it:
/// `layers::add({a, b})` is `layers::Add()({a, b})`.
namespace cornu::layers {

struct MergeOptions {
  std::string name = {};
  bool trainable = true;
  DType dtype = float32;
  CORNU_API void describe(Fields& fields);
};
/// Throws ValueError: a merge layer was called on one tensor.
[[noreturn]] CORNU_API void fail_without_list(const std::string& class_name);

/// Base of layers that take lists of tensors alone.
template <class OptionsType>
class ListLayer : public ConfiguredLayer<OptionsType> {
 public:
  using Layer::operator();
  Tensor operator()(const Tensor&, const CallOptions& = {}) & { fail_without_list(this->class_name()); }
  Tensor operator()(const Tensor&, const CallOptions& = {}) && { fail_without_list(this->class_name()); }

 protected:
  using ConfiguredLayer<OptionsType>::ConfiguredLayer;
};

/// Base of the elementwise merges. Inputs have the same batch extent and otherwise broadcast; one with fewer axes gets
/// axes of extent 1 behind its batch axis. The mask of the output counts where one of the inputs' masks does, if all
/// have one. Throws ShapeError for shapes that do not fit.
class CORNU_API Merge : public ListLayer<MergeOptions> {
 public:
  void build_list(const std::vector<Shape>& input_shapes) override;
  TensorList call_list(const TensorList& inputs) override;
  Tensor compute_mask(const TensorList& inputs, const TensorList& masks) override;
  bool supports_masking() const override { return true; }

 protected:
  using ListLayer::ListLayer;
  /// Inputs of the same rank.
  virtual Tensor merge(const TensorList& inputs) const = 0;
};

/// a + b + ...
class CORNU_API Add : public Merge {
 public:
  explicit Add(const Options& options = {});

 protected:
  Tensor merge(const TensorList& inputs) const override;
};

/// a - b; exactly two inputs.
class CORNU_API Subtract : public Merge {
 public:
  explicit Subtract(const Options& options = {});
  void build_list(const std::vector<Shape>& input_shapes) override;

 protected:
  Tensor merge(const TensorList& inputs) const override;
};

/// a * b * ...; masked elements do not count.
class CORNU_API Multiply : public Merge {
 public:
  explicit Multiply(const Options& options = {});

 protected:
  Tensor merge(const TensorList& inputs) const override;
};

/// (a + b + ...) / n.
class CORNU_API Average : public Merge {
 public:
  explicit Average(const Options& options = {});

 protected:
  Tensor merge(const TensorList& inputs) const override;
};

/// The largest of each element; masked elements do not count.
class CORNU_API Maximum : public Merge {
 public:
  explicit Maximum(const Options& options = {});

 protected:
  Tensor merge(const TensorList& inputs) const override;
};

/// The smallest of each element; masked elements do not count.
class CORNU_API Minimum : public Merge {
 public:
  explicit Minimum(const Options& options = {});

 protected:
  Tensor merge(const TensorList& inputs) const override;
};

struct ConcatenateOptions {
  int64_t axis = -1;
  std::string name = {};
  bool trainable = true;
  DType dtype = float32;
  CORNU_API void describe(Fields& fields);
};
/// Inputs one behind the other along `axis`; otherwise they have the same shape. Keras's Concatenate.
class CORNU_API Concatenate : public ListLayer<ConcatenateOptions> {
 public:
  explicit Concatenate(const Options& options = {});
  TensorList call_list(const TensorList& inputs) override;
  Tensor compute_mask(const TensorList& inputs, const TensorList& masks) override;
  bool supports_masking() const override { return true; }
};

struct DotOptions {
  Integers axes = {};  ///< the axis that is summed over, or one for each input; not the batch axis 0
  bool normalize = false;
  std::string name = {};
  bool trainable = true;
  DType dtype = float32;
  CORNU_API void describe(Fields& fields);
};
/// The products of two inputs, summed over an axis of each, for each sample: the other axes of a, then those of b; at
/// least [batch, 1]. With `normalize`, both are scaled to norm 1 along their axis first, which gives cosines. Keras's
/// Dot.
///
///     layers::Dot({.axes = {1, 2}})({zeros({2, 4, 3}), zeros({2, 5, 4})});  // [2, 3, 5]
class CORNU_API Dot : public ConfiguredLayer<DotOptions> {
 public:
  explicit Dot(const Options& options);
  TensorList call_list(const TensorList& inputs) override;
  Tensor compute_mask(const TensorList&, const TensorList&) override { return {}; }
  bool supports_masking() const override { return true; }
};

CORNU_API Tensor add(const TensorList& inputs);
CORNU_API Tensor subtract(const TensorList& inputs);
CORNU_API Tensor multiply(const TensorList& inputs);
CORNU_API Tensor average(const TensorList& inputs);
CORNU_API Tensor maximum(const TensorList& inputs);
CORNU_API Tensor minimum(const TensorList& inputs);
CORNU_API Tensor concatenate(const TensorList& inputs, int64_t axis = -1);
CORNU_API Tensor dot(const TensorList& inputs, const Integers& axes = -1, bool normalize = false);

}  // namespace cornu::layers
