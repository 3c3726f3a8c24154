#include <cornu/core/kernels/simd/channel_blocks.h>
#include <cornu/core/kernels/simd/pooling_blocks.h>
#include <cornu/core/kernels/simd/tables.h>

namespace cornu::kernels::CORNU_ISA {
namespace {

/// Calls visit(pixel, position) for each pixel of the window.
template <class Visit>
void for_each_pixel(const WindowPart& window, Visit visit) {
  for (int64_t row = 0; row < window.rows; ++row) {
    const int64_t pixel = window.first_pixel + row * window.row_pixels;
    const int32_t position = window.position + static_cast<int32_t>(row) * window.row_positions;
    for (int64_t column = 0; column < window.columns; ++column)
      visit(pixel + column, position + static_cast<int32_t>(column));
  }
}

template <class T>
void maximum(const void* image, const WindowPart& window, int64_t channels, void* out, int32_t* positions) {
  T* const y = as<T>(out);
  for (int64_t c = 0; c < channels; ++c) {
    y[c] = as<T>(image)[window.first_pixel * channels + c];
    positions[c] = window.position;
  }
  for_each_pixel(window, [=](int64_t pixel, int32_t position) {
    const T* const x = as<T>(image) + pixel * channels;
    CORNU_INDEPENDENT
    for (int64_t c = 0; c < channels; ++c) {
      const bool is_larger = (x[c] > y[c]) | (x[c] != x[c]);
      y[c] = is_larger ? x[c] : y[c];
      positions[c] = is_larger ? position : positions[c];
    }
  });
}

template <class T>
void add_to_maximum(const void* upstream, const int32_t* positions, const WindowPart& window, int64_t channels,
                    void* out) {
  const T* const dy = as<T>(upstream);
  for_each_pixel(window, [=](int64_t pixel, int32_t position) {
    T* const dx = as<T>(out) + pixel * channels;
    CORNU_INDEPENDENT
    for (int64_t c = 0; c < channels; ++c) dx[c] += positions[c] == position ? dy[c] : T(0);
  });
}

template <class T>
T part_of(const WindowPart& window) {
  return T(1) / static_cast<T>(window.rows * window.columns);
}

template <class T>
void mean(const void* image, const WindowPart& window, int64_t channels, void* out) {
  T* const y = as<T>(out);
  for (int64_t c = 0; c < channels; ++c) y[c] = 0;
  for_each_pixel(window, [=](int64_t pixel, int32_t) {
    const T* const x = as<T>(image) + pixel * channels;
    CORNU_INDEPENDENT
    for (int64_t c = 0; c < channels; ++c) y[c] += x[c];
  });
  for (int64_t c = 0; c < channels; ++c) y[c] *= part_of<T>(window);
}

template <class T>
void add_mean(const void* upstream, const WindowPart& window, int64_t channels, void* out) {
  const T part = part_of<T>(window);
  for_each_pixel(window, [=](int64_t pixel, int32_t) {
    const T* const dy = as<T>(upstream);
    T* const dx = as<T>(out) + pixel * channels;
    CORNU_INDEPENDENT
    for (int64_t c = 0; c < channels; ++c) dx[c] += dy[c] * part;
  });
}

template <class T>
constexpr PoolingBlocks blocks_of = {maximum<T>, add_to_maximum<T>, mean<T>, add_mean<T>};

}  // namespace

constexpr PoolingBlocks pooling_blocks[2] = {blocks_of<float>, blocks_of<double>};

}  // namespace cornu::kernels::CORNU_ISA
