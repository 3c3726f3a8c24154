#pragma once
#include <optional>
#include <string>
#include <vector>

#include <cornu/core/autodiff/variable.h>
#include <cornu/core/io/internal/hdf5_reader.h>
#include <cornu/core/io/internal/random_access.h>
#include <cornu/models/model.h>

namespace cornu::saving {

/// What Keras keeps in one group of a file of weights: a layer, model or optimizer, and its own variables.
struct SavedObject {
  std::string path;  ///< of the group: `layers/dense_1`; the model's is empty
  std::string name;
  std::vector<Variable> variables;
  bool is_optimizer = false;
};

/// The model and all in it, by the paths that Keras gives them:
/// - the layers of a Sequential or functional model are `layers/CLASS[_N]`, counted by class in the order of the
/// layers;
/// - the layers in a layer of one's own are found by the names of their attributes. There are none in C++: the layer's
///   name stands for it. In a model of one's own, names behind "layers" in the alphabet, and those that begin with '_',
///   are found in its list of layers first: `layers/CLASS[_N]`.
/// A layer is where it is found first.
std::vector<SavedObject> saved_objects(const Model& model);

/// A `.weights.h5` file. `where` is what errors begin with. Throws StateError for a model without variables.
std::string weights_file(const Model& model, const std::string& where);

/// A `.weights.h5` file to read.
class WeightsFile {
 public:
  /// `checksum` is that of all bytes, if there is one. Throws FileError for a damaged file.
  explicit WeightsFile(io::RandomAccess& bytes, std::optional<uint32_t> checksum = {});

  /// Gives the model's variables the values of the file, or changes none and throws ValueError listing what is missing
  /// and what has another shape; with `skip_mismatch` those stay as they are. `where` is what errors begin with.
  void load_into(const Model& model, bool skip_mismatch, const std::string& where) const;
  /// The number of bytes, which the elements of its arrays cannot exceed.
  int64_t most_elements() const;

 private:
  io::RandomAccess& bytes_;
  std::optional<uint32_t> checksum_;
  io::Hdf5Contents contents_;
};

}  // namespace cornu::saving
