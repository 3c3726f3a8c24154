#pragma once
#include <map>
#include <string>
#include <vector>

#include <cornu/core/saved_model/internal/translation.h>

namespace cornu::saved_model {

/// Reads functions of TensorFlow's by doing what they say with Cornu's operations: while something is traced, this
/// makes it a part of the trace.
class CORNU_API FunctionReader {
 public:
  /// The library must live as long as this.
  explicit FunctionReader(const proto::FunctionDefLibrary& library);

  /// Throws ValueError for a function that is not there.
  const proto::FunctionDef& find(const std::string& name) const;
  /// The nodes of a function, and of those that it calls, whose operations Cornu lacks: "ParseExampleV2 (node
  /// 'parse')".
  std::vector<std::string> unknown_operations(const std::string& name) const;
  /// Throws ValueError that lists all unknown operations.
  void require_known(const std::string& name) const;
  /// Calls it with values for all of its arguments.
  ImportValues call(const std::string& name, const ImportValues& arguments) const {
    int64_t calls = 0;
    return call(name, arguments, 0, calls);
  }

 private:
  friend class FunctionBody;
  ImportValues call(const std::string& name, const ImportValues& arguments, int depth, int64_t& calls) const;
  std::map<std::string, const proto::FunctionDef*, std::less<>> functions_;
};

}  // namespace cornu::saved_model
