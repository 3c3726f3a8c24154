#pragma once
#include <cstring>
#include <filesystem>
#include <string>
#include <vector>

#include <proto/event.pb.h>

#include "core/io/temporary_folder.h"
#include <cornu/core/io/tfrecord.h>

/// The events of an event file, its checksums verified, as far as it is whole.
inline std::vector<cornu::proto::Event> read_events(const std::string& path) {
  std::vector<cornu::proto::Event> events;
  cornu::io::TFRecordReader reader(path);
  while (const std::optional<std::string> record = reader.next())
    if (!events.emplace_back().ParseFromString(*record)) throw std::runtime_error("an event cannot be parsed");
  return events;
}

/// The values of the summaries in it.
inline std::vector<cornu::proto::Summary_Value> read_values(const std::string& path) {
  std::vector<cornu::proto::Summary_Value> values;
  for (const cornu::proto::Event& event : read_events(path))
    for (const cornu::proto::Summary_Value& value : event.summary().value()) values.push_back(value);
  return values;
}

inline std::vector<int64_t> read_steps(const std::string& path) {
  std::vector<int64_t> steps;
  for (const cornu::proto::Event& event : read_events(path))
    if (event.has_summary()) steps.push_back(event.step());
  return steps;
}

template <class T>
std::vector<T> content_of(const cornu::proto::TensorProto& tensor) {
  std::vector<T> elements(tensor.tensor_content().size() / sizeof(T));
  std::memcpy(elements.data(), tensor.tensor_content().data(), tensor.tensor_content().size());
  return elements;
}

inline std::vector<int64_t> shape_of(const cornu::proto::TensorProto& tensor) {
  std::vector<int64_t> shape;
  for (const auto& dimension : tensor.tensor_shape().dim()) shape.push_back(dimension.size());
  return shape;
}

inline float scalar_of(const cornu::proto::Summary_Value& value) { return content_of<float>(value.tensor()).at(0); }

/// The files below a folder whose names end so.
inline std::vector<std::string> files_below(const std::string& folder, const std::string& ending = "") {
  std::vector<std::string> paths;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
    if (entry.is_regular_file() && entry.path().string().ends_with(ending)) paths.push_back(entry.path().string());
  return paths;
}
