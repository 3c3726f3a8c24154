#pragma once
#include <atomic>
#include <mutex>
#include <string>

#include <cornu/core/graph/graph.h>
#include <cornu/core/graph/internal/memory_plan.h>

namespace cornu {

class Profiling;
struct ProfiledGraph;

/// A graph of known shapes, planned: it runs without allocating, from any number of threads at once.
class CORNU_API Executable {
 public:
  /// `name` says in messages whose graph it is.
  Executable(Graph graph, std::string name);
  ~Executable();
  Executable(const Executable&) = delete;
  Executable& operator=(const Executable&) = delete;

  const Graph& graph() const { return graph_; }
  const std::vector<TensorSpec>& output_specs() const { return output_specs_; }
  bool fits(std::span<const Tensor* const> inputs) const;
  size_t arena_bytes() const { return plan_.arena_bytes; }

  /// Computes the allocated `outputs` from inputs that fit. If it throws, variables are as they were before.
  void run(std::span<const Tensor* const> inputs, std::span<Tensor> outputs) const;

 private:
  struct Frame;
  struct Step {
    enum class Kind : uint8_t { kernel, view, read, held_read, assign, effect };
    Kind kind;
    bool backs_up;  // the variables that it changes, because a later step may fail
    int32_t node;
    int32_t first_input, input_count;
    int32_t first_output, output_count;
    size_t view_offset;
  };
  void add_step(int32_t node);
  bool is_held(int32_t read) const;
  void find_backups();
  Frame* take() const;
  void give_back(Frame* frame) const;
  std::unique_ptr<Frame> make_frame() const;
  void run_steps(Frame& frame) const;
  void run_profiled(Frame& frame, Profiling& profiling, const Step*& step) const;
  const std::shared_ptr<const ProfiledGraph>& profiled() const;
  void run_step(const Step& step, Frame& frame) const;

  Graph graph_;
  std::string name_;
  MemoryPlan plan_;
  std::vector<TensorSpec> input_specs_, output_specs_;
  std::vector<Step> steps_;
  std::vector<int32_t> operands_;         // values, step by step
  std::vector<int32_t> dynamic_outputs_;  // values that lie in outputs: value, output
  mutable std::atomic<Frame*> spare_{nullptr};
  mutable std::mutex mutex_;
  mutable std::vector<std::unique_ptr<Frame>> idle_;
  mutable std::once_flag described_;
  mutable std::shared_ptr<const ProfiledGraph> profiled_;  // its nodes, for profiles; made when it is first asked for
};

}  // namespace cornu
