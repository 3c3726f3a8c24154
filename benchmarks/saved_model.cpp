// A model that was loaded from a SavedModel beside the model itself: predictions of the MLP.
#include <filesystem>

#include <unistd.h>

#include "mlp_cornu.h"

using namespace bench;
using namespace cornu;

namespace {

void predict(int64_t batch) {
  set_random_seed(1);
  Mlp model(seed_widths);
  const Tensor x = random::uniform({batch, MlpData::inputs});
  model(x);
  const std::string folder =
      (std::filesystem::temp_directory_path() / ("cornu-bench-" + std::to_string(getpid()))).string();
  saved_model::save(model, folder);
  const auto loaded = saved_model::load(folder);
  const Function traced = function(model);
  compare({.name = "predictions of the MLP, batch " + std::to_string(batch), .rounds = 201},
          {{.name = "the model's predict", .run = [&] { keep(model.predict(x, {.batch_size = batch, .verbose = 0})); }},
           {.name = "SavedModel, loaded", .run = [&] { keep(loaded.call(x)); }, .goal_ratio = 1.05},
           {.name = "the model, traced", .run = [&] { keep(traced(x)); }}});
  std::filesystem::remove_all(folder);
}

}  // namespace

int main() {
  predict(1);
  predict(32);
  predict(256);
}
