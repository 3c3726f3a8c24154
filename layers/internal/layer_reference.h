#pragma once
#include <memory>
#include <string>

#include <cornu/layers/layer.h>

namespace cornu {

/// A layer wherever it has moved to, for those who do not own it.
class LayerReference {
 public:
  explicit LayerReference(const Layer& layer) : state_(layer.state_) {}

  /// Null when the layer is gone.
  Layer* find() const;

 private:
  std::weak_ptr<Layer::State> state_;
};

}  // namespace cornu
