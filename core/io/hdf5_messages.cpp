#include <algorithm>

#include <cornu/core/error.h>
#include <cornu/core/io/internal/hdf5_messages.h>

namespace cornu::io {

namespace {

constexpr uint64_t undefined_address = UINT64_MAX;

enum TypeClass : uint8_t { fixed_point = 0, floating_point = 1, text = 3, enumeration = 8, variable_length = 9 };

struct Datatype {
  uint8_t type_class;
  uint32_t flags, size;
};

Datatype read_datatype(const Record& message) {
  const uint32_t word = message.word(0);
  return {static_cast<uint8_t>(word & 15), word >> 8, message.word(4)};
}

/// IEEE 754, little-endian: where exponent and mantissa lie.
bool is_ieee(const Record& message, const Datatype& type) {
  const bool is_double = type.size == 8;
  const auto property = [&](uint64_t offset, size_t size) { return message.number(offset, size); };
  return (type.flags & 0x41) == 0 && property(8, 2) == 0 && property(10, 2) == 8 * type.size &&
         property(12, 1) == (is_double ? 52 : 23) && property(13, 1) == (is_double ? 11 : 8) && property(14, 1) == 0 &&
         property(15, 1) == (is_double ? 52 : 23) && property(16, 4) == (is_double ? 1023 : 127);
}

std::optional<DType> dtype_of(const Record& message) {
  const Datatype type = read_datatype(message);
  const bool big_endian = (type.flags & 1) != 0, is_signed = (type.flags & 8) != 0;
  if (type.type_class == floating_point && (type.size == 4 || type.size == 8) && is_ieee(message, type))
    return type.size == 4 ? float32 : float64;
  if (type.type_class == enumeration && type.size == 1) return boolean;  // as h5py writes them
  if (type.type_class != fixed_point) return std::nullopt;
  if (type.size == 1 && !is_signed) return uint8;
  if (big_endian || !is_signed) return std::nullopt;
  if (type.size == 4) return int32;
  if (type.size == 8) return int64;
  return std::nullopt;
}

/// Nothing where there are no elements at all ("null"), or where the shape is none that a tensor may have.
std::optional<std::vector<uint64_t>> read_dataspace(const Record& message) {
  const uint8_t version = message.byte(0), rank = message.byte(1);
  if (version != 1 && version != 2) message.fail("its version is " + std::to_string(version));
  if (version == 2 && message.byte(3) == 2) return std::nullopt;
  if (rank > Shape::max_rank) return std::nullopt;
  const uint64_t first = version == 1 ? 8 : 4;
  std::vector<uint64_t> extents;
  for (uint64_t axis = 0; axis < rank; ++axis) extents.push_back(message.number64(first + 8 * axis));
  return extents;
}

/// Bytes that elements of this shape take; nothing where they are more than can be.
std::optional<uint64_t> byte_size(const std::vector<uint64_t>& extents, DType dtype) {
  uint64_t elements = 1;  // zeros left out, as Shape counts
  bool is_empty = false;
  for (const uint64_t extent : extents) {
    is_empty |= extent == 0;
    if (extent > 0 && (__builtin_mul_overflow(elements, extent, &elements) || elements > uint64_t{Shape::max_size}))
      return std::nullopt;
  }
  return is_empty ? 0 : elements * size_of(dtype);
}

struct Place {
  uint64_t offset = 0, size = 0;
  std::string problem = {};
};

Place read_layout(const Record& message) {
  const uint8_t version = message.byte(0), layout_class = message.byte(1);
  if (version != 3 && version != 4)
    return {.problem = "its layout is of version " + std::to_string(version) + "; expected 3 or 4"};
  if (layout_class == 0) return {message.offset() + 4, message.half(2)};
  if (layout_class == 1) return {message.number64(2), message.number64(10)};
  return {.problem = "its values lie in chunks; expected them one after another, as Keras writes them"};
}

std::string unused_reason(const Hdf5Header& header) {
  if (find_message(header, Hdf5MessageType::external_files)) return "its values are in other files";
  if (find_message(header, Hdf5MessageType::filters)) return "its values are compressed or filtered";
  for (const Hdf5Message& message : header)
    if (message.is_shared) return "its type is shared with others";
  return "";
}

void check_place(Hdf5Dataset& dataset, const Place& place, uint64_t needed, uint64_t file_size) {
  dataset.offset = place.offset;
  dataset.byte_size = needed;
  dataset.problem = place.problem;
  if (!place.problem.empty() || needed == 0) return;
  if (place.offset == undefined_address)
    dataset.problem = "no values were written";
  else if (place.size != needed)
    dataset.problem = "its shape needs " + std::to_string(needed) + " bytes; it has " + std::to_string(place.size);
  else if (place.offset > file_size || needed > file_size - place.offset)
    dataset.problem = "its values would end behind the end of the file";
}

uint64_t padded(uint64_t size) { return (size + 7) / 8 * 8; }

}  // namespace

const Hdf5Message* find_message(const Hdf5Header& header, Hdf5MessageType type) {
  const auto found =
      std::find_if(header.begin(), header.end(), [&](const Hdf5Message& message) { return message.type == type; });
  return found == header.end() ? nullptr : &*found;
}

Hdf5Dataset read_dataset(const Hdf5Header& header, uint64_t file_size) {
  Hdf5Dataset dataset{.problem = unused_reason(header)};
  if (!dataset.problem.empty()) return dataset;
  const Hdf5Message *type = find_message(header, Hdf5MessageType::datatype),
                    *space = find_message(header, Hdf5MessageType::dataspace),
                    *layout = find_message(header, Hdf5MessageType::layout);
  if (!type || !space || !layout) {
    dataset.problem = "it has no type or no shape";
    return dataset;
  }
  const auto extents = read_dataspace(space->contents);
  const auto dtype = dtype_of(type->contents);
  const auto needed = extents && dtype ? byte_size(*extents, *dtype) : std::nullopt;
  if (!dtype)
    dataset.problem = "expected elements of bool, uint8, int32, int64, float32 or float64, little-endian";
  else if (!needed)
    dataset.problem = "its shape is none, or too large";
  if (!dataset.problem.empty()) return dataset;
  dataset.shape = Shape(std::vector<int64_t>(extents->begin(), extents->end()));
  dataset.dtype = *dtype;
  check_place(dataset, read_layout(layout->contents), *needed, file_size);
  return dataset;
}

std::optional<Hdf5Attribute> read_attribute(const Record& message) {
  const uint8_t version = message.byte(0);
  if (version < 1 || version > 3) return std::nullopt;
  const auto place = [&](uint64_t size) { return version == 1 ? padded(size) : size; };
  const uint64_t name_at = version == 3 ? 9 : 8, name_size = message.half(2);
  const uint64_t type_at = name_at + place(name_size), space_at = type_at + place(message.half(4));
  const uint64_t value_at = space_at + place(message.half(6));
  const Datatype type = read_datatype(message.part(type_at, message.half(4), "type of an attribute"));
  const auto extents = read_dataspace(message.part(space_at, message.half(6), "shape of an attribute"));
  if (!extents || !extents->empty()) return std::nullopt;
  const std::string_view name = message.bytes(name_at, name_size);
  Hdf5Attribute attribute{.name = std::string(name.substr(0, name.find('\0')))};
  if (type.type_class == text) {
    const std::string_view value = message.bytes(value_at, type.size);
    attribute.text = std::string(value.substr(0, value.find('\0')));
    return attribute;
  }
  constexpr uint32_t kind_mask = 15, text_kind = 1;
  if (type.type_class != variable_length || (type.flags & kind_mask) != text_kind) return std::nullopt;
  attribute.reference = {message.word(value_at), message.number64(value_at + 4), message.word(value_at + 12)};
  return attribute;
}

}  // namespace cornu::io
