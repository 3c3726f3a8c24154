// Every loss, reduction and weighting that Keras's values are there for.
#include <golden.h>

#include <cornu/losses/loss.h>

using namespace cornu;

TEST_CASE("losses agree with Keras") {
  for (const golden::Json& c : golden::cases("losses")) {
    golden::Json options = c["options"];
    options["reduction"] = c["reduction"];
    INFO(c["class"] << " " << options << (c["sample_weight"].is_null() ? "" : " with weights"));
    const auto loss = losses::deserialize(golden::config(c, options));
    const Tensor y_true = golden::tensor(c["y_true"]), y_pred = golden::tensor(c["y_pred"]);
    const Tensor sample_weight = golden::tensor(c["sample_weight"]);
    golden::check_close((*loss)(y_true, y_pred, sample_weight), c["value"], 1e-5, 1e-6);

    // Its own configuration makes it again.
    const auto again = losses::deserialize(loss->to_json());
    CHECK(again->to_json() == loss->to_json());
    golden::check_close((*again)(y_true, y_pred, sample_weight), c["value"], 1e-5, 1e-6);
  }
}
