#include <cornu/models/model.h>
#include <cornu/models/training/internal/training.h>

namespace cornu {

Model::Model(const LayerOptions& options) : Layer(options) {}
Model::~Model() = default;

std::shared_ptr<detail::Training> Model::make_training() { return std::make_shared<detail::Training>(*this); }

void Model::forget_traces() {
  for (auto* function : {&training_->train, &training_->test, &training_->predict}) function->reset();
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
