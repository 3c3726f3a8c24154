#include <cornu/models/model.h>
#include <cornu/models/training/internal/training.h>

namespace cornu {

Model::Model(const LayerOptions& options) : Layer(options), training_(std::make_unique<detail::Training>(*this)) {}
Model::~Model() = default;

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
