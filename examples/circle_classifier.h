#pragma once
// The model that checkpoint_train trains and checkpoint_test tests: is a point inside the unit circle?
#include <string>

#include <cornu/cornu.h>

class CircleClassifier : public cornu::Model {
 public:
  cornu::Tensor call(const cornu::Tensor& points) override { return output_(hidden_(points)); }

 private:
  cornu::layers::Dense hidden_{{.units = 16, .activation = cornu::relu, .name = "hidden"}};
  cornu::layers::Dense output_{{.units = 1, .activation = cornu::sigmoid, .name = "output"}};
};

struct Points {
  cornu::Tensor x, y;
};

inline Points draw_points(int64_t count, int64_t seed) {
  using namespace cornu;
  const Tensor x = random::uniform({count, 2}, {.minval = -1.5, .maxval = 1.5, .seed = seed});
  return {x, cast(reduce_sum(square(x), 1, {.keepdims = true}) < 1.f, float32)};
}

inline std::string checkpoint_directory(int argc, char** argv) { return argc > 1 ? argv[1] : "circle_checkpoints"; }
