// NumPy's .npy format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
// xtensor writes the header and turns Fortran order around. Its reader is not used: it takes the header's keys in one
// order only, trusts the shape, and reads header lengths with a byte over 127 wrongly.
#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <limits>
#include <sstream>
#include <string_view>
#include <vector>

#include <xtensor/xadapt.hpp>
#include <xtensor/xnoalias.hpp>
#include <xtensor/xnpy.hpp>

#include <cornu/core/error.h>
#include <cornu/core/io/atomic_file.h>
#include <cornu/core/io/internal/input_file.h>
#include <cornu/core/io/internal/npy_format.h>
#include <cornu/core/io/npy.h>

namespace cornu {

namespace {

constexpr std::string_view magic = "\x93NUMPY";
constexpr size_t longest_header = size_t{1} << 20;  // a header of ours has 128 bytes; NumPy itself refuses over 10,000

struct Header {
  std::string descr;
  bool fortran_order = false;
  std::vector<int64_t> extents;
};

/// Reads the header's text: a Python literal of a dictionary with the keys descr, fortran_order and shape, in any
/// order.
class HeaderParser {
 public:
  HeaderParser(const io::ByteSource& file, std::string_view text) : file_(file), text_(text) {}

  Header parse() {
    Header header;
    bool has_descr = false, has_order = false, has_shape = false;
    expect('{');
    while (!accept('}')) {
      const std::string key = string();
      expect(':');
      if (key == "descr" && !has_descr) {
        header.descr = string();
        has_descr = true;
      } else if (key == "fortran_order" && !has_order) {
        header.fortran_order = boolean_value();
        has_order = true;
      } else if (key == "shape" && !has_shape) {
        header.extents = shape();
        has_shape = true;
      } else {
        fail("an unexpected or repeated key '" + key + "'");
      }
      if (!accept(',')) {
        expect('}');
        break;
      }
    }
    skip_blanks();
    if (next_ != text_.size()) fail("more after the dictionary");
    if (!has_descr || !has_order || !has_shape) fail("not all of 'descr', 'fortran_order' and 'shape'");
    return header;
  }

 private:
  void skip_blanks() { next_ = std::min(text_.find_first_not_of(" \t\r\n", next_), text_.size()); }

  bool accept(char wanted) {
    skip_blanks();
    if (next_ == text_.size() || text_[next_] != wanted) return false;
    ++next_;
    return true;
  }

  void expect(char wanted) {
    if (accept(wanted)) return;
    const std::string came = next_ == text_.size() ? "its end" : "'" + std::string(1, text_[next_]) + "'";
    fail("expected '" + std::string(1, wanted) + "', but came to " + came);
  }

  std::string string() {
    skip_blanks();
    const char quote = next_ < text_.size() ? text_[next_] : '\0';
    // A structured dtype is a list: [('x', '<f4'), ...].
    if (quote != '\'' && quote != '"') fail("expected a string in quotes (structured dtypes are not read)");
    const size_t end = text_.find(quote, ++next_);
    if (end == std::string_view::npos) fail("a string that does not end");
    const std::string value(text_.substr(next_, end - next_));
    next_ = end + 1;
    return value;
  }

  bool boolean_value() {
    skip_blanks();
    for (const bool value : {true, false}) {
      const std::string_view word = value ? "True" : "False";
      if (text_.substr(next_, word.size()) != word) continue;
      next_ += word.size();
      return value;
    }
    fail("expected True or False for 'fortran_order'");
  }

  int64_t extent() {
    skip_blanks();
    int64_t value = 0;
    const size_t first = next_;
    for (; next_ < text_.size() && text_[next_] >= '0' && text_[next_] <= '9'; ++next_) {
      const int digit = text_[next_] - '0';
      if (value > (std::numeric_limits<int64_t>::max() - digit) / 10) fail("an extent that is too large");
      value = value * 10 + digit;
    }
    if (next_ == first) fail("expected the extents of 'shape' to be whole numbers of at least 0");
    return value;
  }

  std::vector<int64_t> shape() {
    std::vector<int64_t> extents;
    expect('(');
    while (!accept(')')) {
      extents.push_back(extent());
      if (!accept(',')) {
        expect(')');
        break;
      }
    }
    return extents;
  }

  [[noreturn]] void fail(const std::string& what) const { file_.fail("the .npy header is damaged: " + what); }

  const io::ByteSource& file_;
  std::string_view text_;
  size_t next_ = 0;
};

std::string header_text(io::ByteSource& file) {
  const std::string start = file.read_text(magic.size() + 2, ".npy header");
  if (start.substr(0, magic.size()) != magic) file.fail("not a .npy file: it does not begin with \\x93NUMPY");
  const int major = static_cast<unsigned char>(start[magic.size()]);
  if (major < 1 || major > 3) file.fail("expected .npy format 1, 2 or 3; received version " + std::to_string(major));
  const std::string length_bytes = file.read_text(major == 1 ? 2 : 4, ".npy header");
  size_t length = 0;  // little-endian
  for (size_t i = length_bytes.size(); i-- > 0;) length = length << 8 | static_cast<unsigned char>(length_bytes[i]);
  if (length > longest_header)
    file.fail("the .npy header is damaged: its length of " + std::to_string(length) + " bytes is out of reason");
  return file.read_text(length, ".npy header");
}

std::string typestring(DType dtype) {
  return visit_dtype(dtype, []<class T>() { return xt::detail::build_typestring<T>(); });
}

/// The dtype of a type string such as "<f4" and whether its bytes are in this machine's order.
std::pair<DType, bool> parse_descr(const io::ByteSource& file, const std::string& descr) {
  for (int i = 0; i < dtype_count; ++i) {
    const DType dtype = static_cast<DType>(i);
    const std::string own = typestring(dtype);
    if (descr.size() != own.size() || descr.substr(1) != own.substr(1)) continue;
    const char order = descr[0];
    if (order == own[0] || order == '=' || (size_of(dtype) == 1 && (order == '<' || order == '>' || order == '|')))
      return {dtype, true};
    if (order == '<' || order == '>') return {dtype, false};
  }
  file.fail("expected elements of bool, uint8, int32, int64, float32 or float64; received dtype '" + descr + "'");
}

/// The shape, once it is sure that the file has as many bytes as it needs.
Shape checked_shape(const io::ByteSource& file, const std::vector<int64_t>& extents, size_t element_size) try {
  const Shape shape(extents);
  const uint64_t bytes = static_cast<uint64_t>(shape.size()) * element_size;
  if (bytes != file.remaining())
    file.fail("shape " + shape.to_string() + " of " + std::to_string(element_size) + "-byte elements needs " +
              std::to_string(bytes) + " bytes; " + std::to_string(file.remaining()) + " follow the header");
  return shape;
} catch (const ShapeError& error) {
  file.fail(error.what());
}

/// The elements, given in Fortran order, in row-major order.
template <class T>
void to_row_major(const T* columns, T* rows, const Shape& shape) {
  const std::vector<size_t> extents(shape.begin(), shape.end());
  const auto size = static_cast<size_t>(shape.size());
  auto target = xt::adapt<xt::layout_type::row_major>(rows, size, xt::no_ownership(), extents);
  xt::noalias(target) = xt::adapt<xt::layout_type::column_major>(columns, size, xt::no_ownership(), extents);
}

template <class T>
void swap_bytes(T* elements, int64_t count) {
  for (T* element = elements; element < elements + count; ++element) {
    auto* bytes = reinterpret_cast<unsigned char*>(element);
    std::reverse(bytes, bytes + sizeof(T));
  }
}

/// Bytes of a file are bools only if they are 0 or 1.
void check_booleans(const io::ByteSource& file, const void* elements, int64_t count) {
  const auto* bytes = static_cast<const unsigned char*>(elements);
  const auto* other = std::find_if(bytes, bytes + count, [](unsigned char byte) { return byte > 1; });
  if (other != bytes + count)
    file.fail("expected 0 or 1 for a bool; received " + std::to_string(*other) + " in element " +
              std::to_string(other - bytes));
}

}  // namespace

Tensor io::read_npy(ByteSource& file) {
  const std::string text = header_text(file);
  const Header header = HeaderParser(file, text).parse();
  const auto [dtype, own_order] = parse_descr(file, header.descr);
  const Shape shape = checked_shape(file, header.extents, size_of(dtype));

  Tensor tensor = Tensor::allocate(shape, dtype);
  file.read(tensor.mutable_data(), static_cast<size_t>(tensor.size()) * size_of(dtype), "elements");
  if (dtype == boolean) check_booleans(file, tensor.raw_data(), tensor.size());
  const bool turn = header.fortran_order && shape.rank() > 1 && tensor.size() > 0;
  return visit_dtype(dtype, [&, own_order = own_order]<class T>() {
    auto* elements = static_cast<T*>(tensor.mutable_data());
    if (!own_order) swap_bytes(elements, tensor.size());
    if (!turn) return tensor;
    Tensor turned = Tensor::allocate(shape, tensor.dtype());
    to_row_major(static_cast<const T*>(elements), static_cast<T*>(turned.mutable_data()), shape);
    return turned;
  });
}

Tensor load_npy(const std::string& path) {
  io::InputFile file(path);
  return io::read_npy(file);
}

std::string io::npy_header(const Tensor& tensor) {
  // As text, because xtensor would write numbers by the program's locale: 1.000 for 1000.
  std::vector<std::string> extents;
  for (const int64_t extent : tensor.shape()) extents.push_back(std::to_string(extent));
  std::ostringstream header;
  xt::detail::write_header(header, typestring(tensor.dtype()), false, extents);
  return header.str();
}

void save_npy(const std::string& path, const Tensor& tensor) {
  if (tensor.is_symbolic())
    throw StateError("save_npy: the symbolic tensor of shape " + tensor.shape().to_string() +
                     " has no values to write");
  io::write_file_atomically(path, [&](io::AtomicFile& file) {
    file.write(io::npy_header(tensor));
    file.write(tensor.raw_data(), static_cast<size_t>(tensor.size()) * size_of(tensor.dtype()));
  });
}

}  // namespace cornu
