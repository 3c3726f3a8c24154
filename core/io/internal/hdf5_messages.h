#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <cornu/core/io/internal/hdf5_reader.h>
#include <cornu/core/io/internal/record.h>

// What stands in the header of an object of an HDF5 file: https://docs.hdfgroup.org/hdf5/v1_10/_f_m_t3.html, section
// IV.
namespace cornu::io {

enum class Hdf5MessageType : uint16_t {
  dataspace = 0x01,
  link_info = 0x02,
  datatype = 0x03,
  link = 0x06,
  external_files = 0x07,
  layout = 0x08,
  filters = 0x0b,
  attribute = 0x0c,
  continuation = 0x10,
  symbol_table = 0x11
};

struct Hdf5Message {
  Hdf5MessageType type;
  bool is_shared;  // its contents are elsewhere
  Record contents;
};
using Hdf5Header = std::vector<Hdf5Message>;

/// The first message of this type.
const Hdf5Message* find_message(const Hdf5Header& header, Hdf5MessageType type);

/// The array that a header describes, in a file of `file_size` bytes.
Hdf5Dataset read_dataset(const Hdf5Header& header, uint64_t file_size);

/// A reference to a text that lies in a global heap.
struct Hdf5TextReference {
  uint64_t size, heap, index;
};
struct Hdf5Attribute {
  std::string name;
  std::string text = {};
  std::optional<Hdf5TextReference> reference = {};  // where the text is, instead
};
/// An attribute that is one text; nothing for others.
std::optional<Hdf5Attribute> read_attribute(const Record& message);

}  // namespace cornu::io
