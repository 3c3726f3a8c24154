#pragma once
#include <optional>
#include <string>

#include <cornu/core/config/integers.h>
#include <cornu/core/initializers/initializer.h>

/// How weights begin. Each initializer is an object (`initializers::HeNormal({.seed = 1})`) or a name in Keras's two
/// spellings ("HeNormal", "he_normal"). Without a seed the numbers come from the global generator (see
/// set_random_seed); with one they depend on the seed alone, so that each call gives the same ones.
///
/// An initializer of the user's own derives from InitializerBase:
///
///     class Alternating : public initializers::InitializerBase {
///      public:
///       Tensor operator()(const Shape& shape, DType dtype) const override {
///         return reshape(cast(1 - 2 * (arange(shape.size()) - 2 * floor_div(arange(shape.size()), 2)), dtype), shape);
///       }
///     };
///     layers::Dense dense({.units = 10, .kernel_initializer = Alternating()});
namespace cornu::initializers {

/// All elements 0. "zeros", "zero".
class CORNU_API Zeros : public InitializerBase {
 public:
  struct Options {
    void describe(Fields&) {}
  };
  Zeros() = default;
  explicit Zeros(const Options&) {}
  Tensor operator()(const Shape& shape, DType dtype = float32) const override;
};

/// All elements 1. "ones", "one".
class CORNU_API Ones : public InitializerBase {
 public:
  struct Options {
    void describe(Fields&) {}
  };
  Ones() = default;
  explicit Ones(const Options&) {}
  Tensor operator()(const Shape& shape, DType dtype = float32) const override;
};

struct ConstantOptions {
  double value = 0;
  CORNU_API void describe(Fields& fields);
};
/// All elements `value`.
class CORNU_API Constant : public Configured<InitializerBase, ConstantOptions> {
 public:
  explicit Constant(double value) : Constant(Options{.value = value}) {}
  explicit Constant(const Options& options = {});
  Tensor operator()(const Shape& shape, DType dtype = float32) const override;
};

struct RandomNormalOptions {
  double mean = 0;
  double stddev = 0.05;
  std::optional<int64_t> seed = {};
  CORNU_API void describe(Fields& fields);
};
/// Normal with mean `mean` and standard deviation `stddev`. "random_normal", "normal".
class CORNU_API RandomNormal : public Configured<InitializerBase, RandomNormalOptions> {
 public:
  explicit RandomNormal(const Options& options = {});
  Tensor operator()(const Shape& shape, DType dtype = float32) const override;
};

/// Normal, of which only values within two standard deviations of the mean are taken.
class CORNU_API TruncatedNormal : public Configured<InitializerBase, RandomNormalOptions> {
 public:
  explicit TruncatedNormal(const Options& options = {});
  Tensor operator()(const Shape& shape, DType dtype = float32) const override;
};

struct RandomUniformOptions {
  double minval = -0.05;
  double maxval = 0.05;
  std::optional<int64_t> seed = {};
  CORNU_API void describe(Fields& fields);
};
/// Uniform in [minval, maxval). "random_uniform", "uniform".
class CORNU_API RandomUniform : public Configured<InitializerBase, RandomUniformOptions> {
 public:
  explicit RandomUniform(const Options& options = {});
  Tensor operator()(const Shape& shape, DType dtype = float32) const override;
};

struct Fans {
  int64_t in = 1, out = 1;
};
/// The numbers of input and output units of a weight: the products of the extents of `input_axes` and `output_axes`
/// where given; otherwise those of a dense kernel [in, out], a convolution kernel [..., in, out] (times the extents
/// before them), or a vector. Throws ValueError for an axis out of range.
CORNU_API Fans compute_fans(const Shape& shape, const Integers& input_axes = {}, const Integers& output_axes = {});

struct VarianceScalingOptions {
  double scale = 1;
  std::string mode = "fan_in";                    ///< "fan_in", "fan_out" or "fan_avg"
  std::string distribution = "truncated_normal";  ///< or "untruncated_normal" or "uniform"
  std::optional<int64_t> seed = {};
  Integers input_axes = {};  ///< of the weight, where they are not the usual ones
  Integers output_axes = {};
  CORNU_API void describe(Fields& fields);
};
/// Mean 0 and variance scale / n, with n the number of inputs ("fan_in"), of outputs ("fan_out") or their mean
/// ("fan_avg") of compute_fans(): "uniform" in [-sqrt(3 scale / n), sqrt(3 scale / n)), or normal, truncated at two
/// standard deviations or not.
class CORNU_API VarianceScaling : public Configured<InitializerBase, VarianceScalingOptions> {
 public:
  explicit VarianceScaling(const Options& options = {});
  Tensor operator()(const Shape& shape, DType dtype = float32) const override;
};

struct FanOptions {
  std::optional<int64_t> seed = {};
  Integers input_axes = {};
  Integers output_axes = {};
  CORNU_API void describe(Fields& fields);
};
/// A VarianceScaling of given scale, mode and distribution: what Keras's named ones are.
class CORNU_API NamedVarianceScaling : public Configured<InitializerBase, FanOptions> {
 public:
  Tensor operator()(const Shape& shape, DType dtype = float32) const override;

 protected:
  NamedVarianceScaling(const char* class_name, double scale, const char* mode, const char* distribution,
                       const Options& options);

 private:
  double scale_;
  const char* mode_;
  const char* distribution_;
};

/// Uniform within sqrt(6 / (fan_in + fan_out)) (Glorot and Bengio 2010), the default of most kernels.
class CORNU_API GlorotUniform : public NamedVarianceScaling {
 public:
  explicit GlorotUniform(const Options& options = {});
};
/// Truncated normal with standard deviation sqrt(2 / (fan_in + fan_out)) (Glorot and Bengio 2010).
class CORNU_API GlorotNormal : public NamedVarianceScaling {
 public:
  explicit GlorotNormal(const Options& options = {});
};
/// Uniform within sqrt(6 / fan_in) (He et al. 2015).
class CORNU_API HeUniform : public NamedVarianceScaling {
 public:
  explicit HeUniform(const Options& options = {});
};
/// Truncated normal with standard deviation sqrt(2 / fan_in) (He et al. 2015).
class CORNU_API HeNormal : public NamedVarianceScaling {
 public:
  explicit HeNormal(const Options& options = {});
};
/// Uniform within sqrt(3 / fan_in) (LeCun et al. 1998).
class CORNU_API LecunUniform : public NamedVarianceScaling {
 public:
  explicit LecunUniform(const Options& options = {});
};
/// Truncated normal with standard deviation sqrt(1 / fan_in) (LeCun et al. 1998; for selu, Klambauer et al. 2017).
class CORNU_API LecunNormal : public NamedVarianceScaling {
 public:
  explicit LecunNormal(const Options& options = {});
};

struct OrthogonalOptions {
  double gain = 1;
  std::optional<int64_t> seed = {};
  CORNU_API void describe(Fields& fields);
};
/// `gain` times a random matrix with orthonormal columns (rows, if it has fewer rows than columns); of a weight of
/// higher rank, the matrix [product of the other extents, last extent] (Saxe et al. 2014). float32 or float64. Throws
/// ShapeError below rank 2. "orthogonal", "OrthogonalInitializer".
class CORNU_API Orthogonal : public Configured<InitializerBase, OrthogonalOptions> {
 public:
  explicit Orthogonal(const Options& options = {});
  Tensor operator()(const Shape& shape, DType dtype = float32) const override;
};

struct IdentityOptions {
  double gain = 1;
  CORNU_API void describe(Fields& fields);
};
/// `gain` times the identity matrix. Throws ShapeError unless the rank is 2. "identity", "IdentityInitializer".
class CORNU_API Identity : public Configured<InitializerBase, IdentityOptions> {
 public:
  explicit Identity(double gain) : Identity(Options{.gain = gain}) {}
  explicit Identity(const Options& options = {});
  Tensor operator()(const Shape& shape, DType dtype = float32) const override;
};

struct STFTOptions {
  std::string side = "real";                       ///< "real" or "imag"
  std::optional<std::string> window = "hann";      ///< name of a window, as SciPy's; none: no window
  std::optional<std::string> scaling = "density";  ///< "density", "spectrum" or none
  bool periodic = false;                           ///< of the window
  CORNU_API void describe(Fields& fields);
};
/// The kernel of a convolution that computes the real or imaginary part of a short-time Fourier transform: shape
/// (frame_length, 1, fft_length / 2 + 1), element [t, 0, k] = window[t] / scale * cos(2 pi t k / fft_length), or
/// -sin(...). The scale is sqrt(sum(window^2)) for "density", sum(|window|) for "spectrum". Windows: barthann,
/// bartlett, blackman, blackmanharris, bohman, boxcar, cosine, flattop, hamming, hann, nuttall, parzen, triang. Throws
/// ShapeError for another shape. "STFTInitializer".
class CORNU_API STFT : public Configured<InitializerBase, STFTOptions> {
 public:
  explicit STFT(const Options& options = {});
  Tensor operator()(const Shape& shape, DType dtype = float32) const override;
};

}  // namespace cornu::initializers
