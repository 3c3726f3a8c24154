#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <optional>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include <cornu/core/error.h>
#include <cornu/core/io/atomic_file.h>
#include <cornu/core/io/internal/byte_reader.h>
#include <cornu/core/io/internal/input_file.h>
#include <cornu/core/io/safetensors.h>

namespace cornu {

static_assert(std::endian::native == std::endian::little, "the values are written as they lie in memory");

namespace {

using Json = nlohmann::json;

constexpr const char* metadata_name = "__metadata__";
constexpr uint64_t longest_header = 100'000'000;  // the format's own limit
constexpr size_t header_alignment = 8;

constexpr std::pair<DType, const char*> dtype_names[] = {{boolean, "BOOL"}, {uint8, "U8"},    {int32, "I32"},
                                                         {int64, "I64"},    {float32, "F32"}, {float64, "F64"}};

std::string name_of(DType dtype) {
  for (const auto& [entry, name] : dtype_names)
    if (entry == dtype) return name;
  throw DTypeError("the safetensors format has no dtype " + std::string(name(dtype)));
}

std::optional<DType> dtype_of_name(const std::string& wanted) {
  for (const auto& [dtype, name] : dtype_names)
    if (wanted == name) return dtype;
  return std::nullopt;
}

uint64_t byte_size(const Tensor& tensor) { return static_cast<uint64_t>(tensor.size()) * size_of(tensor.dtype()); }

/// The order in which values are stored: wide elements first, so that all are aligned.
std::vector<std::pair<std::string, Tensor>> in_file_order(const std::map<std::string, Tensor>& tensors) {
  std::vector<std::pair<std::string, Tensor>> ordered(tensors.begin(), tensors.end());
  std::stable_sort(ordered.begin(), ordered.end(),
                   [](const auto& a, const auto& b) { return size_of(a.second.dtype()) > size_of(b.second.dtype()); });
  return ordered;
}

struct Entry {
  std::string name;
  DType dtype;
  Shape shape;
  uint64_t begin, end;
};

class HeaderReader {
 public:
  explicit HeaderReader(io::InputFile& file) : file_(file) {}

  std::vector<Entry> entries() {
    const std::string length_bytes = file_.read_text(8, "safetensors header");
    const uint64_t length = *io::ByteReader(length_bytes).fixed64();
    if (length > longest_header || length > file_.remaining())
      file_.fail("not a safetensors file, or damaged: it says that its header has " + std::to_string(length) +
                 " bytes; the file has " + std::to_string(file_.size()) + " in all");
    const Json header = Json::parse(file_.read_text(length, "safetensors header"), nullptr, false);
    if (!header.is_object()) file_.fail("not a safetensors file, or damaged: the header is no JSON object");
    std::vector<Entry> entries;
    for (const auto& [name, description] : header.items())
      if (name != metadata_name) entries.push_back(entry(name, description));
    std::sort(entries.begin(), entries.end(),
              [](const Entry& a, const Entry& b) { return std::pair(a.begin, a.end) < std::pair(b.begin, b.end); });
    check_places(entries);
    return entries;
  }

 private:
  Entry entry(const std::string& name, const Json& description) const {
    const auto field = [&](const char* key) {
      if (!description.is_object() || !description.contains(key)) fail(name, std::string("there is no ") + key);
      return description.at(key);
    };
    const Json dtype = field("dtype"), shape = field("shape"), offsets = field("data_offsets");
    if (!dtype.is_string()) fail(name, "the dtype is no text");
    const auto known = dtype_of_name(dtype.get<std::string>());
    if (!known)
      fail(name, "expected a dtype of BOOL, U8, I32, I64, F32 or F64; received '" +
                     io::printable(dtype.get<std::string>()) + "'");
    const std::vector<uint64_t> extents = numbers(name, shape, "shape"),
                                places = numbers(name, offsets, "data_offsets");
    if (extents.size() > Shape::max_rank) fail(name, "it has " + std::to_string(extents.size()) + " axes");
    if (places.size() != 2 || places[0] > places[1]) fail(name, "data_offsets are not two ascending numbers");
    uint64_t bytes = size_of(*known);
    for (const uint64_t extent : extents)
      if (__builtin_mul_overflow(bytes, extent, &bytes) || extent > INT64_MAX) fail(name, "the shape is too large");
    if (bytes != places[1] - places[0])
      fail(name, "its shape needs " + std::to_string(bytes) + " bytes; the header gives it " +
                     std::to_string(places[1] - places[0]));
    const Shape checked(std::vector<int64_t>(extents.begin(), extents.end()));
    try {
      checked.size();
    } catch (const ShapeError& error) {
      fail(name, error.what());
    }
    return {name, *known, checked, places[0], places[1]};
  }

  std::vector<uint64_t> numbers(const std::string& name, const Json& list, const char* what) const {
    std::vector<uint64_t> numbers;
    if (!list.is_array()) fail(name, std::string(what) + " is no list");
    for (const Json& number : list) {
      if (!number.is_number_unsigned()) fail(name, std::string(what) + " has something else than whole numbers");
      numbers.push_back(number.get<uint64_t>());
    }
    return numbers;
  }

  /// The values must fill the rest of the file, one after another.
  void check_places(const std::vector<Entry>& entries) const {
    uint64_t position = 0;
    for (const Entry& entry : entries) {
      if (entry.begin != position) fail(entry.name, "its values do not begin where those before it end");
      position = entry.end;
    }
    if (position != file_.remaining())
      file_.fail("the file is cut off or damaged: its header tells of " + std::to_string(position) +
                 " bytes of values; " + std::to_string(file_.remaining()) + " are there");
  }

  [[noreturn]] void fail(const std::string& name, const std::string& message) const {
    file_.fail("tensor '" + io::printable(name) + "': " + message);
  }

  io::InputFile& file_;
};

}  // namespace

void save_safetensors(const std::string& path, const std::map<std::string, Tensor>& tensors) {
  const auto ordered = in_file_order(tensors);
  Json header = Json::object();
  uint64_t position = 0;
  for (const auto& [name, tensor] : ordered) {
    if (name == metadata_name)
      throw ValueError("save_safetensors: the name '__metadata__' is the format's own; choose another one");
    if (tensor.is_symbolic())
      throw StateError("save_safetensors: the symbolic tensor '" + name + "' has no values to write");
    header[name] = {{"dtype", name_of(tensor.dtype())},
                    {"shape", tensor.shape().to_vector()},
                    {"data_offsets", {position, position + byte_size(tensor)}}};
    position += byte_size(tensor);
  }
  std::string text;
  try {
    text = header.dump();
  } catch (const Json::exception&) {
    throw ValueError("save_safetensors: a name is not UTF-8");
  }
  text.resize((text.size() + header_alignment - 1) / header_alignment * header_alignment, ' ');
  const uint64_t length = text.size();
  io::write_file_atomically(path, [&](io::AtomicFile& file) {
    file.write(&length, sizeof length);
    file.write(text);
    for (const auto& [name, tensor] : ordered) file.write(tensor.raw_data(), byte_size(tensor));
  });
}

std::map<std::string, Tensor> load_safetensors(const std::string& path) {
  io::InputFile file(path);
  std::map<std::string, Tensor> tensors;
  for (const Entry& entry : HeaderReader(file).entries()) {
    Tensor tensor = Tensor::allocate(entry.shape, entry.dtype);
    auto* const bytes = static_cast<unsigned char*>(tensor.mutable_data());
    file.read(bytes, entry.end - entry.begin, "values");
    if (entry.dtype == boolean &&
        std::any_of(bytes, bytes + tensor.size(), [](unsigned char byte) { return byte > 1; }))
      file.fail("tensor '" + io::printable(entry.name) + "': expected booleans, which are bytes of 0 or 1");
    tensors.emplace(entry.name, std::move(tensor));
  }
  return tensors;
}

}  // namespace cornu
