// The format: https://docs.hdfgroup.org/hdf5/v1_10/_f_m_t3.html
#include <algorithm>
#include <set>

#include <cornu/core/error.h>
#include <cornu/core/io/internal/byte_reader.h>
#include <cornu/core/io/internal/hdf5_messages.h>
#include <cornu/core/io/internal/hdf5_reader.h>
#include <cornu/core/io/internal/record.h>

namespace cornu::io {

namespace {

constexpr std::string_view signature = "\x89HDF\r\n\x1a\n";
constexpr int deepest = 200;             // groups within groups
constexpr size_t longest_name = 1000;    // of one group or array
constexpr size_t longest_text = 65'536;  // of an attribute

/// Walks through the groups. Each structure is read once, so a file that needs several times its own size refers to
/// itself.
class Walk {
 public:
  explicit Walk(RandomAccess& file) : file_(file), budget_(4 * file.size() + 65'536) {}

  Hdf5Contents contents() {
    visit("", root_header(), 0);
    return std::move(contents_);
  }

 private:
  Record record(uint64_t offset, uint64_t size, const char* what) {
    spend(size);
    return Record(file_, offset, size, what);
  }
  void spend(uint64_t bytes) {
    if (bytes > budget_) file_.fail("not a usable HDF5 file: its structure refers to itself");
    budget_ -= bytes;
  }

  uint64_t root_header() {
    constexpr uint64_t superblock_size = 96;
    if (file_.size() < signature.size() || file_.read_text(0, signature.size(), "signature") != signature)
      file_.fail("not an HDF5 file: it does not begin with \\x89HDF");
    const Record start = record(0, 16, "superblock");
    const uint8_t version = start.byte(8);
    if (version > 1)
      file_.fail("the file is of a newer HDF5 format (superblock " + std::to_string(version) +
                 ") than Keras writes; h5repack --low=0 --high=0 makes an older one of it");
    const Record block = record(0, superblock_size + (version == 1 ? 4 : 0), "superblock");
    if (block.byte(13) != 8 || block.byte(14) != 8) block.fail("expected addresses and lengths of 8 bytes");
    const uint64_t addresses = version == 1 ? 28 : 24;
    if (block.number64(addresses) != 0) block.fail("expected its addresses to count from 0");
    if (block.number64(addresses + 16) > file_.size())
      file_.fail("the file is cut off: it should have " + std::to_string(block.number64(addresses + 16)) +
                 " bytes; there are " + std::to_string(file_.size()));
    return block.number64(addresses + 40);
  }

  Hdf5Header read_header(uint64_t address) {
    const Record prefix = record(address, 16, "header of an object");
    if (prefix.begins_with("OHDR"))
      file_.fail(
          "the file has objects of a newer HDF5 format than Keras writes; h5repack --low=0 --high=0 makes older "
          "ones of them");
    if (prefix.byte(0) != 1) prefix.fail("its version is " + std::to_string(prefix.byte(0)));
    size_t left = prefix.half(2);
    Hdf5Header header;
    std::vector<std::pair<uint64_t, uint64_t>> blocks = {{address + 16, prefix.word(8)}};
    for (size_t i = 0; i < blocks.size() && left > 0; ++i) {
      const Record block = record(blocks[i].first, blocks[i].second, "header of an object");
      for (uint64_t at = 0; at + 8 <= block.size() && left > 0; --left) {
        Hdf5Message message{static_cast<Hdf5MessageType>(block.half(at)), (block.byte(at + 4) & 2) != 0,
                            block.part(at + 8, block.half(at + 2), "header of an object")};
        at += 8 + message.contents.size();
        if (message.type == Hdf5MessageType::continuation)
          blocks.emplace_back(message.contents.number64(0), message.contents.number64(8));
        else
          header.push_back(std::move(message));
      }
    }
    return header;
  }

  void visit(const std::string& path, uint64_t address, int depth) {
    const Hdf5Header header = read_header(address);
    if (const Hdf5Message* table = find_message(header, Hdf5MessageType::symbol_table)) {
      if (depth > deepest) file_.fail("groups lie over " + std::to_string(deepest) + " deep within each other");
      if (!groups_.insert(address).second)
        file_.fail("not a usable HDF5 file: the group '" + printable(path) + "' is in more than one place");
      read_attributes(contents_.groups[path], header);
      visit_members(path, table->contents, depth);
    } else if (find_message(header, Hdf5MessageType::layout)) {
      contents_.datasets.emplace(path, read_dataset(header, file_.size()));
    } else if (find_message(header, Hdf5MessageType::link_info) || find_message(header, Hdf5MessageType::link)) {
      file_.fail("the group '" + printable(path) +
                 "' is of a newer HDF5 format than Keras writes; h5repack --low=0 --high=0 makes an older one of it");
    }
  }

  // A group's members: a tree of tables, whose names lie in a heap.

  void visit_members(const std::string& path, const Record& table, int depth) {
    const Record heap = record(table.number64(8), 32, "names of a group");
    if (!heap.begins_with("HEAP")) heap.fail("it does not begin with HEAP");
    const Record names = record(heap.number64(24), heap.number64(8), "names of a group");
    visit_tree(path, table.number64(0), names, depth, 256);
  }

  void visit_tree(const std::string& path, uint64_t address, const Record& names, int depth, int above) {
    const Record start = record(address, 24, "table of a group");
    if (!start.begins_with("TREE") || start.byte(4) != 0) start.fail("it does not begin with TREE");
    const int level = start.byte(5);
    if (level >= above) start.fail("its levels do not descend");
    const uint64_t count = start.half(6);
    const Record children = record(address + 24, 16 * count + 8, "table of a group");
    for (uint64_t i = 0; i < count; ++i) {
      const uint64_t child = children.number64(16 * i + 8);
      if (level > 0)
        visit_tree(path, child, names, depth, level);
      else
        visit_table(path, child, names, depth);
    }
  }

  void visit_table(const std::string& path, uint64_t address, const Record& names, int depth) {
    constexpr uint64_t entry_size = 40;
    const Record start = record(address, 8, "table of a group");
    if (!start.begins_with("SNOD")) start.fail("it does not begin with SNOD");
    const uint64_t count = start.half(6);
    const Record entries = record(address + 8, entry_size * count, "table of a group");
    for (uint64_t i = 0; i < count; ++i) {
      constexpr uint32_t symbolic_link = 2;
      if (entries.word(entry_size * i + 16) == symbolic_link) continue;
      const std::string name = member_name(names, entries.number64(entry_size * i));
      const std::string member = path.empty() ? name : path + "/" + name;
      if (contents_.groups.contains(member) || contents_.datasets.contains(member))
        file_.fail("'" + printable(member) + "' is there twice");
      visit(member, entries.number64(entry_size * i + 8), depth + 1);
    }
  }

  std::string member_name(const Record& names, uint64_t offset) {
    if (offset >= names.size()) names.fail("a name would lie outside");
    const std::string_view rest = names.bytes(offset, std::min<uint64_t>(names.size() - offset, longest_name + 1));
    const size_t length = rest.find('\0');
    if (length == 0 || length == std::string_view::npos || rest.substr(0, length).find('/') != std::string_view::npos)
      names.fail("a name is empty, too long or has a '/'");
    spend(length);
    return std::string(rest.substr(0, length));
  }

  // Attributes.

  void read_attributes(Hdf5Group& group, const Hdf5Header& header) {
    for (const Hdf5Message& message : header) {
      if (message.type != Hdf5MessageType::attribute || message.is_shared) continue;
      const auto attribute = read_attribute(message.contents);
      if (attribute)
        group.attributes[attribute->name] = attribute->reference ? text_at(*attribute->reference) : attribute->text;
    }
  }

  std::string text_at(const Hdf5TextReference& reference) {
    if (reference.size == 0) return "";
    const auto found = heaps_.find(reference.heap);
    const auto& objects = found == heaps_.end() ? read_heap(reference.heap) : found->second;
    const auto object = objects.find(reference.index);
    if (object == objects.end() || object->second.second < reference.size || reference.size > longest_text)
      file_.fail("the text of an attribute is not where it should be");
    const Record text = record(object->second.first, reference.size, "text of an attribute");
    const std::string_view bytes = text.bytes(0, reference.size);
    return std::string(bytes.substr(0, bytes.find('\0')));
  }

  using HeapObjects = std::map<uint64_t, std::pair<uint64_t, uint64_t>>;  // places and sizes by index

  const HeapObjects& read_heap(uint64_t address) {
    const Record start = record(address, 16, "heap of texts");
    if (!start.begins_with("GCOL")) start.fail("it does not begin with GCOL");
    const Record heap = record(address, start.number64(8), "heap of texts");
    HeapObjects& objects = heaps_[address];
    for (uint64_t at = 16; at + 16 <= heap.size();) {
      const uint64_t index = heap.half(at), size = heap.number64(at + 8);
      if (index == 0) break;  // the free space
      if (size > heap.size()) heap.fail("a text would end outside");
      objects[index] = {address + at + 16, size};
      at += 16 + (size + 7) / 8 * 8;
    }
    return objects;
  }

  RandomAccess& file_;
  uint64_t budget_;  // bytes that may still be read
  Hdf5Contents contents_;
  std::set<uint64_t> groups_;  // visited
  std::map<uint64_t, HeapObjects> heaps_;
};

}  // namespace

Hdf5Contents read_hdf5(RandomAccess& file) { return Walk(file).contents(); }

Tensor read_values(RandomAccess& file, const std::string& path, const Hdf5Dataset& dataset) {
  const auto fail = [&](const std::string& message) { file.fail("array '" + printable(path) + "': " + message); };
  if (!dataset.problem.empty()) fail(dataset.problem);
  Tensor values = Tensor::allocate(dataset.shape, dataset.dtype);
  auto* const bytes = static_cast<unsigned char*>(values.mutable_data());
  if (dataset.byte_size > 0) file.read(dataset.offset, bytes, dataset.byte_size, "values");
  if (dataset.dtype == boolean &&
      std::any_of(bytes, bytes + values.size(), [](unsigned char byte) { return byte > 1; }))
    fail("expected booleans, which are bytes of 0 or 1");
  return values;
}

}  // namespace cornu::io
