#pragma once
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <cornu/core/train/trackable.h>

namespace cornu {

class CheckpointStatus;

namespace detail {

/// Writes the object and all in it as a checkpoint of which it is the root: what Model::save_weights() does.
CORNU_API void write_object(Trackable& root, const std::string& path);
/// Restores such a checkpoint; as Checkpoint::restore().
CORNU_API CheckpointStatus restore_object(const std::shared_ptr<Trackable>& root, const std::string& path);

}  // namespace detail

/// How a checkpoint is written.
struct CheckpointOptions {
  /// Returns once it is known what to write; a thread writes it. Values that change meanwhile are copied then, so that
  /// what is written is what they were. What goes wrong is thrown by the next save(), write() or sync().
  bool asynchronous = false;
};

/// What has come of a restoration so far; values that have no variable yet wait for it.
class CORNU_API CheckpointStatus {
 public:
  /// Of a restoration that is complete.
  CheckpointStatus() = default;
  /// Throws StateError, naming them, if the checkpoint has values that nobody has got, or if there are variables that
  /// have got none.
  const CheckpointStatus& assert_consumed() const;
  /// Throws StateError, naming them, if there are variables that have got no value; values may be left.
  const CheckpointStatus& assert_existing_objects_matched() const;
  /// Says that values may be left: else a warning names them in the end.
  const CheckpointStatus& expect_partial() const;

 private:
  friend CheckpointStatus detail::restore_object(const std::shared_ptr<Trackable>& root, const std::string& path);
  explicit CheckpointStatus(std::shared_ptr<Restoration> restoration) : restoration_(std::move(restoration)) {}
  std::shared_ptr<Restoration> restoration_;
};

/// Saves and restores the values of objects by the names that it is given: TensorFlow's tf.train.Checkpoint, in its
/// format.
///
///     Checkpoint checkpoint({{"model", model}, {"optimizer", optimizer}, {"epoch", epoch}});
///     const std::string path = checkpoint.save("folder/ckpt");    // folder/ckpt-1
///     checkpoint.restore(path).assert_consumed();                 // in this or another program
///
/// A value is stored under its path, as `model/dense/kernel/.ATTRIBUTES/VARIABLE_VALUE`. An object is found again by
/// its name in the object that has it. Models may be restored before they are built: values wait for the variables.
///
/// Files appear under their names once they are whole and on the disk; whatever stops a save leaves the checkpoints
/// before it. Copies are the same checkpoint. One thread may save at a time, and not while another changes the values.
class CORNU_API Checkpoint {
 public:
  using NamedObject = std::pair<std::string, TrackableReference>;
  /// Throws ValueError for names that are empty, given twice, or `save_counter`, which it counts saves with.
  explicit Checkpoint(std::initializer_list<NamedObject> objects);
  explicit Checkpoint(const std::vector<NamedObject>& objects);
  Checkpoint(const Checkpoint&) = default;  // also in place of moves: what was moved from can still be used
  Checkpoint& operator=(const Checkpoint&) = default;

  /// Writes PREFIX-N, N the number of saves, and then the file `checkpoint` beside it, which tells latest_checkpoint()
  /// of it. Returns PREFIX-N. Throws FileError if it cannot be written; the number is not used up then.
  std::string save(const std::string& prefix, const CheckpointOptions& options = {});
  /// Writes a checkpoint of this very name, and nothing else. Returns the name.
  std::string write(const std::string& path, const CheckpointOptions& options = {});

  /// Gives all objects the values that the checkpoint has for them; for variables that do not exist yet the values
  /// wait. All is checked before anything is changed. Throws FileError, naming file, entry and byte, for a checkpoint
  /// that is missing or damaged, and ShapeError or DTypeError, naming the variable, for one of other shapes or dtypes;
  /// later, for values that wait, the call that makes the variable does.
  CheckpointStatus restore(const std::string& path);
  /// The same as restore().
  CheckpointStatus read(const std::string& path) { return restore(path); }

  /// Waits until all is written that was saved asynchronously; throws what went wrong.
  void sync();
  /// How many saves there were, those before a restoration counted.
  int64_t save_counter() const;

  std::shared_ptr<Trackable> trackable() const;

 private:
  friend class CheckpointManager;
  struct State;
  std::string save_as(const std::string& prefix, int64_t number, const CheckpointOptions& options,
                      const std::function<void(const std::string& path)>& afterwards);

  std::shared_ptr<State> state_;
};

/// A tensor in a checkpoint.
struct CheckpointVariable {
  std::string name = {};  ///< the key, as `dense/kernel/.ATTRIBUTES/VARIABLE_VALUE`
  std::vector<int64_t> shape = {};
  std::string dtype = {};  ///< as NumPy spells it, or "string"
};

/// The path of the checkpoint that was saved last in `directory`, as the file `checkpoint` there says; empty if there
/// is none. Throws FileError for a file that is damaged.
CORNU_API std::string latest_checkpoint(const std::string& directory);
/// All tensors of a checkpoint, in order of their names. Throws FileError as Checkpoint::restore().
CORNU_API std::vector<CheckpointVariable> list_variables(const std::string& path);
/// The value of one of them. Throws ValueError if there is none of this name.
CORNU_API Tensor load_variable(const std::string& path, const std::string& name);

}  // namespace cornu
