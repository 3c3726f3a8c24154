#pragma once
#include <atomic>
#include <chrono>
#include <functional>
#include <mutex>
#include <unordered_set>
#include <vector>

#include <cornu/core/ops/internal/profiling.h>

namespace cornu::summary {

/// A slice as it is read back: what ran, for how long, on which thread.
struct ProfiledSlice {
  enum class Kind : uint8_t { operation, node, function, layer, step };
  Kind kind = Kind::operation;
  int thread = 0;                  // 0, 1, ... in the order of their first slice
  double start = 0, duration = 0;  // microseconds; the profile starts at 0
  std::string name = {};           // of the node, function, layer or step
  std::string type = {};           // of the operation
  std::string scope = {};          // the path of the layer
  int64_t number = -1;
  std::vector<TensorSpec> inputs = {}, outputs = {};
  std::string steps = {};  // the operations that were fused into it

  bool is_operation() const { return kind == Kind::operation || kind == Kind::node; }
};

/// What one thread has recorded: slices as words, one after another. Its thread writes, others read or clear it.
class SliceBuffer {
 public:
  SliceBuffer(int thread, std::atomic<int64_t>& words_left) : thread_(thread), words_left_(words_left) {}

  void add(ProfiledSlice::Kind kind, const void* what, const std::string& scope, int64_t number, uint64_t start,
           uint64_t end, const Call* call, std::span<const Tensor> outputs);
  void add_named(SliceKind kind, const std::string& name, int64_t number, uint64_t start, uint64_t end);
  void keep(const std::shared_ptr<const ProfiledGraph>& graph);
  void clear();
  /// Calls read(slice, start ticks, end ticks) for each.
  void visit(const std::function<void(ProfiledSlice&, uint64_t, uint64_t)>& read) const;
  int64_t dropped() const;
  int thread() const { return thread_; }
  /// The system's number of the thread.
  int64_t system_id() const { return system_id_; }

 private:
  struct Chunk {
    std::unique_ptr<uint64_t[]> words;
    size_t used = 0;
  };
  uint64_t* reserve(size_t words);
  const std::string* intern(const std::string& text);

  const int thread_;
  const int64_t system_id_ = own_system_id();
  static int64_t own_system_id();
  std::atomic<int64_t>& words_left_;
  mutable std::mutex mutex_;
  std::vector<Chunk> chunks_;
  std::unordered_set<std::string> texts_;
  const std::string* last_text_ = nullptr;
  std::vector<std::shared_ptr<const ProfiledGraph>> graphs_;
  int64_t dropped_ = 0;
};

/// Writes down what runs when, on all threads, while it is on. There is one, which is never taken down.
class Profiler : public Profiling {
 public:
  static Profiler& instance();

  void start();
  void stop();
  bool has_profile() const { return has_profile_; }

  void record(const Call& call, std::span<const Tensor> outputs, uint64_t start, uint64_t end) override;
  void keep(const std::shared_ptr<const ProfiledGraph>& graph) override;
  void record(const ProfiledNode& node, uint64_t start, uint64_t end) override;
  void record(SliceKind kind, const std::string& name, int64_t number, uint64_t start, uint64_t end) override;

  /// Calls read(slice) for all slices, thread by thread; the object is used again for the next one.
  void visit(const std::function<void(const ProfiledSlice&)>& read) const;
  /// The threads that have recorded, by their number and the system's.
  std::vector<std::pair<int, int64_t>> threads() const;
  /// How many slices found no room.
  int64_t dropped() const;

 private:
  SliceBuffer& buffer();
  double ticks_per_microsecond() const;

  mutable std::mutex mutex_;
  std::vector<std::shared_ptr<SliceBuffer>> buffers_;  // each shared with its thread
  int thread_count_ = 0;
  std::atomic<int64_t> words_left_{0};
  std::atomic<bool> has_profile_{false};
  uint64_t first_tick_ = 0, last_tick_ = 0;
  std::chrono::steady_clock::time_point first_time_, last_time_;
};

}  // namespace cornu::summary
