#include "scalars.h"

#include <algorithm>
#include <set>

#include <cornu/core/error.h>

namespace tool {

using cornu::summary::ScalarSeries;

std::vector<ScalarSeries> scalars_in(const std::string& path, const std::vector<std::string>& tags) {
  std::vector<ScalarSeries> all = cornu::summary::read_scalars(path);
  if (tags.empty()) return all;
  std::set<std::string> known;
  for (const ScalarSeries& series : all) known.insert(series.tag);
  for (const std::string& tag : tags) {
    if (known.count(tag) > 0) continue;
    std::string list;
    for (const std::string& name : known) list += (list.empty() ? "" : ", ") + name;
    throw cornu::ValueError(path + ": there are no scalars '" + tag + "'; there are " +
                            (list.empty() ? "none at all" : list));
  }
  std::erase_if(
      all, [&](const ScalarSeries& series) { return std::find(tags.begin(), tags.end(), series.tag) == tags.end(); });
  return all;
}

}  // namespace tool
