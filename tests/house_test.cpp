// The plan of the house, checked from the #include lines: a room knows only the rooms below it, and heavy headers stay
// out of what a user's program reads.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "paths.h"

namespace {

namespace fs = std::filesystem;

// Each room and the floors right below it; what lies deeper is allowed as well.
const std::map<std::string, std::vector<std::string>> kFloors = {
    {"core", {}},
    {"core/tensor", {"core"}},
    {"core/config", {"core/tensor"}},
    {"core/kernels", {"core/tensor"}},
    {"core/ops", {"core/kernels"}},
    {"core/autodiff", {"core/ops"}},
    {"core/random", {"core/autodiff"}},
    {"core/initializers", {"core/random", "core/config"}},
    {"core/graph", {"core/random"}},
    {"core/io", {"core/graph"}},
    {"core/data", {"core/io", "core/config"}},
    {"core/train", {"core/data"}},
    {"core/saved_model", {"core/data"}},
    {"core/summary", {"core/data"}},
    {"layers", {"core/train", "core/saved_model", "core/summary", "core/initializers"}},
    {"optimizers", {"core/train", "core/saved_model", "core/summary", "core/initializers"}},
    {"losses", {"core/train", "core/saved_model", "core/summary", "core/initializers"}},
    {"metrics", {"losses"}},
    {"models", {"layers", "optimizers", "metrics"}},
};

// The room of a path such as core/ops/matmul.h or layers/recurrent/lstm.h; core/error.h belongs to core itself.
std::string room_of(const fs::path& path) {
  auto part = path.begin();
  std::string room = part->string();
  if (room == "core" && std::distance(path.begin(), path.end()) > 2) room += "/" + std::next(part)->string();
  return room;
}

std::set<std::string> rooms_below(const std::string& room) {
  std::set<std::string> below;
  for (const std::string& next : kFloors.at(room)) {
    below.insert(next);
    below.merge(rooms_below(next));
  }
  return below;
}

struct Include {
  fs::path file;        // relative to the top of the source tree
  std::string header;   // what stands between the brackets or quotes
  bool angle_brackets;  // <header>, not "header"
};

std::vector<Include> read_includes() {
  static const std::regex pattern(R"(^\s*#\s*include\s*([<"])([^>"]+)[>"])");
  const fs::path top = source_directory;
  std::vector<Include> includes;
  for (const char* folder : {"core", "layers", "losses", "metrics", "optimizers", "models"}) {
    if (!fs::exists(top / folder)) continue;
    for (const auto& entry : fs::recursive_directory_iterator(top / folder)) {
      const fs::path extension = entry.path().extension();
      if (extension != ".h" && extension != ".cpp") continue;
      std::ifstream text(entry.path());
      std::smatch match;
      for (std::string line; std::getline(text, line);) {
        if (std::regex_search(line, match, pattern)) {
          includes.push_back({fs::relative(entry.path(), top), match[2], match[1] == "<"});
        }
      }
    }
  }
  return includes;
}

bool starts_with_any(const std::string& text, std::initializer_list<const char*> prefixes) {
  return std::any_of(prefixes.begin(), prefixes.end(), [&](const char* prefix) { return text.rfind(prefix, 0) == 0; });
}

// Headers that are not installed; cmake/headers.cmake has the same rule.
bool is_private(const fs::path& header) {
  static const std::regex pattern(R"(^core/kernels/|/internal/|_inl\.h$)");
  return std::regex_search(header.string(), pattern);
}

}  // namespace

TEST_CASE("a room includes only rooms below it") {
  const auto includes = read_includes();
  REQUIRE(includes.size() > 10);
  for (const auto& [file, header, angle_brackets] : includes) {
    if (header.rfind("cornu/", 0) != 0) continue;
    const std::string from = room_of(file), to = room_of(header.substr(6));
    INFO(file << " includes <" << header << ">");
    if (kFloors.count(from) == 0) FAIL("the house has no room " << from);
    if (kFloors.count(to) == 0) FAIL("the house has no room " << to);
    if (from != to && rooms_below(from).count(to) == 0) FAIL_CHECK(from << " is not above " << to);
  }
}

TEST_CASE("the project's headers are included as <cornu/...>") {
  for (const auto& [file, header, angle_brackets] : read_includes()) {
    INFO(file << " includes \"" << header << "\"");
    CHECK(angle_brackets);
  }
}

TEST_CASE("no public header includes a heavy or private one") {
  for (const auto& [file, header, angle_brackets] : read_includes()) {
    if (file.extension() != ".h" || is_private(file)) continue;
    INFO(file << " includes <" << header << ">");
    CHECK_FALSE(starts_with_any(header, {"xtensor", "xsimd", "nlohmann", "catch2", "oneapi", "dnnl", "cblas", "omp.h",
                                         "proto/", "google/", "leveldb/", "isa-l/", "zip.h"}));
    if (header.rfind("cornu/", 0) == 0) CHECK_FALSE(is_private(header.substr(6)));
  }
}
