#pragma once
#include <string>
#include <utility>
#include <vector>

#include <cornu/core/export.h>
#include <cornu/core/io/atomic_file.h>

namespace cornu::io {

/// Keys and values of a sorted string table, LevelDB's and TensorFlow's file of an index.
using TableEntries = std::vector<std::pair<std::string, std::string>>;

/// Writes `entries`, whose keys ascend, as a table of uncompressed blocks.
CORNU_API void write_sorted_table(AtomicFile& file, const TableEntries& entries);

/// All entries of the table, in order of their keys. The checksum of every block is compared. Throws FileError, naming
/// the file and the byte, for a file that is none or damaged.
CORNU_API TableEntries read_sorted_table(const std::string& path);

}  // namespace cornu::io
