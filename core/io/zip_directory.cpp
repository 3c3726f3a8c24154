// The format: APPNOTE.TXT of PKWARE, sections 4.3 and 4.4.
#include <algorithm>
#include <string_view>

#include <cornu/core/error.h>
#include <cornu/core/io/internal/byte_reader.h>
#include <cornu/core/io/internal/random_access.h>
#include <cornu/core/io/internal/record.h>
#include <cornu/core/io/internal/zip_directory.h>

namespace cornu::io {

namespace {

constexpr std::string_view local_signature = "PK\x03\x04", entry_signature = "PK\x01\x02", end_signature = "PK\x05\x06",
                           end64_signature = "PK\x06\x06", locator64_signature = "PK\x06\x07";
constexpr uint64_t local_size = 30, entry_size = 46, end_size = 22, end64_size = 56, locator64_size = 20;
constexpr uint32_t in_extra_field = 0xffffffff;
constexpr uint16_t extra64 = 1;

struct Directory {
  uint64_t begin, count;
};

uint64_t find_end(RandomAccess& file) {
  constexpr uint64_t longest_comment = 65535;
  const uint64_t length = std::min(file.size(), end_size + longest_comment);
  const std::string tail = file.read_text(file.size() - length, length, "zip directory");
  for (size_t at = tail.size(); at-- > 0;)
    if (tail.size() - at >= end_size && tail.compare(at, 4, end_signature) == 0) return file.size() - length + at;
  file.fail("the archive has no directory");
}

Directory find_directory(RandomAccess& file) {
  const uint64_t end_at = find_end(file);
  const Record end(file, end_at, end_size, "end of the zip directory");
  const Directory directory{end.word(16), end.half(10)};
  if (directory.begin != in_extra_field && directory.count != 0xffff) return directory;
  if (end_at < locator64_size) return directory;
  const Record locator(file, end_at - locator64_size, locator64_size, "zip64 locator");
  if (!locator.begins_with(locator64_signature)) return directory;
  const Record end64(file, locator.number64(8), end64_size, "end of the zip64 directory");
  if (!end64.begins_with(end64_signature)) file.fail("the archive is damaged: its zip64 directory is not there");
  return {end64.number64(48), end64.number64(32)};
}

/// The place of the local header: in a large archive, behind sizes that do not fit either, in the extra field.
uint64_t local_header_of(RandomAccess& file, const Record& entry, uint64_t entry_at) {
  if (entry.word(42) != in_extra_field) return entry.word(42);
  const uint64_t extra_at = entry_at + entry_size + entry.half(28), extra_size = entry.half(30);
  for (uint64_t at = 0; at + 4 <= extra_size;) {
    const Record field(file, extra_at + at, 4, "extra field");
    if (field.half(0) == extra64) {
      const uint64_t skipped =
          8 * (uint64_t{entry.word(24) == in_extra_field} + uint64_t{entry.word(20) == in_extra_field});
      return Record(file, extra_at + at + 4 + skipped, 8, "extra field").number64(0);
    }
    at += 4 + field.half(2);
  }
  file.fail("the archive is damaged: a zip64 entry has no place");
}

}  // namespace

uint64_t find_stored_member(const std::string& path, const std::string& name, uint64_t size) {
  FileRange file(path);
  const Directory directory = find_directory(file);
  uint64_t at = directory.begin;
  for (uint64_t i = 0; i < directory.count; ++i) {
    const Record entry(file, at, entry_size, "zip directory");
    if (!entry.begins_with(entry_signature)) break;
    if (file.read_text(at + entry_size, entry.half(28), "name of a member") == name) {
      const uint64_t local_at = local_header_of(file, entry, at);
      const Record local(file, local_at, local_size, "header of a member");
      const uint64_t begin = local_at + local_size + local.half(26) + local.half(28);
      const bool holds = local.begins_with(local_signature) && local.half(8) == 0 && begin <= file.size() &&
                         size <= file.size() - begin;
      if (!holds) break;
      return begin;
    }
    at += entry_size + entry.half(28) + entry.half(30) + entry.half(32);
  }
  file.fail("the archive is damaged: '" + printable(name) + "' is not where its directory says");
}

}  // namespace cornu::io
