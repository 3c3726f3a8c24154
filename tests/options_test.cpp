// Every option of every class that is made from a configuration refuses what it cannot be, and says which it is.
#include <map>
#include <set>

#include <catch2/catch.hpp>

#include <cornu/cornu.h>

using namespace cornu;

namespace {

/// Options without which a class cannot be made.
const std::map<std::string, std::string> needed = {
    {"Conv2D", R"({"filters": 3, "kernel_size": 2})"},
    {"CosineDecay", R"({"initial_learning_rate": 0.1, "decay_steps": 10})"},
    {"CosineDecayRestarts", R"({"initial_learning_rate": 0.1, "first_decay_steps": 10})"},
    {"Dense", R"({"units": 3})"},
    {"Dot", R"({"axes": 1})"},
    {"Embedding", R"({"input_dim": 3, "output_dim": 2})"},
    {"ExponentialDecay", R"({"initial_learning_rate": 0.1, "decay_steps": 10, "decay_rate": 0.5})"},
    {"InverseTimeDecay", R"({"initial_learning_rate": 0.1, "decay_steps": 10, "decay_rate": 0.5})"},
    {"IoU", R"({"num_classes": 2, "target_class_ids": [0]})"},
    {"MeanIoU", R"({"num_classes": 2})"},
    {"OneHotIoU", R"({"num_classes": 2, "target_class_ids": [0]})"},
    {"OneHotMeanIoU", R"({"num_classes": 2})"},
    {"Permute", R"({"dims": [1]})"},
    {"PiecewiseConstantDecay", R"({"boundaries": [1], "values": [0.1, 0.2]})"},
    {"PolynomialDecay", R"({"initial_learning_rate": 0.1, "decay_steps": 10})"},
    {"RepeatVector", R"({"n": 2})"},
    {"Rescaling", R"({"scale": 0.5})"},
    {"Reshape", R"({"target_shape": [3]})"},
};

/// Numbers of which every one has a meaning; all other numbers have a range.
const std::set<std::string> any_number = {"alpha",        "axes",       "axis",          "beta",        "gain",
                                          "ignore_class", "input_axes", "label_weights", "mask_value",  "maxval",
                                          "mean",         "minval",     "offset",        "output_axes", "power",
                                          "scale",        "seed",       "shared_axes",   "threshold",   "value"};

/// What an option that is `value` cannot be.
std::vector<Config> wrong_values(const std::string& option, const Config& value) {
  std::vector<Config> wrong = {Config::parse(R"({"wrong": true})"), Config::parse("[[{}]]")};
  if (value.is_boolean()) wrong.push_back(int64_t{1});
  const bool may_be_fraction = option.ends_with("steps");  // as Keras's schedules
  if (value.is_integer() && !may_be_fraction) wrong.push_back(1.5);
  if (value.is_number()) wrong.push_back(true);
  if (value.is_number() && !value.is_integer()) wrong.push_back("1");
  if (value.is_number()) wrong.push_back(std::nan(""));
  if (value.is_text()) wrong.push_back(int64_t{1});
  if (value.is_text() && option != "name") wrong.push_back("no such thing");
  return wrong;
}

template <class Base>
class Options {
 public:
  Options(const Registry<Base>& registry, const std::string& class_name)
      : registry_(registry), class_name_(class_name) {
    const auto found = needed.find(class_name);
    options_ = make(found == needed.end() ? Config::object() : Config::parse(found->second))->get_config();
  }

  void check() const {
    for (const std::string& option : options_.names()) {
      const Config value = options_.at(option);
      for (const Config& wrong : wrong_values(option, value)) check_refused(option, wrong);
      if (value.is_number() && !any_number.contains(option)) check_has_range(option, value.is_integer());
    }
    Config misspelt = options_;
    misspelt.set("no_such_option", true);
    CHECK_THROWS_AS(make(misspelt), ValueError);
    CHECK_THROWS_WITH(make(misspelt), Catch::Contains(class_name_) && Catch::Contains("no_such_option"));
  }

 private:
  std::unique_ptr<Base> make(const Config& options) const { return registry_.make(class_name_, options); }
  std::unique_ptr<Base> make_with(const std::string& option, const Config& value) const {
    Config changed = options_;
    changed.set(option, value);
    return make(changed);
  }
  void check_refused(const std::string& option, const Config& wrong) const {
    INFO(class_name_ << "." << option << " = " << wrong.dump());
    CHECK_THROWS_AS(make_with(option, wrong), ValueError);
    CHECK_THROWS_WITH(make_with(option, wrong), Catch::StartsWith(class_name_ + ": " + option + ": "));
  }
  /// Some numbers are refused, with an error that names them.
  void check_has_range(const std::string& option, bool is_integer) const {
    INFO(class_name_ << "." << option);
    bool has_range = false;
    for (const int64_t number : {int64_t{-1000000}, int64_t{-1}, int64_t{0}, int64_t{1000}}) {
      try {
        make_with(option, is_integer ? Config(number) : Config(static_cast<double>(number)));
      } catch (const ValueError& error) {
        has_range = true;
        CHECK_THAT(error.what(), Catch::StartsWith(class_name_ + ": " + option) && Catch::Contains("received"));
      }
    }
    CHECK(has_range);
  }

  const Registry<Base>& registry_;
  std::string class_name_;
  Config options_;
};

/// Their configurations are lists of layers: tests/models/saving.
const std::set<std::string> models = {"Sequential", "Functional"};

template <class Base>
void check_options(const Registry<Base>& registry) {
  const std::vector<std::string> classes = registry.class_names();
  REQUIRE(classes.size() >= 4);
  for (const std::string& class_name : classes)
    if (!models.contains(class_name)) Options<Base>(registry, class_name).check();
}

}  // namespace

TEST_CASE("layers refuse wrong options") { check_options(layers::registry()); }
TEST_CASE("losses refuse wrong options") { check_options(losses::registry()); }
TEST_CASE("metrics refuse wrong options") { check_options(metrics::registry()); }
TEST_CASE("optimizers refuse wrong options") { check_options(Optimizer::registry()); }
TEST_CASE("schedules refuse wrong options") { check_options(optimizers::schedules::LearningRateSchedule::registry()); }
TEST_CASE("initializers refuse wrong options") { check_options(initializers::InitializerBase::registry()); }
TEST_CASE("regularizers refuse wrong options") { check_options(regularizers::RegularizerBase::registry()); }
TEST_CASE("constraints refuse wrong options") { check_options(constraints::ConstraintBase::registry()); }
