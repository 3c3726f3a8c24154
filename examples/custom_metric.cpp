// A metric of one's own: state in variables, updated batch by batch.
#include <cstdio>

#include <cornu/cornu.h>
using namespace cornu;

/// The share of predictions within `tolerance` of the truth.
class WithinTolerance : public Metric {
 public:
  explicit WithinTolerance(double tolerance) : tolerance_(tolerance) {}
  void update_state(const Tensor& y_true, const Tensor& y_pred, const Tensor& /*sample_weight*/ = {}) override {
    Tensor hits = cast(less_equal(abs(y_true - y_pred), tolerance_), float32);
    hits_.assign_add(reduce_sum(hits));
    total_.assign_add(static_cast<double>(hits.size()));
  }
  Tensor result() override { return hits_ / total_; }

 private:
  double tolerance_;
  Variable hits_ = add_weight({.name = "hits", .initializer = "zeros"});
  Variable total_ = add_weight({.name = "total", .initializer = "zeros"});
};

int main() {
  set_random_seed(1);
  WithinTolerance metric(1);
  for (int batch = 0; batch < 10; ++batch) metric.update_state(zeros({100}), random::normal({100}));
  std::printf("within one standard deviation: %.3f (expected about 0.683)\n", metric.result().item<float>());
  metric.reset_state();
  metric.update_state(constant({0.f, 0.f}), constant({0.5f, 2.f}));
  std::printf("after a reset: %.1f\n", metric.result().item<float>());
}
