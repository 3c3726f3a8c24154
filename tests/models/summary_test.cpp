#include <sstream>

#include <catch2/catch.hpp>

#include <cornu/core/error.h>
#include <cornu/core/ops/creation.h>
#include <cornu/core/ops/nn.h>
#include <cornu/layers/core.h>
#include <cornu/layers/merging.h>
#include <cornu/layers/normalization.h>
#include <cornu/layers/regularization.h>
#include <cornu/layers/reshaping.h>
#include <cornu/models/plot.h>
#include <cornu/models/sequential.h>

using namespace cornu;
using Catch::Matchers::Contains;

namespace {

std::string summary_of(const Model& model, SummaryOptions options = {}) {
  std::ostringstream text;
  options.out = &text;
  model.summary(options);
  return text.str();
}

}  // namespace

// As Keras prints it on a terminal of 80 columns.
TEST_CASE("the summary of a Sequential") {
  Sequential model{layers::InputLayer({32}), layers::Dense({.units = 64}), layers::Dropout(0.5),
                   layers::Dense({.units = 1})};
  CHECK(summary_of(model, {.line_length = 76}) ==
        R"(Model: "sequential"
┏━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━┓
┃ Layer (type)                    ┃ Output Shape           ┃       Param # ┃
┡━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━┩
│ dense (Dense)                   │ (None, 64)             │         2,112 │
├─────────────────────────────────┼────────────────────────┼───────────────┤
│ dropout (Dropout)               │ (None, 64)             │             0 │
├─────────────────────────────────┼────────────────────────┼───────────────┤
│ dense_1 (Dense)                 │ (None, 1)              │            65 │
└─────────────────────────────────┴────────────────────────┴───────────────┘
 Total params: 2,177 (8.50 KB)
 Trainable params: 2,177 (8.50 KB)
 Non-trainable params: 0 (0.00 B)
)");
  CHECK_THAT(summary_of(model),
             Contains("┏━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━┓\n"));
}

TEST_CASE("the summary counts the optimizer's variables once there are some") {
  Sequential model{layers::InputLayer({2}), layers::Dense({.units = 1})};
  model.compile({.optimizer = "adam", .loss = "mse"});
  CHECK_THAT(summary_of(model), !Contains("Optimizer params"));
  model.fit(ones({4, 2}), ones({4, 1}), {.verbose = 0});
  // Two moments for each of 3 numbers, the iterations (int64) and the learning rate.
  CHECK_THAT(summary_of(model),
             Contains(" Total params: 11 (48.00 B)\n") && Contains(" Optimizer params: 8 (36.00 B)\n"));
}

TEST_CASE("the summary of a Sequential that is not built") {
  const Sequential model{layers::Dense({.units = 64})};
  CHECK_THAT(summary_of(model, {.line_length = 76}),
             Contains("│ dense (Dense)                   │ ?                      │   0 (unbuilt) │\n") &&
                 Contains(" Total params: 0 (0.00 B)\n"));
}

TEST_CASE("the summary of branches says what is connected to what") {
  const Tensor image = Input({4}, {.name = "image"}), meta = Input({3}, {.name = "meta"});
  const Tensor joined = layers::concatenate({image, meta});
  const Tensor y = relu(joined) | layers::BatchNormalization();
  const Model model({image, meta}, y);
  CHECK(summary_of(model) ==
        R"(Model: "functional"
┏━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━━━━━━━━━┓
┃ Layer (type)                  ┃ Output Shape              ┃         Param # ┃ Connected to               ┃
┡━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━━━━━━━━━━┩
│ image (InputLayer)            │ (None, 4)                 │               0 │ -                          │
├───────────────────────────────┼───────────────────────────┼─────────────────┼────────────────────────────┤
│ meta (InputLayer)             │ (None, 3)                 │               0 │ -                          │
├───────────────────────────────┼───────────────────────────┼─────────────────┼────────────────────────────┤
│ concatenate (Concatenate)     │ (None, 7)                 │               0 │ image[0][0], meta[0][0]    │
├───────────────────────────────┼───────────────────────────┼─────────────────┼────────────────────────────┤
│ relu (Relu)                   │ (None, 7)                 │               0 │ concatenate[0][0]          │
├───────────────────────────────┼───────────────────────────┼─────────────────┼────────────────────────────┤
│ batch_normalization           │ (None, 7)                 │              28 │ relu[0][0]                 │
│ (BatchNormalization)          │                           │                 │                            │
└───────────────────────────────┴───────────────────────────┴─────────────────┴────────────────────────────┘
 Total params: 28 (112.00 B)
 Trainable params: 14 (56.00 B)
 Non-trainable params: 14 (56.00 B)
)");
}

TEST_CASE("long names are cut, nested models are shown, and what trains is said") {
  Sequential inner{layers::InputLayer({4}), layers::Dense({.units = 2, .name = "inside"})};
  inner.set_name("a_name_that_is_much_longer_than_the_column_of_names");
  inner.set_trainable(false);
  const Sequential model{layers::InputLayer({4}), std::move(inner), layers::Dense({.units = 1})};
  const std::string text = summary_of(model, {.line_length = 88, .expand_nested = true, .show_trainable = true});
  CHECK_THAT(text, Contains("┃ Train… ┃"));
  CHECK_THAT(text, Contains("a_name_that_is_much_longer_than") && Contains("… ") && Contains("   └ inside (Dense)"));
  CHECK_THAT(text, Contains("│   N    │") && Contains("│   Y    │"));
}

TEST_CASE("a model is drawn in Graphviz's language") {
  const Tensor x = Input({4}, {.name = "x"});
  const Tensor a = x | layers::Dense({.units = 2, .activation = "relu", .name = "a"});
  const Tensor b = x | layers::Dense({.units = 2, .name = "b"});
  const Model model(x, layers::add({a, b}));
  const std::string text =
      model_to_dot(model, {.show_shapes = true, .show_layer_names = true, .show_layer_activations = true});
  CHECK_THAT(text, Contains(R"("x" -> "a";)") && Contains(R"("x" -> "b";)") && Contains(R"("a" -> "add";)") &&
                       Contains(R"("b" -> "add";)"));
  CHECK_THAT(text, Contains("a (Dense)|activation: relu|{input: (None, 4)|output: (None, 2)}"));
  CHECK_THROWS_AS(model_to_dot(Sequential()), StateError);
  CHECK_THROWS_AS(model_to_dot(model, {.rankdir = "up"}), ValueError);
  CHECK_THROWS_AS(plot_model(model, "model.bmp"), ValueError);
}
