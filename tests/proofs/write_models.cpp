// Writes the models for the proofs, with inputs and Cornu's predictions for them.
// usage: write_models DIRECTORY
#include <filesystem>

#include "models.h"

using namespace proofs;

namespace {

template <class M>
void write(const std::string& folder, const Shape& shape) {
  std::filesystem::create_directories(folder);
  M model;
  const Tensor x = random::normal(shape);
  const Tensor y = model(x);
  saved_model::save(model, folder + "/saved_model");
  saved_model::export_frozen_graph(model, folder + "/frozen.pb");
  save_npy(folder + "/x.npy", x);
  save_npy(folder + "/y.npy", y);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  set_random_seed(7);
  write<MLP>(std::string(argv[1]) + "/mlp", {6, 20});
  write<Branches>(std::string(argv[1]) + "/branches", {6, 12});
}
