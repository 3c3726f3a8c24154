#include <set>

#include <catch2/catch.hpp>

#include <cornu/core/autodiff/gradient_tape.h>
#include <cornu/core/error.h>
#include <cornu/core/graph/function.h>
#include <cornu/core/initializers/initializers.h>
#include <cornu/core/ops/creation.h>
#include <cornu/core/ops/math.h>
#include <cornu/core/ops/nn.h>
#include <cornu/core/ops/reduce.h>
#include <cornu/core/ops/shape_ops.h>
#include <cornu/core/random/random.h>
#include <cornu/layers/core.h>
#include <cornu/layers/functional.h>
#include <cornu/layers/layer_function.h>
#include <cornu/layers/merging.h>
#include <cornu/layers/normalization.h>
#include <cornu/layers/regularization.h>
#include <cornu/layers/reshaping.h>
#include <cornu/models/internal/functional_graph.h>
#include <cornu/models/model.h>

using namespace cornu;
using Catch::Matchers::Contains;

namespace {

layers::Dense constant_dense(int64_t units, double value) {
  return layers::Dense({.units = units, .kernel_initializer = initializers::Constant(value)});
}

std::vector<std::string> names_of(const Model& model) {
  std::vector<std::string> names;
  for (const Layer* layer : model.layers()) names.push_back(layer->name());
  return names;
}

class Twice : public Layer {
 public:
  Tensor call(const Tensor& inputs) override { return 2 * inputs; }
};

}  // namespace

TEST_CASE("a chain of layers is a model") {
  const Tensor x = Input({3});
  CHECK(x.shape() == Shape({-1, 3}));
  const Tensor y = x | constant_dense(2, 0.5) | layers::Activation("relu");
  CHECK(y.is_symbolic());
  CHECK(y.shape() == Shape({-1, 2}));
  Model model(x, y);
  CHECK(model.built());
  CHECK(model.class_name() == "Functional");
  CHECK(model.name() == "functional");
  CHECK(names_of(model) == std::vector<std::string>{"input_layer", "dense", "activation"});
  CHECK(model.count_params() == 8);
  CHECK(model.input_names() == std::vector<std::string>{"input_layer"});
  CHECK(model.output_names() == std::vector<std::string>{"activation"});
  const Tensor result = model(constant({{1.f, 2.f, 3.f}, {-1.f, -2.f, -3.f}}));
  CHECK(result.to_vector<float>() == std::vector<float>{3, 3, 0, 0});
  CHECK(model.trainable_variables()[0].path() == "functional/dense/kernel");
}

TEST_CASE("operators and functions on symbolic tensors are parts of the model") {
  const Tensor a = Input({2}, {.name = "a"}), b = Input({2}, {.name = "b"});
  const Tensor y = relu(a - 2 * b) + reduce_mean(a, 1, {.keepdims = true});
  Model model({a, b}, y);
  const Tensor result = model(TensorList{constant({{1.f, 5.f}}), constant({{2.f, 1.f}})});
  CHECK(result.to_vector<float>() == std::vector<float>{3, 6});
  // Extents that are not known yet, in attributes: the batch axis.
  const Tensor flat = reshape(a, {-1, 1, 2});
  Model reshaped(a, flat);
  CHECK(reshaped(ones({5, 2})).shape() == Shape({5, 1, 2}));
  std::vector<std::string> operations;
  for (const auto& member : model.functional_graph()->members())
    operations.push_back(model.functional_graph()->name_of(member));
  CHECK(std::count(operations.begin(), operations.end(), "relu") == 1);
  CHECK(std::count(operations.begin(), operations.end(), "subtract") == 1);
}

TEST_CASE("branches, several inputs and outputs, and a shared layer") {
  const Tensor image = Input({4}, {.name = "image"}), meta = Input({3}, {.name = "meta"});
  const Tensor hidden = layers::concatenate({image, meta}) | layers::Dense({.units = 5, .activation = "relu"});
  auto shared = share(layers::Dense({.units = 5}));
  const Tensor residual = relu(hidden + (hidden | shared | shared));
  const Tensor label = residual | layers::Dense({.units = 10, .activation = "softmax", .name = "label"});
  const Tensor score = residual | layers::Dense({.units = 1, .name = "score"});
  Model model({image, meta}, {label, score}, {.name = "branches"});
  CHECK(model.count_params() == (7 * 5 + 5) + (5 * 5 + 5) + (5 * 10 + 10) + (5 + 1));
  const TensorList outputs = model(TensorList{ones({6, 4}), ones({6, 3})});
  REQUIRE(outputs.size() == 2);
  CHECK(outputs[0].shape() == Shape({6, 10}));
  CHECK(outputs[1].shape() == Shape({6, 1}));
  CHECK(model.output_names() == std::vector<std::string>{"label", "score"});
  CHECK(&model.get_layer("label") == &model.get_layer(-2));
  CHECK_THROWS_WITH(model.get_layer("labels"), Contains("did you mean 'label'"));
  CHECK_THROWS_AS(model.get_layer(20), ValueError);

  // The same by hand.
  const Tensor joined = concat({ones({6, 4}), ones({6, 3})}, 1);
  const auto apply_layer = [&](const char* name, const Tensor& x) { return model.get_layer(name)(x); };
  const Tensor h = apply_layer("dense", joined);
  const Tensor r = relu(h + apply_layer("dense_1", apply_layer("dense_1", h)));
  CHECK(apply_layer("score", r).to_vector<float>() == outputs[1].to_vector<float>());
}

TEST_CASE("layers stand in Keras's order: by depth, then as they are reached from the outputs") {
  const Tensor x = Input({6}, {.name = "features"});
  const Tensor body = x | layers::Dense({.units = 6, .name = "body"});
  const Tensor skip = x | layers::Dense({.units = 6, .name = "skip"});
  const Tensor sum = layers::add({body, skip});
  const Tensor kind = body | layers::Dense({.units = 5, .name = "kind"});
  const Tensor size = sum | layers::Dense({.units = 1, .name = "size"});
  Model model(x, {kind, size});
  // As in the file that Keras wrote of this model.
  CHECK(names_of(model) == std::vector<std::string>{"features", "body", "skip", "add", "kind", "size"});
}

TEST_CASE("inputs and outputs by name") {
  const Tensor a = Input({2}, {.name = "a"}), b = Input({2}, {.name = "b"});
  Model model(TensorDict{{"left", a}, {"right", b}}, TensorDict{{"sum", a + b}, {"difference", a - b}});
  const TensorDict result = model(TensorDict{{"right", constant({{1.f, 2.f}})}, {"left", constant({{5.f, 5.f}})}});
  CHECK(result["difference"].to_vector<float>() == std::vector<float>{4, 3});
  CHECK(result["sum"].to_vector<float>() == std::vector<float>{6, 7});
  CHECK_THROWS_WITH(result["summ"], Contains("did you mean 'sum'"));
  CHECK_THROWS_AS(model(TensorDict{{"left", ones({1, 2})}}), ValueError);
  CHECK_THROWS_AS(model(TensorDict{{"left", ones({1, 2})}, {"wrong", ones({1, 2})}}), ValueError);
  CHECK_THROWS_AS((TensorDict{{"a", a}, {"a", b}}), ValueError);
}

TEST_CASE("models within models, and models that end at an inner layer") {
  const Tensor x = Input({3});
  const Tensor hidden = x | layers::Dense({.units = 4, .name = "hidden"});
  Model model(x, hidden | layers::Dense({.units = 2, .name = "head"}));
  Model features(x, model.get_layer("hidden").output());
  CHECK(features(ones({2, 3})).shape() == Shape({2, 4}));
  CHECK(features.variables()[0].path() == "functional/hidden/kernel");  // shared with the first
  Model head(model.get_layer("head").input(), model.outputs());
  const Tensor input = random::normal({5, 3});
  CHECK(head(features(input)).to_vector<float>() == model(input).to_vector<float>());

  const Tensor z = Input({3});
  Model outer(z, (z | std::move(features)) | layers::Dense({.units = 1}));
  CHECK(outer.count_params() == 16 + 5);
  CHECK(outer(ones({2, 3})).shape() == Shape({2, 1}));
}

TEST_CASE("a layer of one's own in a functional model belongs to the model when it is given away") {
  const Tensor x = Input({2});
  Model model(x, x | Twice());
  CHECK(model(ones({1, 2})).to_vector<float>() == std::vector<float>{2, 2});

  const auto lost = [] {
    const Tensor input = Input({2});
    Twice local;
    return Model(input, local(input));
  };
  Model gone = lost();
  CHECK_THROWS_WITH(gone(ones({1, 2})), Contains("gone") && Contains("share()"));
  CHECK_THROWS_AS(Twice()(x), StateError);  // a temporary that cannot be copied
}

TEST_CASE("temporaries that are called like functions stay in the model") {
  const Tensor x = Input({3});
  const Tensor y = layers::Dense({.units = 4})(layers::Dense({.units = 4})(x));
  Model model(x, y);
  CHECK(names_of(model) == std::vector<std::string>{"input_layer", "dense", "dense_1"});
  CHECK(model(ones({2, 3})).shape() == Shape({2, 4}));
}

TEST_CASE("a functional model trains, and is traced") {
  set_random_seed(1);
  const Tensor x = Input({3});
  Model model(x, relu(x | layers::Dense({.units = 4})) | layers::Dropout(0.5) | layers::Dense({.units = 1}));
  const Tensor input = random::normal({8, 3});
  GradientTape tape;
  const Tensor loss = reduce_mean(square(model(input, {.training = true})));
  const TensorList gradients = tape.gradient(loss, model.trainable_variables());
  REQUIRE(gradients.size() == 4);
  for (const Tensor& gradient : gradients) CHECK(gradient.defined());
  Function traced = function(model, {.input_signature = {TensorSpec({-1, 3})}});
  CHECK(traced(input).to_vector<float>() == model(input).to_vector<float>());
}

TEST_CASE("masks flow through a functional model") {
  const Tensor x = Input({4}, {.dtype = int32});
  const Tensor y =
      x | layers::Embedding({.input_dim = 5, .output_dim = 2, .mask_zero = true}) | layers::Dense({.units = 3});
  Model model(x, y);
  const Tensor result = model(constant({{1, 2, 0, 0}}));
  REQUIRE(result.mask().defined());
  CHECK(result.mask().to_vector<bool>() == std::vector<bool>{true, true, false, false});
}

TEST_CASE("an axis of extent 1 at the end may be missing or too much") {
  const Tensor x = Input({2, 1}), z = Input({2});
  CHECK(Model(x, x | layers::Flatten())(ones({3, 2})).shape() == Shape({3, 2}));
  CHECK(Model(z, 2 * z)(ones({3, 2, 1})).shape() == Shape({3, 2}));
  CHECK_THROWS_AS(Model(z, 2 * z)(ones({3, 4})), ShapeError);
  CHECK_THROWS_AS(Model(z, 2 * z)(TensorList{ones({3, 2}), ones({3, 2})}), ValueError);
}

TEST_CASE("models that do not hold together are refused") {
  const Tensor x = Input({2}), y = Input({2}, {.name = "other"});
  CHECK_THROWS_AS(Model(ones({1, 2}), x), ValueError);
  CHECK_THROWS_AS(Model(x, ones({1, 2})), ValueError);
  CHECK_THROWS_AS(Model(Tensor(), x), ValueError);
  CHECK_THROWS_AS(Model(TensorList{x, x}, 2 * x), ValueError);
  CHECK_THROWS_AS(Model(TensorList{}, TensorList{x}), ValueError);
  CHECK_THROWS_WITH(Model(x, x + y), Contains("other") && Contains("not among the inputs"));
  CHECK_THROWS_AS(x | layers::Reshape({3}), ShapeError);
  CHECK_THROWS_AS(Input({-2}), ShapeError);
  CHECK_THROWS_AS(x.item<float>(), StateError);
  CHECK_THROWS_AS(layers::Flatten().output(), StateError);
  std::shared_ptr<layers::Dense> none;
  CHECK_THROWS_AS(x | none, ValueError);
}

TEST_CASE("the names of a model's layers differ") {
  const Tensor x = Input({2});
  const Tensor y = x | layers::Dense({.units = 2, .name = "a"}) | layers::Dense({.units = 2, .name = "a"});
  CHECK_THROWS_WITH(Model(x, y), "The name \"a\" is used 2 times in the model. All operation names should be unique.");
  const auto shared = share(layers::Dense({.units = 2, .name = "b"}));
  CHECK_NOTHROW(Model(x, x | shared | shared));
}

TEST_CASE("layers without a name take none that the model has") {
  const Tensor x = Input({2});
  const auto shared = share(layers::Dense({.units = 2}));
  const Model first(x, x | shared);
  REQUIRE(shared->name() == "dense");
  const Tensor y = x | layers::Dense({.units = 2}) | shared;
  const Model second(x, y);
  CHECK(second.get_layer(1).name() == "dense_1");
  const Tensor sum = TensorList{x, y} | layers::Add(), total = TensorList{sum + y, y} | layers::Add();
  const Model third(x, total);
  std::set<std::string> names;
  for (const auto& member : third.functional_graph()->members())
    names.insert(third.functional_graph()->name_of(member));
  CHECK(names.size() == third.functional_graph()->members().size());
}

TEST_CASE("layers are had by their class") {
  const Tensor x = Input({2});
  const Model model(x, x | layers::Dense({.units = 3, .name = "a"}) | layers::Flatten());
  CHECK(model.get_layer<layers::Dense>("a").options().units == 3);
  CHECK(model.get_layer<layers::Dense>(1).name() == "a");
  CHECK(&model.get_layer<Layer>(-1) == &model.get_layer("flatten"));
  CHECK_THROWS_AS(model.get_layer<layers::Flatten>("a"), ValueError);
  CHECK_THROWS_WITH(model.get_layer<layers::Flatten>("a"), Contains("'a' is of the class Dense, not Flatten"));
  CHECK_THROWS_AS(model.get_layer<layers::Dense>("b"), ValueError);
}

TEST_CASE("inputs that the outputs do not need are allowed") {
  const Tensor x = Input({2}), unused = Input({3}, {.name = "unused"});
  Model model({x, unused}, 2 * x);
  CHECK(model(TensorList{ones({1, 2}), ones({1, 3})}).front().to_vector<float>() == std::vector<float>{2, 2});
}

TEST_CASE("an InputLayer is written as Keras writes it") {
  layers::InputLayer layer({28, 28}, {.name = "image"});
  CHECK_THAT(layer.to_json(), Contains(R"("batch_shape":[null,28,28])") && Contains(R"("name":"image")"));
  const auto copy = layers::deserialize(layer.to_json());
  CHECK(dynamic_cast<layers::InputLayer&>(*copy).batch_shape() == Shape({-1, 28, 28}));
}
