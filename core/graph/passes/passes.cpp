#include <array>
#include <atomic>
#include <cstdlib>
#include <cstring>

#include <cornu/core/error.h>
#include <cornu/core/graph/passes.h>

namespace cornu::passes {

namespace {

constexpr size_t most = 32;

std::array<std::atomic<bool>, most>& disabled() {
  static std::array<std::atomic<bool>, most> flags{};
  return flags;
}

std::atomic<bool>& verification() {
  static std::atomic<bool> flag = [] {
    const char* wanted = std::getenv("CORNU_VERIFY_GRAPHS");
    return wanted && std::strcmp(wanted, "1") == 0;
  }();
  return flag;
}

size_t index_of(const std::string& name) {
  std::string names;
  for (size_t i = 0; i < all().size(); ++i) {
    if (all()[i].name == name) return i;
    names += (i ? ", " : "") + std::string(all()[i].name);
  }
  throw ValueError("there is no pass called '" + name + "'; the passes are " + names);
}

}  // namespace

const std::vector<Pass>& all() {
  static const std::vector<Pass> list = {
      {"simplify_algebra", simplify_algebra},
      {"fold_constants", fold_constants},
      {"share_common_subexpressions", share_common_subexpressions},
      {"remove_dead_code", remove_dead_code},
      {"fuse_losses", fuse_losses},
      {"fuse_products", fuse_products},
      {"fuse_elementwise", fuse_elementwise},
      {"effects_last", effects_last},
  };
  return list;
}

void set_enabled(const std::string& name, bool enabled) { disabled()[index_of(name)] = !enabled; }
bool is_enabled(const std::string& name) { return !disabled()[index_of(name)]; }
void set_verification(bool enabled) { verification() = enabled; }

Graph optimize(Graph graph) {
  for (size_t i = 0; i < all().size(); ++i) {
    if (disabled()[i]) continue;
    graph = all()[i].run(graph);
    if (!verification()) continue;
    try {
      graph.verify();
    } catch (Error& error) {
      error.add_location(std::string("after the pass ") + all()[i].name);
      throw;
    }
  }
  return graph;
}

}  // namespace cornu::passes
