// Layers made from Keras's configurations compute what Keras computed.
#include <set>

#include <golden.h>
#include <layers/layer_test.h>

using namespace cornu;

namespace {

TensorList tensors(const golden::Json& arrays) {
  TensorList list;
  for (const golden::Json& array : arrays) list.push_back(golden::tensor(array));
  return list;
}

CallOptions call_options(const golden::Json& golden_case) {
  CallOptions options;
  if (golden_case.contains("training") && !golden_case["training"].is_null())
    options.training = golden_case["training"].get<bool>();
  if (golden_case.contains("mask")) options.mask = golden::tensor(golden_case["mask"]);
  return options;
}

}  // namespace

TEST_CASE("layers agree with Keras") {
  for (const golden::Json& golden_case : golden::cases("layers")) {
    const std::string name = golden_case["name"];
    DYNAMIC_SECTION(name) {
      const std::unique_ptr<Layer> layer = layers::deserialize(golden_case["config"].dump());
      const TensorList inputs = tensors(golden_case["inputs"]);
      const CallOptions options = call_options(golden_case);
      (*layer)(inputs, options);
      layer->set_weights(tensors(golden_case["weights"]));
      const TensorList outputs = (*layer)(inputs, options);
      REQUIRE(outputs.size() == golden_case["outputs"].size());
      for (size_t i = 0; i < outputs.size(); ++i) golden::check_close(outputs[i], golden_case["outputs"][i]);
      if (!golden_case.contains("weights_after") || golden_case["weights_after"].is_null()) return;
      const std::vector<Tensor> after = layer->get_weights();
      for (size_t i = 0; i < after.size(); ++i) golden::check_close(after[i], golden_case["weights_after"][i]);
    }
  }
}

TEST_CASE("layers with Keras's configurations keep what every layer promises") {
  std::set<std::string> seen;  // one case of each class and call is enough
  for (const golden::Json& golden_case : golden::cases("layers")) {
    const CallOptions call = call_options(golden_case);
    const std::string kind =
        golden_case["class"].get<std::string>() + (call.training.value_or(false) ? " trained" : "");
    if (!seen.insert(kind).second) continue;
    DYNAMIC_SECTION(kind) {
      const std::unique_ptr<Layer> layer = layers::deserialize(golden_case["config"].dump());
      layer_test::check(*layer, tensors(golden_case["inputs"]), {.call = call});
    }
  }
}
