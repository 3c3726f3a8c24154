#include <cornu/core/error.h>
#include <cornu/models/model.h>
#include <cornu/models/training/internal/training.h>

namespace cornu {

Model::Model(const LayerOptions& options) : Layer(options) {}
Model::~Model() = default;

std::shared_ptr<detail::Training> Model::make_training() { return std::make_shared<detail::Training>(*this); }

detail::Training& Model::training_state() const {
  if (!training_) throw StateError("this model was moved from; use the one that it was moved to");
  return *training_;
}

void Model::layers_changed() {
  detail::Training& training = training_state();
  training.forget_traces();
  training.layers_changed = training.trained.has_value();
}

Model::Model(Model&& other) noexcept
    : Layer(std::move(other)),
      stop_training(other.stop_training),
      functional_(std::move(other.functional_)),
      training_(std::move(other.training_)) {
  if (training_) training_->model = this;
}

Model& Model::operator=(Model&& other) noexcept {
  if (this == &other) return *this;
  Layer::operator=(std::move(other));
  stop_training = other.stop_training;
  functional_ = std::move(other.functional_);
  training_ = std::move(other.training_);
  if (training_) training_->model = this;
  return *this;
}

}  // namespace cornu
