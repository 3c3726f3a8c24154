#pragma once
#include <cstdint>
#include <cstdio>
#include <string>

namespace cornu::io {

/// Of the format that is written, and the newest that is read.
inline constexpr int bundle_format_version = 1;

inline std::string index_path(const std::string& prefix) { return prefix + ".index"; }

/// PREFIX.data-00000-of-00001
inline std::string data_path(const std::string& prefix, int32_t shard, int32_t shard_count) {
  char numbers[32];
  std::snprintf(numbers, sizeof numbers, ".data-%05d-of-%05d", shard, shard_count);
  return prefix + numbers;
}

/// How many data files the index of `prefix` says there are; 0 if it cannot be read.
int32_t shard_count_of(const std::string& prefix);

}  // namespace cornu::io
