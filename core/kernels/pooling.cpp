#include <algorithm>
#include <cstddef>
#include <cstring>

#include <cornu/core/kernels/parallel.h>
#include <cornu/core/kernels/pooling.h>
#include <cornu/core/kernels/simd/kernel_set.h>
#include <cornu/core/kernels/simd/pooling_blocks.h>

namespace cornu::kernels {

namespace {

constexpr int64_t grain_elements = 1 << 15;

/// The part of the window at place (row, column) that lies in the image.
WindowPart part_at(const Windows& w, int64_t row, int64_t column) {
  const int64_t top = row * w.strides.rows() - w.before.rows();
  const int64_t left = column * w.strides.columns() - w.before.columns();
  const int64_t first_row = std::max<int64_t>(0, top), first_column = std::max<int64_t>(0, left);
  return {.first_pixel = first_row * w.image.columns() + first_column,
          .rows = std::min(top + w.extents.rows(), w.image.rows()) - first_row,
          .columns = std::min(left + w.extents.columns(), w.image.columns()) - first_column,
          .row_pixels = w.image.columns(),
          .position = static_cast<int32_t>((first_row - top) * w.extents.columns() + first_column - left),
          .row_positions = static_cast<int32_t>(w.extents.columns())};
}

/// What the loops over images and places share.
class Walk {
 public:
  Walk(DType dtype, const Pooling& pooling)
      : w_(pooling.windows),
        batch_(pooling.batch),
        channels_(pooling.channels),
        element_(size_of(dtype)),
        image_bytes_(element_ * static_cast<size_t>(w_.image.product() * channels_)) {}

  /// Calls visit(window, image, index of its first result) for each window; lines of windows go to several threads.
  template <class Visit>
  void over_windows(const Visit& visit) const {
    const int64_t line = w_.places.columns() * w_.extents.product() * channels_;
    parallel_for(batch_ * w_.places.rows(), row_grain(grain_elements, line), [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) over_line(i / w_.places.rows(), i % w_.places.rows(), visit);
    });
  }

  template <class Bytes>
  auto* image_of(Bytes* images, int64_t image) const {
    return at(images, image * w_.image.product() * channels_);
  }
  static const std::byte* bytes(const void* data) { return static_cast<const std::byte*>(data); }
  static std::byte* bytes(void* data) { return static_cast<std::byte*>(data); }
  template <class Bytes>
  auto* at(Bytes* data, int64_t element) const {
    return bytes(data) + element * static_cast<int64_t>(element_);
  }

  /// The same for windows that add to the images dx, which are cleared first; images go to several threads.
  template <class Visit>
  void over_images(void* dx, const Visit& visit) const {
    const auto pixels = static_cast<int64_t>(image_bytes_ / element_);
    parallel_for(batch_, row_grain(grain_elements, pixels), [&](int64_t begin, int64_t end) {
      for (int64_t image = begin; image < end; ++image) {
        std::memset(image_of(dx, image), 0, image_bytes_);
        for (int64_t row = 0; row < w_.places.rows(); ++row) over_line(image, row, visit);
      }
    });
  }

  int64_t channels() const { return channels_; }

 private:
  template <class Visit>
  void over_line(int64_t image, int64_t row, const Visit& visit) const {
    int64_t result = (image * w_.places.rows() + row) * w_.places.columns() * channels_;
    for (int64_t column = 0; column < w_.places.columns(); ++column, result += channels_)
      visit(part_at(w_, row, column), image, result);
  }

  const Windows& w_;
  int64_t batch_, channels_;
  size_t element_, image_bytes_;
};

const PoolingBlocks& blocks(DType dtype) { return active_kernels().pooling[dtype == DType::float32 ? 0 : 1]; }

}  // namespace

void max_pool(DType dtype, const Pooling& pooling, const void* x, void* y, int32_t* positions) {
  const Walk walk(dtype, pooling);
  const auto maximum = blocks(dtype).maximum;
  walk.over_windows([&](const WindowPart& window, int64_t image, int64_t result) {
    maximum(walk.image_of(x, image), window, walk.channels(), walk.at(y, result), positions + result);
  });
}

void max_pool_gradient(DType dtype, const Pooling& pooling, const void* dy, const int32_t* positions, void* dx) {
  const Walk walk(dtype, pooling);
  const auto add = blocks(dtype).add_to_maximum;
  walk.over_images(dx, [&](const WindowPart& window, int64_t image, int64_t result) {
    add(walk.at(dy, result), positions + result, window, walk.channels(), walk.image_of(dx, image));
  });
}

void max_pool_pick(DType dtype, const Pooling& pooling, const void* x, const int32_t* positions, void* y) {
  const Walk walk(dtype, pooling);
  const size_t size = size_of(dtype);
  walk.over_windows([&](const WindowPart& window, int64_t image, int64_t result) {
    for (int64_t channel = 0; channel < walk.channels(); ++channel) {
      const int32_t position = positions[result + channel] - window.position;
      const int64_t pixel =
          window.first_pixel + position / window.row_positions * window.row_pixels + position % window.row_positions;
      std::memcpy(walk.at(y, result + channel), walk.at(walk.image_of(x, image), pixel * walk.channels() + channel),
                  size);
    }
  });
}

void average_pool(DType dtype, const Pooling& pooling, const void* x, void* y) {
  const Walk walk(dtype, pooling);
  const auto mean = blocks(dtype).mean;
  walk.over_windows([&](const WindowPart& window, int64_t image, int64_t result) {
    mean(walk.image_of(x, image), window, walk.channels(), walk.at(y, result));
  });
}

void average_pool_gradient(DType dtype, const Pooling& pooling, const void* dy, void* dx) {
  const Walk walk(dtype, pooling);
  const auto add = blocks(dtype).add_mean;
  walk.over_images(dx, [&](const WindowPart& window, int64_t image, int64_t result) {
    add(walk.at(dy, result), window, walk.channels(), walk.image_of(dx, image));
  });
}

}  // namespace cornu::kernels
