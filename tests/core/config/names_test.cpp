#include <catch2/catch.hpp>

#include <cornu/core/config/names.h>
#include <cornu/core/tensor/tensor.h>

using namespace cornu;

TEST_CASE("class names lose their namespaces and template arguments") {
  CHECK(class_name_of(typeid(Tensor)) == "Tensor");
  CHECK(class_name_of(typeid(std::vector<Tensor>)) == "vector");
  CHECK(class_name_of(typeid(int)) == "int");
}

// The right-hand sides are what keras.src.utils.naming.to_snake_case gives.
TEST_CASE("class names in Keras's snake case") {
  CHECK(to_snake_case("Dense") == "dense");
  CHECK(to_snake_case("BatchNormalization") == "batch_normalization");
  CHECK(to_snake_case("PReLU") == "p_re_lu");
  CHECK(to_snake_case("LSTM") == "lstm");
  CHECK(to_snake_case("Conv2DTranspose") == "conv2d_transpose");
  CHECK(to_snake_case("AUC") == "auc");
  CHECK(to_snake_case("F1Score") == "f1_score");
  CHECK(to_snake_case("") == "");
}

TEST_CASE("a misspelt name gets the nearest one suggested") {
  const std::vector<std::string> known = {"relu", "selu", "sigmoid"};
  CHECK(suggestion("reluu", known) == "; did you mean 'relu'?");
  CHECK(suggestion("Sigmoid", known) == "; did you mean 'sigmoid'?");
  CHECK(suggestion("transformer", known) == "; known are 'relu', 'selu', 'sigmoid'");
  CHECK(suggestion("transformer", known, {"relu"}) == "; known are 'relu'");
  CHECK(suggestion("relu", {}) == "");
}

TEST_CASE("names are listed in quotes") {
  CHECK(join({}) == "");
  CHECK(join({"a"}) == "'a'");
  CHECK(join({"a", "b"}) == "'a', 'b'");
}
