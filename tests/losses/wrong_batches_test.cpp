// Every loss refuses batches and weights that do not fit, with an error that names the loss.
#include <catch2/catch.hpp>

#include <cornu/cornu.h>

using namespace cornu;

namespace {

// Before other tests add their own.
const std::vector<std::string> class_names = losses::registry().class_names();

}  // namespace

TEST_CASE("losses refuse batches that do not fit") {
  for (const std::string& class_name : class_names) {
    INFO(class_name);
    const std::unique_ptr<Loss> loss = losses::get(class_name);
    const bool sparse = class_name == "SparseCategoricalCrossentropy";
    const Tensor y_pred = constant({{0.25f, 0.75f}, {0.5f, 0.5f}});
    const Tensor y_true = sparse ? constant({1, 0}) : constant({{0, 1}, {1, 0}});
    CHECK_NOTHROW((*loss)(y_true, y_pred));

    const auto names = Catch::Contains(class_name == "Huber" ? "huber" : loss->name());  // its name is huber_loss
    CHECK_THROWS_AS((*loss)(ones({5, 7}), y_pred), ShapeError);
    CHECK_THROWS_WITH((*loss)(ones({5, 7}), y_pred), names && Catch::Contains("(5, 7)") && Catch::Contains("(2, 2)"));
    // One number for the whole batch takes weights of any shape, as in Keras.
    if (class_name != "Dice" && class_name != "Tversky") {
      CHECK_THROWS_AS((*loss)(y_true, y_pred, ones({2, 5})), ShapeError);
      CHECK_THROWS_WITH((*loss)(y_true, y_pred, ones({2, 5})), names && Catch::Contains("(2, 5)"));
    }
    CHECK_THROWS_AS((*loss)(Tensor(), y_pred), StateError);
    CHECK_THROWS_AS((*loss)(y_true, Tensor()), StateError);
    CHECK_THROWS_WITH((*loss)(y_true, Tensor()), names && Catch::Contains("no value"));
    if (sparse) CHECK_THROWS_WITH((*loss)(constant({1, 2}), y_pred), names && Catch::Contains("label 2"));
  }
}
