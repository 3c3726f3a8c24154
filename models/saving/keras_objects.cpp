// Where Keras puts what in its files of weights: _walk_saveable and _save_container_state of
// keras/src/saving/saving_lib.py.
#include <algorithm>
#include <map>
#include <set>

#include <cornu/core/config/names.h>
#include <cornu/core/train/trackable.h>
#include <cornu/models/saving/internal/keras_weights.h>
#include <cornu/models/sequential.h>

namespace cornu::saving {

namespace {

/// Those that are the layer's own, in order, random states left out.
std::vector<Variable> own_weights(const Layer& layer) {
  std::set<uint64_t> weights;
  for (const Variable& weight : layer.weights()) weights.insert(weight.id());
  std::vector<Variable> own;
  for (const auto& [name, variable] : layer.trackable()->contents().variables)
    if (weights.contains(variable.id())) own.push_back(variable);
  return own;
}

bool has_list_of_layers(const Layer& layer) {
  const auto* model = dynamic_cast<const Model*>(&layer);
  return model && (model->functional_graph() || dynamic_cast<const Sequential*>(model));
}

/// Keras goes through attributes in this order: private ones come last.
std::string attribute_key(const std::string& name) { return name.starts_with('_') ? "~" + name : name; }

class Walk {
 public:
  void visit(const Layer& layer, const std::string& path) {
    if (!visited_.insert(&layer).second) return;
    objects_.push_back({path, layer.name(), own_weights(layer)});
    const std::vector<Layer*> layers = layer.layers();
    if (has_list_of_layers(layer))
      visit_list(layers, join_path(path, list_name));
    else
      visit_attributes(layers, path, dynamic_cast<const Model*>(&layer) != nullptr);
  }
  std::vector<SavedObject> objects() { return std::move(objects_); }

 private:
  static constexpr const char* list_name = "layers";

  static std::string join_path(const std::string& path, const std::string& name) {
    return path.empty() ? name : path + "/" + name;
  }

  void visit_list(const std::vector<Layer*>& layers, const std::string& path) {
    std::map<std::string, int> used;
    for (const Layer* layer : layers) {
      const std::string base = to_snake_case(layer->class_name());
      const int number = used[base]++;
      visit(*layer, join_path(path, number == 0 ? base : base + "_" + std::to_string(number)));
    }
  }

  void visit_attributes(const std::vector<Layer*>& layers, const std::string& path, bool is_model) {
    std::vector<Layer*> ordered = layers;
    std::stable_sort(ordered.begin(), ordered.end(), [](const Layer* a, const Layer* b) {
      return attribute_key(a->name()) < attribute_key(b->name());
    });
    const auto behind_list = std::find_if(ordered.begin(), ordered.end(), [&](const Layer* layer) {
      return is_model && attribute_key(layer->name()) > list_name;
    });
    for (auto layer = ordered.begin(); layer != behind_list; ++layer) visit(**layer, join_path(path, (*layer)->name()));
    if (is_model) visit_list(layers, join_path(path, list_name));
  }

  std::set<const Layer*> visited_;
  std::vector<SavedObject> objects_;
};

}  // namespace

std::vector<SavedObject> saved_objects(const Model& model) {
  Walk walk;
  walk.visit(model, "");
  std::vector<SavedObject> objects = walk.objects();
  if (model.compiled()) objects.push_back({"optimizer", model.optimizer().name(), model.optimizer().variables(), true});
  return objects;
}

}  // namespace cornu::saving
