#include <limits>

#include <losses/loss_checks.h>
#include <metrics/metric_checks.h>

#include <cornu/core/ops/creation.h>
#include <cornu/metrics/iou_metrics.h>

using namespace cornu;

namespace {

const Tensor y_true = constant({0, 0, 1, 1}), y_pred = constant({0, 1, 0, 1});

}  // namespace

TEST_CASE("overlaps: Keras's examples") {
  const Tensor weights = constant({0.3f, 0.3f, 0.3f, 0.1f});
  check_result(metrics::IoU({.num_classes = 2, .target_class_ids = {0}}), y_true, y_pred, 1 / 3., weights, 1 / 3.);
  check_result(metrics::MeanIoU({.num_classes = 2}), y_true, y_pred, 1 / 3., weights, 0.23809525);
  check_result(metrics::BinaryIoU({.threshold = 0.3}), constant({0, 1, 0, 1}), constant({0.1f, 0.2f, 0.4f, 0.7f}),
               1 / 3., constant({0.2f, 0.3f, 0.4f, 0.1f}), 0.17361112);
  const Tensor labels = constant({{0, 0, 1}, {1, 0, 0}, {0, 1, 0}, {1, 0, 0}});
  const Tensor scores = constant({{.2f, .3f, .5f}, {.1f, .2f, .7f}, {.5f, .3f, .1f}, {.1f, .4f, .5f}});
  const Tensor sample_weights = constant({0.1f, 0.2f, 0.3f, 0.4f});
  check_result(metrics::OneHotIoU({.num_classes = 3, .target_class_ids = {0, 2}}), labels, scores, (0 + 1 / 3.) / 2,
               sample_weights, 0.1 / 0.7 / 2);
  check_result(metrics::OneHotMeanIoU({.num_classes = 3}), labels, scores, (0 + 0 + 1 / 3.) / 3, sample_weights,
               0.1 / 0.7 / 3);
}

TEST_CASE("images, and classes that do not count") {
  const Tensor image = constant({{{0, 1}, {2, 2}}}), found = constant({{{0, 1}, {2, 1}}});
  CHECK(metrics::MeanIoU({.num_classes = 3})(image, found).item<float>() == Approx((1 + 0.5 + 0.5) / 3));
  CHECK(metrics::MeanIoU({.num_classes = 4})(image, found).item<float>() == Approx((1 + 0.5 + 0.5) / 3));
  const Tensor with_void = constant({{{0, 255}, {2, 2}}});
  CHECK(metrics::MeanIoU({.num_classes = 3, .ignore_class = 255})(with_void, found).item<float>() ==
        Approx((1 + 0 + 0.5) / 3));
  CHECK(metrics::MeanIoU({.num_classes = 2})(y_true, y_pred).item<float>() == Approx(1 / 3.));
}

TEST_CASE("bad options and arguments of overlaps") {
  check_throws<ValueError>([] { metrics::MeanIoU({.num_classes = 0}); }, {"MeanIoU", "num_classes"});
  for (const int64_t count : {std::numeric_limits<int64_t>::max(), int64_t{1} << 32, int64_t{1} << 31}) {
    check_throws<ValueError>([&] { metrics::MeanIoU({.num_classes = count}); }, {"MeanIoU", "num_classes", "at most"});
    check_throws<ValueError>([&] { metrics::OneHotMeanIoU({.num_classes = count}); }, {"OneHotMeanIoU", "num_classes"});
    check_throws<ValueError>([&] { metrics::IoU({.num_classes = count, .target_class_ids = {0}}); },
                             {"IoU", "num_classes", "at most"});
  }
  check_throws<ValueError>([] { metrics::IoU({.num_classes = 2}); }, {"IoU", "target_class_ids"});
  check_throws<ValueError>([] { metrics::IoU({.num_classes = 2, .target_class_ids = {2}}); },
                           {"IoU", "target_class_ids", "class 2", "2 classes"});
  metrics::MeanIoU overlap({.num_classes = 2});
  check_throws<ShapeError>([&] { overlap(constant({0, 1}), constant({0, 1, 1})); }, {"mean_io_u", "(2,)", "(3,)"});
  check_throws<ValueError>([&] { overlap(constant({0, 2}), constant({0, 1})); }, {"mean_io_u", "2"});
  check_throws<ShapeError>([&] { overlap(y_true, y_pred, ones({3})); }, {"mean_io_u", "sample_weight", "(3,)"});
  CHECK(overlap.result().item<float>() == 0);
}
