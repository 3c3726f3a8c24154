#include <cmath>
#include <map>
#include <numbers>
#include <vector>

#include <cornu/core/error.h>
#include <cornu/core/initializers/initializers.h>
#include <cornu/core/ops/math.h>

namespace cornu::initializers {

namespace {

using std::numbers::pi;

/// A window at x in [-1, 1], the position relative to its middle.
using Window = double (*)(double x);

/// Sums of cosines: the first coefficient, then those of cos(pi x), cos(2 pi x), ... (alternating signs are in x).
template <size_t n>
double cosines(double x, const double (&coefficients)[n]) {
  double sum = 0;
  for (size_t k = 0; k < n; ++k) sum += coefficients[k] * std::cos(static_cast<double>(k) * pi * x);
  return sum;
}

double bohman(double x) {
  const double distance = std::fabs(x);
  return (1 - distance) * std::cos(pi * distance) + std::sin(pi * distance) / pi;
}

/// Windows whose first and last sample lie at -1 and 1 (Harris 1978).
const std::map<std::string, Window>& windows() {
  static const std::map<std::string, Window> all = {
      {"barthann", [](double x) { return 0.62 - 0.24 * std::fabs(x) + 0.38 * std::cos(pi * x); }},
      {"bartlett", [](double x) { return 1 - std::fabs(x); }},
      {"blackman",
       [](double x) {
         return cosines(x, {0.42, 0.5, 0.08});
       }},
      {"blackmanharris",
       [](double x) {
         return cosines(x, {0.35875, 0.48829, 0.14128, 0.01168});
       }},
      {"bohman", bohman},
      {"boxcar", [](double) { return 1.; }},
      {"flattop",
       [](double x) {
         return cosines(x, {0.21557895, 0.41663158, 0.277263158, 0.083578947, 0.006947368});
       }},
      {"hamming",
       [](double x) {
         return cosines(x, {0.54, 0.46});
       }},
      {"hann",
       [](double x) {
         return cosines(x, {0.5, 0.5});
       }},
      {"nuttall",
       [](double x) {
         return cosines(x, {0.3635819, 0.4891775, 0.1365995, 0.0106411});
       }},
  };
  return all;
}

double parzen(double x) {
  const double distance = std::fabs(x);
  return distance <= 0.5 ? 1 - 6 * distance * distance * (1 - distance) : 2 * std::pow(1 - distance, 3);
}

/// Windows whose samples lie at the middles of `length` equal parts of [-1, 1], as SciPy defines them.
const std::map<std::string, Window>& windows_between() {
  static const std::map<std::string, Window> all = {
      {"cosine", [](double x) { return std::cos(pi / 2 * x); }},
      {"parzen", parzen},
  };
  return all;
}

double triang(int64_t i, int64_t length) {
  const int64_t nearest = std::min(i, length - 1 - i) + 1;
  return length % 2 == 0 ? (2. * static_cast<double>(nearest) - 1) / static_cast<double>(length)
                         : 2. * static_cast<double>(nearest) / static_cast<double>(length + 1);
}

std::vector<std::string> window_names() {
  std::vector<std::string> names = {"triang"};
  for (const auto* some : {&windows(), &windows_between()})
    for (const auto& [name, window] : *some) names.push_back(name);
  return names;
}

/// A symmetric window; a periodic one is the symmetric window of one more sample without its last.
std::vector<double> make_window(const std::string& name, int64_t length, bool periodic) {
  const int64_t whole = periodic && length > 1 ? length + 1 : length;
  std::vector<double> values(static_cast<size_t>(length), 1.);
  if (whole == 1) return values;
  for (int64_t i = 0; i < length; ++i) {
    const auto step = static_cast<double>(2 * i), extent = static_cast<double>(whole);
    double& value = values[static_cast<size_t>(i)];
    if (name == "triang")
      value = triang(i, whole);
    else if (const auto between = windows_between().find(name); between != windows_between().end())
      value = between->second((step + 1) / extent - 1);
    else
      value = windows().at(name)(step / (extent - 1) - 1);
  }
  return values;
}

double scale_of(const std::vector<double>& window, const std::optional<std::string>& scaling) {
  if (!scaling) return 1;
  double sum = 0;
  for (double value : window) sum += *scaling == "density" ? value * value : std::fabs(value);
  return *scaling == "density" ? std::sqrt(sum) : sum;
}

}  // namespace

void STFTOptions::describe(Fields& fields) {
  fields("side", side, one_of({"real", "imag"}));
  fields("window", window);
  fields("scaling", scaling, one_of({"density", "spectrum"}));
  fields("periodic", periodic);
}

STFT::STFT(const Options& options) : Configured("STFT", options) {
  const std::vector<std::string> known = window_names();
  if (options.window && std::find(known.begin(), known.end(), *options.window) == known.end())
    throw ValueError("STFT: window: there is no window '" + *options.window + "'" + suggestion(*options.window, known));
}

Tensor STFT::operator()(const Shape& shape, DType dtype) const {
  if (shape.rank() != 3 || !shape.is_known() || shape[1] != 1 || shape[2] < 2)
    throw ShapeError(
        "STFT: the initializer makes kernels of shape (frame_length, 1, fft_length / 2 + 1); received the shape " +
        shape.to_string());
  if (!is_floating(dtype)) throw DTypeError("STFT: expected float32 or float64; received " + std::string(name(dtype)));
  const int64_t frame = shape[0], frequencies = shape[2], fft_length = 2 * (frequencies - 1);
  std::vector<double> window(static_cast<size_t>(frame), 1.);
  double scale = 1;
  if (options_.window) {
    window = make_window(*options_.window, frame, options_.periodic);
    scale = scale_of(window, options_.scaling);
  }
  std::vector<double> values;
  values.reserve(static_cast<size_t>(shape.size()));
  for (int64_t t = 0; t < frame; ++t)
    for (int64_t k = 0; k < frequencies; ++k) {
      const double angle = -2 * pi * static_cast<double>(t * k % fft_length) / static_cast<double>(fft_length);
      values.push_back(window[static_cast<size_t>(t)] / scale *
                       (options_.side == "real" ? std::cos(angle) : std::sin(angle)));
    }
  return cast(Tensor::from_span<double>(values, shape), dtype);
}

}  // namespace cornu::initializers
