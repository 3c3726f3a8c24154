#pragma once
#include <string>
#include <utility>

#include <cornu/core/export.h>

namespace cornu {

/// The path of the layer whose call is under way, for the names of nodes in graphs and of slices in profiles.
CORNU_API const std::string& name_scope();

/// While it lives, `path`, which lives longer, is the calling thread's name scope.
class CORNU_API NameScope {
 public:
  explicit NameScope(const std::string& path);
  ~NameScope();
  NameScope(const NameScope&) = delete;
  NameScope& operator=(const NameScope&) = delete;

 private:
  const std::string* outer_;
};

}  // namespace cornu
