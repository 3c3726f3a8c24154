#include <algorithm>
#include <cstdio>
#include <exception>
#include <thread>

#include <cornu/core/error.h>
#include <cornu/core/io/tensor_bundle.h>
#include <cornu/core/train/checkpoint.h>
#include <cornu/core/train/internal/checkpoint_state.h>
#include <cornu/core/train/internal/object_graph.h>
#include <cornu/core/train/internal/restoration.h>

namespace cornu {

namespace {

constexpr const char* counter_name = "save_counter";

std::string first_of(const std::vector<std::string>& names) {
  constexpr size_t most = 8;
  std::string text;
  for (size_t i = 0; i < std::min(most, names.size()); ++i) text += (i == 0 ? "'" : ", '") + names[i] + "'";
  return names.size() > most ? text + ", ... (" + std::to_string(names.size()) + " in all)" : text;
}

/// Writes one checkpoint at a time, behind the back of the caller if that is wanted.
class Writer {
 public:
  ~Writer() {
    try {
      wait();
    } catch (const std::exception& error) {
      std::fprintf(stderr, "warning: a checkpoint could not be written: %s\n", error.what());
    }
  }

  void run(const std::function<void()>& write, bool in_background) {
    wait();
    if (!in_background) return write();
    thread_ = std::thread([this, write] {
      try {
        write();
      } catch (...) {
        error_ = std::current_exception();
      }
    });
  }

  void wait() {
    if (thread_.joinable()) thread_.join();
    if (error_) std::rethrow_exception(std::exchange(error_, nullptr));
  }

 private:
  std::thread thread_;
  std::exception_ptr error_;
};

}  // namespace

struct Checkpoint::State : Trackable {
  explicit State(const std::vector<NamedObject>& objects) : objects(objects) {
    for (size_t i = 0; i < objects.size(); ++i) {
      const std::string& name = objects[i].first;
      const auto is_same = [&](const NamedObject& other) { return other.first == name; };
      if (name.empty()) throw ValueError("Checkpoint: the name of an object may not be empty");
      if (name == counter_name)
        throw ValueError("Checkpoint: the name 'save_counter' is the checkpoint's own; choose another one");
      if (std::any_of(objects.begin(), objects.begin() + static_cast<ptrdiff_t>(i), is_same))
        throw ValueError("Checkpoint: the name '" + name + "' is given to two objects");
    }
  }

  TrackableContents contents() override {
    TrackableContents contents;
    for (const auto& [name, object] : objects) object.add_to(contents, name);
    contents.variables.push_back({counter_name, counter});
    return contents;
  }

  std::vector<NamedObject> objects;
  Variable counter{constant(int64_t{0}), {.name = counter_name, .trainable = false}};
  Writer writer;
};

Checkpoint::Checkpoint(std::initializer_list<NamedObject> objects) : Checkpoint(std::vector<NamedObject>(objects)) {}
Checkpoint::Checkpoint(const std::vector<NamedObject>& objects) : state_(std::make_shared<State>(objects)) {
  state_->contents();  // objects that are gone are named here
}

std::shared_ptr<Trackable> Checkpoint::trackable() const { return state_; }
int64_t Checkpoint::save_counter() const { return state_->counter.peek().item<int64_t>(); }
void Checkpoint::sync() { state_->writer.wait(); }

std::string Checkpoint::write(const std::string& path, const CheckpointOptions& options) {
  state_->writer.wait();
  state_->writer.run([path, values = snapshot(*state_)] { write_snapshot(path, values); }, options.asynchronous);
  return path;
}

std::string Checkpoint::save_as(const std::string& prefix, int64_t number, const CheckpointOptions& options,
                                const std::function<void(const std::string& path)>& afterwards) {
  State& state = *state_;
  state.writer.wait();
  const int64_t before = save_counter();
  state.counter.restore(constant(number));
  const std::string path = prefix + "-" + std::to_string(number);
  try {
    const auto write = [path, afterwards, values = snapshot(state)] {
      write_snapshot(path, values);
      afterwards(path);
    };
    state.writer.run(write, options.asynchronous);
  } catch (...) {
    state.counter.restore(constant(before));
    throw;
  }
  return path;
}

std::string Checkpoint::save(const std::string& prefix, const CheckpointOptions& options) {
  return save_as(prefix, save_counter() + 1, options, [](const std::string& path) {
    write_checkpoint_state(directory_of(path), {.latest = path, .paths = {path}, .timestamps = {seconds_now()}});
  });
}

// ---- restoring --------------------------------------------------------------------------------------------------

CheckpointStatus detail::restore_object(const std::shared_ptr<Trackable>& root, const std::string& path) {
  if (path.empty())
    throw FileError("restore: the path of the checkpoint is empty; latest_checkpoint() answers so where there is none");
  const auto restoration = std::make_shared<Restoration>(path);
  restoration->start(root);
  return CheckpointStatus(restoration);
}

void detail::write_object(Trackable& root, const std::string& path) { write_snapshot(path, snapshot(root)); }

CheckpointStatus Checkpoint::restore(const std::string& path) {
  state_->writer.wait();
  return detail::restore_object(state_, path);
}

const CheckpointStatus& CheckpointStatus::assert_existing_objects_matched() const {
  if (!restoration_) return *this;
  const std::vector<std::string> unmatched = restoration_->unmatched_variables();
  if (!unmatched.empty())
    throw StateError("the checkpoint '" + restoration_->prefix() +
                     "' has no values for these variables: " + first_of(unmatched));
  return *this;
}

const CheckpointStatus& CheckpointStatus::assert_consumed() const {
  if (!restoration_) return *this;
  const std::vector<std::string> unused = restoration_->unused_keys();
  if (!unused.empty())
    throw StateError("values of the checkpoint '" + restoration_->prefix() + "' were not used: " + first_of(unused) +
                     "; are those objects in the Checkpoint, under the same names, and built?");
  return assert_existing_objects_matched();
}

const CheckpointStatus& CheckpointStatus::expect_partial() const {
  if (restoration_) restoration_->expect_partial();
  return *this;
}

// ---- looking into checkpoints -----------------------------------------------------------------------------------

std::vector<CheckpointVariable> list_variables(const std::string& path) {
  std::vector<CheckpointVariable> variables;
  const io::TensorBundleReader bundle(path);
  for (const io::BundleEntry& entry : bundle.entries()) variables.push_back({entry.key, entry.shape, entry.dtype});
  return variables;
}

Tensor load_variable(const std::string& path, const std::string& name) {
  return io::TensorBundleReader(path).read(name);
}

}  // namespace cornu
