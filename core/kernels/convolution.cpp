#include <algorithm>
#include <cstring>

#include <cornu/core/kernels/convolution.h>
#include <cornu/core/kernels/gemm.h>
#include <cornu/core/kernels/onednn_convolution.h>
#include <cornu/core/kernels/parallel.h>
#include <cornu/core/kernels/pooled_array.h>

namespace cornu::kernels {

namespace {

// ---- windows as rows of a matrix ----------------------------------------------------------------------------------

constexpr int64_t unfolded_bytes = 1 << 20;  // of the windows that are worked on together: about what L2 holds
constexpr int64_t copy_grain = 1 << 14;      // elements

/// The windows of some images, of the channels of one group: a row [extents, channels / groups] for each window.
template <class T>
class Unfolding {
 public:
  Unfolding(const Convolution& convolution, int64_t images)
      : c_(convolution),
        w_(convolution.windows),
        group_channels_(c_.channels / c_.groups),
        width_(w_.extents.product() * group_channels_),
        rows_(images * w_.places.product()),
        elements_(rows_ * width_) {}

  T* data() const { return elements_.data(); }
  int64_t width() const { return width_; }

  /// Reads `images` images from x.
  void gather(const T* x, int64_t images, int64_t group) {
    const int64_t lines = images * w_.places.rows();
    parallel_for(lines, grain(), [&](int64_t begin, int64_t end) {
      for (int64_t line = begin; line < end; ++line) gather_line(x + group * group_channels_, line);
    });
  }

  /// Adds the rows to the images dx, which overlapping windows share.
  void scatter(T* dx, int64_t images, int64_t group) const {
    parallel_for(images, 1, [&](int64_t begin, int64_t end) {
      for (int64_t line = begin * w_.places.rows(); line < end * w_.places.rows(); ++line)
        scatter_line(dx + group * group_channels_, line);
    });
  }

 private:
  int64_t grain() const { return row_grain(copy_grain, w_.places.columns() * width_); }

  /// Calls visit(element, pixel) for each element of the windows of a line of places; pixel is -1 outside of the image.
  template <class Visit>
  void for_each_pixel(int64_t line, const Visit& visit) const {
    const int64_t image = line / w_.places.rows(), place_row = line % w_.places.rows();
    T* element = elements_.data() + line * w_.places.columns() * width_;
    for (int64_t place = 0; place < w_.places.columns(); ++place) {
      for (int64_t i = 0; i < w_.extents.rows(); ++i) {
        const int64_t row = place_row * w_.strides.rows() - w_.before.rows() + i * w_.dilations.rows();
        const bool has_row = row >= 0 && row < w_.image.rows();
        for (int64_t j = 0; j < w_.extents.columns(); ++j, element += group_channels_) {
          const int64_t column = place * w_.strides.columns() - w_.before.columns() + j * w_.dilations.columns();
          const bool is_inside = has_row && column >= 0 && column < w_.image.columns();
          visit(element, is_inside ? (image * w_.image.rows() + row) * w_.image.columns() + column : -1);
        }
      }
    }
  }

  void gather_line(const T* x, int64_t line) {
    for_each_pixel(line, [&](T* element, int64_t pixel) {
      if (pixel < 0)
        std::fill_n(element, group_channels_, T(0));
      else
        std::copy_n(x + pixel * c_.channels, group_channels_, element);
    });
  }

  void scatter_line(T* dx, int64_t line) const {
    for_each_pixel(line, [&](const T* element, int64_t pixel) {
      if (pixel < 0) return;
      T* const sum = dx + pixel * c_.channels;
      for (int64_t channel = 0; channel < group_channels_; ++channel) sum[channel] += element[channel];
    });
  }

  const Convolution& c_;
  const Windows& w_;
  int64_t group_channels_, width_, rows_;
  PooledArray<T> elements_;
};

/// The columns of one group of a matrix whose columns are filters. With one group it is that matrix itself.
template <class T>
class GroupColumns {
 public:
  GroupColumns(const Convolution& convolution, int64_t most_rows)
      : filters_(convolution.filters),
        columns_(convolution.filters / convolution.groups),
        is_whole_(convolution.groups == 1),
        copy_(is_whole_ ? 1 : most_rows * columns_) {}

  const T* read(const T* matrix, int64_t rows, int64_t group) {
    if (is_whole_) return matrix;
    for (int64_t row = 0; row < rows; ++row)
      std::copy_n(matrix + row * filters_ + group * columns_, columns_, copy_.data() + row * columns_);
    return copy_.data();
  }
  /// Where to write them; store() then takes them to the matrix.
  T* begin_writing(T* matrix) { return is_whole_ ? matrix : copy_.data(); }
  void store(T* matrix, int64_t rows, int64_t group) {
    if (is_whole_) return;
    for (int64_t row = 0; row < rows; ++row)
      std::copy_n(copy_.data() + row * columns_, columns_, matrix + row * filters_ + group * columns_);
  }
  int64_t columns() const { return columns_; }

 private:
  int64_t filters_, columns_;
  bool is_whole_;
  PooledArray<T> copy_;
};

template <class T>
constexpr DType dtype_of = std::is_same_v<T, float> ? DType::float32 : DType::float64;

/// The images that are worked on together.
template <class T>
int64_t images_at_once(const Convolution& c) {
  const int64_t image_bytes =
      c.windows.places.product() * c.windows.extents.product() * (c.channels / c.groups) * int64_t{sizeof(T)};
  return std::clamp<int64_t>(unfolded_bytes / std::max<int64_t>(1, image_bytes), 1, std::max<int64_t>(1, c.batch));
}

/// Calls visit(first image, number of images, group) for all images and groups.
template <class Visit>
void for_each_part(const Convolution& c, int64_t at_once, const Visit& visit) {
  for (int64_t group = 0; group < c.groups; ++group)
    for (int64_t first = 0; first < c.batch; first += at_once) visit(first, std::min(at_once, c.batch - first), group);
}

template <class T>
void convolve_unfolded(const Convolution& c, const T* x, const T* filter, T* y, const Epilogue* epilogue) {
  const int64_t at_once = images_at_once<T>(c), places = c.windows.places.product();
  Unfolding<T> windows(c, at_once);
  GroupColumns<T> kernel(c, windows.width()), result(c, at_once * places);
  for_each_part(c, at_once, [&](int64_t first, int64_t images, int64_t group) {
    windows.gather(x + first * c.image_size(), images, group);
    Epilogue part = epilogue ? *epilogue : Epilogue();
    if (part.bias) part.bias = static_cast<const T*>(part.bias) + group * kernel.columns();
    T* const whole = y + first * c.result_size();
    gemm(dtype_of<T>, false, false, images * places, kernel.columns(), windows.width(), windows.data(),
         kernel.read(filter, windows.width(), group), result.begin_writing(whole), epilogue ? &part : nullptr);
    result.store(whole, images * places, group);
  });
}

template <class T>
void input_gradient_unfolded(const Convolution& c, const T* dy, const T* filter, T* dx) {
  const int64_t at_once = images_at_once<T>(c), places = c.windows.places.product();
  Unfolding<T> windows(c, at_once);
  GroupColumns<T> kernel(c, windows.width()), upstream(c, at_once * places);
  std::memset(dx, 0, sizeof(T) * static_cast<size_t>(c.batch * c.image_size()));
  for_each_part(c, at_once, [&](int64_t first, int64_t images, int64_t group) {
    gemm(dtype_of<T>, false, true, images * places, windows.width(), kernel.columns(),
         upstream.read(dy + first * c.result_size(), images * places, group),
         kernel.read(filter, windows.width(), group), windows.data());
    windows.scatter(dx + first * c.image_size(), images, group);
  });
}

template <class T>
void filter_gradient_unfolded(const Convolution& c, const T* x, const T* dy, T* dfilter) {
  const int64_t at_once = images_at_once<T>(c), places = c.windows.places.product();
  Unfolding<T> windows(c, at_once);
  GroupColumns<T> kernel(c, windows.width()), upstream(c, at_once * places);
  for_each_part(c, at_once, [&](int64_t first, int64_t images, int64_t group) {
    windows.gather(x + first * c.image_size(), images, group);
    gemm(dtype_of<T>, true, false, windows.width(), kernel.columns(), images * places, windows.data(),
         upstream.read(dy + first * c.result_size(), images * places, group), kernel.begin_writing(dfilter), nullptr,
         first > 0);
    kernel.store(dfilter, windows.width(), group);
  });
}

bool is_empty(const Convolution& c) { return c.batch * c.result_size() == 0; }

template <class Visitor>
void visit_floating(DType dtype, Visitor&& visitor) {
  if (dtype == DType::float32)
    visitor.template operator()<float>();
  else
    visitor.template operator()<double>();
}

void clear(DType dtype, int64_t size, void* elements) {
  std::memset(elements, 0, size_of(dtype) * static_cast<size_t>(size));
}

}  // namespace

namespace unfolded {

void convolve(DType dtype, const Convolution& c, const void* x, const void* filter, void* y, const Epilogue* epilogue) {
  visit_floating(dtype, [&]<class T>() {
    convolve_unfolded(c, static_cast<const T*>(x), static_cast<const T*>(filter), static_cast<T*>(y), epilogue);
  });
}

void input_gradient(DType dtype, const Convolution& c, const void* dy, const void* filter, void* dx) {
  visit_floating(dtype, [&]<class T>() {
    input_gradient_unfolded(c, static_cast<const T*>(dy), static_cast<const T*>(filter), static_cast<T*>(dx));
  });
}

void filter_gradient(DType dtype, const Convolution& c, const void* x, const void* dy, void* dfilter) {
  visit_floating(dtype, [&]<class T>() {
    filter_gradient_unfolded(c, static_cast<const T*>(x), static_cast<const T*>(dy), static_cast<T*>(dfilter));
  });
}

}  // namespace unfolded

void convolve(DType dtype, const Convolution& c, const void* x, const void* filter, void* y, const Epilogue* epilogue) {
  if (is_empty(c)) return;
  const bool done =
      dtype == DType::float32 && onednn::convolve(c, static_cast<const float*>(x), static_cast<const float*>(filter),
                                                  static_cast<float*>(y), epilogue);
  if (!done) unfolded::convolve(dtype, c, x, filter, y, epilogue);
}

void convolution_input_gradient(DType dtype, const Convolution& c, const void* dy, const void* filter, void* dx) {
  if (is_empty(c)) return clear(dtype, c.batch * c.image_size(), dx);
  const bool done =
      dtype == DType::float32 && onednn::input_gradient(c, static_cast<const float*>(dy),
                                                        static_cast<const float*>(filter), static_cast<float*>(dx));
  if (!done) unfolded::input_gradient(dtype, c, dy, filter, dx);
}

void convolution_filter_gradient(DType dtype, const Convolution& c, const void* x, const void* dy, void* dfilter) {
  if (is_empty(c)) return clear(dtype, c.filter_size(), dfilter);
  const bool done =
      dtype == DType::float32 && onednn::filter_gradient(c, static_cast<const float*>(x), static_cast<const float*>(dy),
                                                         static_cast<float*>(dfilter));
  if (!done) unfolded::filter_gradient(dtype, c, x, dy, dfilter);
}

}  // namespace cornu::kernels
