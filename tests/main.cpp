// The one main() of the tests: Catch's own, and every test bears the path of its file, [#core/tape] for
// core/tape_test.cpp.
#define CATCH_CONFIG_RUNNER
#include <catch2/catch.hpp>

namespace {

std::string path_tag(const char* file) {
  const std::string path = file, folder = "tests/", ending = "_test.cpp";
  const size_t found = path.rfind(folder), start = found == path.npos ? 0 : found + folder.size();
  return "#" + path.substr(start, path.rfind(ending) - start);
}

void tag_tests_with_paths(const Catch::IConfig& config) {
  // Catch's own --filenames-as-tags, which knows base names only, changes the registered tests in the same way.
  for (auto& test : const_cast<std::vector<Catch::TestCase>&>(Catch::getAllTestCasesSorted(config))) {
    auto tags = test.tags;
    tags.push_back(path_tag(test.lineInfo.file));
    Catch::setTags(test, tags);
  }
}

}  // namespace

int main(int argument_count, char** arguments) {
  Catch::Session session;
  if (const int status = session.applyCommandLine(argument_count, arguments); status != 0) return status;
  tag_tests_with_paths(session.config());
  return session.run();
}

// LLVM's OpenMP keeps what it knows of a thread that is gone. Asked by the leak sanitizer, where there is one.
extern "C" const char* __lsan_default_suppressions();
extern "C" const char* __lsan_default_suppressions() { return "leak:libomp.so\n"; }
