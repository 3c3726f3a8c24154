#include <cornu/losses/hinge_losses.h>
#include <cornu/losses/probabilistic_losses.h>
#include <cornu/losses/regression_losses.h>
#include <cornu/losses/segmentation_losses.h>

namespace cornu::losses {

namespace {

Registry<Loss> known_losses() {
  Registry<Loss> losses("loss", "keras.losses");
  losses.add<MeanSquaredError>("MeanSquaredError", {"mse", "MSE"});
  losses.add<MeanAbsoluteError>("MeanAbsoluteError", {"mae", "MAE"});
  losses.add<MeanAbsolutePercentageError>("MeanAbsolutePercentageError", {"mape", "MAPE"});
  losses.add<MeanSquaredLogarithmicError>("MeanSquaredLogarithmicError", {"msle", "MSLE"});
  losses.add<CosineSimilarity>("CosineSimilarity");
  losses.add<Huber>("Huber", {"huber_loss"});
  losses.add<LogCosh>("LogCosh", {"logcosh"});
  losses.add<Hinge>("Hinge");
  losses.add<SquaredHinge>("SquaredHinge");
  losses.add<CategoricalHinge>("CategoricalHinge");
  losses.add<KLDivergence>("KLDivergence", {"kld", "KLD", "kullback_leibler_divergence"});
  losses.add<Poisson>("Poisson");
  losses.add<BinaryCrossentropy>("BinaryCrossentropy", {"bce", "BCE"});
  losses.add<BinaryFocalCrossentropy>("BinaryFocalCrossentropy");
  losses.add<CategoricalCrossentropy>("CategoricalCrossentropy");
  losses.add<CategoricalFocalCrossentropy>("CategoricalFocalCrossentropy");
  losses.add<SparseCategoricalCrossentropy>("SparseCategoricalCrossentropy");
  losses.add<Dice>("Dice");
  losses.add<Tversky>("Tversky");
  return losses;
}

}  // namespace

Registry<Loss>& registry() {
  static Registry<Loss> losses = known_losses();
  return losses;
}

}  // namespace cornu::losses
