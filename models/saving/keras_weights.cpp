#include <algorithm>
#include <iostream>
#include <map>
#include <optional>
#include <utility>

#include <cornu/core/config/names.h>
#include <cornu/core/error.h>
#include <cornu/core/io/internal/byte_reader.h>
#include <cornu/core/io/internal/checksummed.h>
#include <cornu/core/io/internal/hdf5_reader.h>
#include <cornu/core/io/internal/hdf5_writer.h>
#include <cornu/core/ops/math.h>
#include <cornu/models/saving/internal/keras_weights.h>

namespace cornu::saving {

namespace {

std::string variables_path(const std::string& path) { return path.empty() ? "vars" : path + "/vars"; }

bool has_variables(const std::vector<SavedObject>& objects) {
  return std::any_of(objects.begin(), objects.end(),
                     [](const SavedObject& object) { return !object.is_optimizer && !object.variables.empty(); });
}

/// Keras counts the steps of an optimizer in int32.
Tensor saved_value(const SavedObject& object, size_t index) {
  const Tensor& value = object.variables[index].peek();
  return object.is_optimizer && index == 0 && value.dtype() == int64 ? cast(value, int32) : value;
}

/// Finds what a file has for the variables of a model.
class Matching {
 public:
  explicit Matching(const io::Hdf5Contents& contents) : contents_(contents) {
    for (const auto& [path, group] : contents.groups) {
      const auto name = group.attributes.find("name");
      if (path.ends_with("/vars") && name != group.attributes.end()) by_name_.emplace(name->second, path);
    }
    for (const auto& [path, dataset] : contents.datasets) ++counts_[path.substr(0, path.rfind('/'))];
  }

  /// All variables of an object, or none.
  void add(const SavedObject& object) {
    const size_t matches_before = matches_.size(), problems_before = problems_.size();
    add_variables(object);
    if (problems_.size() > problems_before) matches_.resize(matches_before);
  }

  struct Match {
    Variable variable;
    std::string path;
    const io::Hdf5Dataset* dataset;
  };
  /// In the order of the file.
  std::vector<Match> matches() const {
    std::vector<Match> ordered = matches_;
    std::stable_sort(ordered.begin(), ordered.end(),
                     [](const Match& a, const Match& b) { return a.dataset->offset < b.dataset->offset; });
    return ordered;
  }
  const std::vector<std::string>& problems() const { return problems_; }
  const std::vector<std::string>& warnings() const { return warnings_; }
  /// How many variables the file has for an object.
  size_t count_of(const SavedObject& object) const {
    const auto found = counts_.find(group_of(object));
    return found == counts_.end() ? 0 : found->second;
  }

 private:
  void add_variables(const SavedObject& object) {
    const std::string group = group_of(object);
    const size_t count = count_of(object);
    if (object.is_optimizer && count != object.variables.size()) return add_unbuilt_optimizer(object, group, count);
    if (count > object.variables.size())
      problems_.push_back("'" + group + "' has " + std::to_string(count) + " arrays; the layer '" + object.name +
                          "' has " + std::to_string(object.variables.size()) + " variables" +
                          (object.variables.empty() ? " (is it built?)" : ""));
    for (size_t i = 0; i < object.variables.size(); ++i)
      add_variable(object.variables[i], group + "/" + std::to_string(i));
  }

  /// Where the object's variables are: at Keras's path or, if the attribute's name was another, where a layer of this
  /// name is, if there is one only.
  std::string group_of(const SavedObject& object) const {
    const std::string group = variables_path(object.path);
    if (contents_.groups.contains(group) || object.is_optimizer || by_name_.count(object.name) != 1) return group;
    return by_name_.find(object.name)->second;
  }

  void add_variable(const Variable& variable, const std::string& path) {
    const auto found = contents_.datasets.find(path);
    if (found == contents_.datasets.end()) {
      problems_.push_back("'" + path + "' is not there, for '" + variable.path() + "'");
    } else if (found->second.problem.empty() && found->second.shape != variable.shape()) {
      problems_.push_back("'" + path + "' has shape " + found->second.shape.to_string() + "; '" + variable.path() +
                          "' has " + variable.shape().to_string());
    } else {
      matches_.push_back({variable, path, &found->second});
    }
  }

  /// An optimizer that was not built has its steps and its learning rate; of another one nothing is taken, as in Keras.
  void add_unbuilt_optimizer(const SavedObject& object, const std::string& group, size_t count) {
    if (count == 0) return;
    if (count > 2 || count >= object.variables.size())
      return warnings_.push_back("Skipping variable loading for optimizer '" + object.name + "', because it has " +
                                 std::to_string(object.variables.size()) +
                                 " variables whereas the saved optimizer has " + std::to_string(count) + " variables.");
    for (size_t i = 0; i < count; ++i) {
      const auto found = contents_.datasets.find(group + "/" + std::to_string(i));
      if (found == contents_.datasets.end() || found->second.shape != Shape{} || object.variables[i].shape() != Shape{})
        return;
    }
    for (size_t i = 0; i < count; ++i) add_variable(object.variables[i], group + "/" + std::to_string(i));
  }

  const io::Hdf5Contents& contents_;
  std::multimap<std::string, std::string> by_name_;
  std::map<std::string, size_t> counts_;
  std::vector<Match> matches_;
  std::vector<std::string> problems_, warnings_;
};

/// An optimizer that has not made a step is built where the file has what it keeps for each variable of the model.
void build_optimizer(const Model& model, const Matching& matching, SavedObject& object) {
  Optimizer& optimizer = model.optimizer();
  if (optimizer.built() || !model.built() || matching.count_of(object) <= object.variables.size()) return;
  optimizer.build(model.trainable_variables());
  object.variables = optimizer.variables();
}

void report(const std::vector<std::string>& problems, bool skip_mismatch, const std::string& where) {
  if (problems.empty()) return;
  std::string text = where + ": the file does not fit the model:";
  for (const std::string& problem : problems) text += "\n  " + io::printable(problem);
  if (!skip_mismatch) throw ValueError(text + "\nNothing was changed; {.skip_mismatch = true} loads what fits.");
  std::cerr << text << "\nThese stay as they were.\n";
}

}  // namespace

std::string weights_file(const Model& model, const std::string& where) {
  const std::vector<SavedObject> objects = saved_objects(model);
  io::Hdf5Writer writer(where);
  for (const SavedObject& object : objects) {
    const std::string group = variables_path(object.path);
    writer.create_group(group);
    writer.set_attribute(group, "name", object.name);
    for (size_t i = 0; i < object.variables.size(); ++i)
      writer.write(group + "/" + std::to_string(i), saved_value(object, i));
  }
  return writer.bytes();
}

WeightsFile::WeightsFile(io::RandomAccess& bytes, std::optional<uint32_t> checksum)
    : bytes_(bytes), checksum_(checksum), contents_(io::read_hdf5(bytes)) {}

int64_t WeightsFile::most_elements() const {
  return static_cast<int64_t>(std::min<uint64_t>(bytes_.size(), INT64_MAX));
}

void WeightsFile::load_into(const Model& model, bool skip_mismatch, const std::string& where) const {
  std::vector<SavedObject> objects = saved_objects(model);
  if (!has_variables(objects) && !contents_.datasets.empty())
    throw StateError(where + ": the model has no variables yet; call it or build it first");
  Matching matching(contents_);
  for (SavedObject& object : objects) {  // the optimizer is the last one
    if (object.is_optimizer && matching.problems().empty()) build_optimizer(model, matching, object);
    matching.add(object);
  }
  report(matching.problems(), skip_mismatch, where);
  for (const std::string& warning : matching.warnings()) std::cerr << where << ": " << io::printable(warning) << "\n";

  std::optional<io::Checksummed> checked;
  if (checksum_) checked.emplace(bytes_, *checksum_);
  io::RandomAccess& bytes = checked ? static_cast<io::RandomAccess&>(*checked) : bytes_;
  const std::vector<Matching::Match> matches = matching.matches();
  TensorList values;
  for (const auto& [variable, path, dataset] : matches) {
    values.push_back(io::read_values(bytes, path, *dataset));
    if (values.back().dtype() != variable.dtype()) values.back() = cast(values.back(), variable.dtype());
  }
  if (checked) checked->finish();
  for (size_t i = 0; i < matches.size(); ++i) {
    const Tensor value = std::move(values[i]);
    matches[i].variable.restore(value);
  }
}

}  // namespace cornu::saving
