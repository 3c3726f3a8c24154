#include <cornu/core/config/fields.h>
#include <cornu/core/error.h>
#include <cornu/metrics/reduction_metrics.h>
#include <cornu/models/training/compile_arguments.h>

namespace cornu {

std::shared_ptr<Optimizer> OptimizerHandle::get() const {
  if (object_) return object_;
  if (name_.empty()) throw ValueError("compile: the optimizer is a null pointer; give a name (\"adam\") or an object");
  return optimizers::get(name_);
}

LossArgument::LossArgument(std::initializer_list<LossHandle> losses) : LossArgument(std::vector<LossHandle>(losses)) {}
LossWeights::LossWeights(std::initializer_list<double> weights) : LossWeights(std::vector<double>(weights)) {}
MetricList::MetricList(std::initializer_list<MetricHandle> metrics)
    : std::vector<MetricHandle>(metrics), is_list_(true) {}
MetricArgument::MetricArgument(std::initializer_list<MetricList> metrics)
    : MetricArgument(std::vector<MetricList>(metrics)) {}

std::shared_ptr<Loss> LossHandle::of_function(LossFunction function) {
  return std::make_shared<losses::LossFunctionWrapper>(std::move(function));
}

MetricHandle::MetricHandle(const char* name) {
  if (!name) throw ValueError("metrics: the name is a null pointer; give a name (\"accuracy\") or an object");
  name_ = name;
}

std::shared_ptr<Metric> MetricHandle::not_null(std::shared_ptr<Metric> metric) {
  if (!metric) throw ValueError("metrics: the metric is a null pointer; give a name (\"accuracy\") or an object");
  return metric;
}

std::shared_ptr<Metric> MetricHandle::of_function(LossFunction function) {
  return std::make_shared<metrics::MeanMetricWrapper>(std::move(function));
}

namespace {

template <class T, class Pairs>
void set_map(ByOutput<T>& argument, const Pairs& pairs) {
  argument.kind = ByOutput<T>::Kind::map;
  for (const auto& [name, value] : pairs) {
    argument.names.push_back(name);
    argument.values.push_back(value);
  }
}

template <class T>
void set_list(ByOutput<T>& argument, const std::vector<T>& values) {
  argument.kind = ByOutput<T>::Kind::list;
  argument.values = values;
}

}  // namespace

LossArgument::LossArgument(const std::vector<LossHandle>& losses) { set_list(*this, losses); }
LossArgument::LossArgument(std::initializer_list<std::pair<std::string, LossHandle>> losses) { set_map(*this, losses); }

LossWeights::LossWeights(double weight) {
  kind = Kind::single;
  values = {weight};
}
LossWeights::LossWeights(const std::vector<double>& weights) { set_list(*this, weights); }
LossWeights::LossWeights(std::initializer_list<std::pair<std::string, double>> weights) { set_map(*this, weights); }

MetricArgument::MetricArgument(const std::vector<MetricList>& metrics) { set_list(*this, metrics); }
MetricArgument::MetricArgument(const std::vector<std::string>& names)
    : MetricArgument(std::vector<MetricList>(names.begin(), names.end())) {}
MetricArgument::MetricArgument(const MetricsByName& metrics) { set_map(*this, metrics); }

// ---- configurations ---------------------------------------------------------------------------------------------

namespace {

template <class Handle>
void write_handle(Config& out, const Handle& handle) {
  if (handle.object())
    out = Config::parse(handle.object()->to_json());
  else
    out = handle.name().empty() ? Config() : Config(handle.name());
}

bool is_object_of_class(const Config& in) { return in.is_object() && in.contains("class_name"); }

template <class T>
void write(Config& out, const ByOutput<T>& argument) {
  using Kind = typename ByOutput<T>::Kind;
  out = Config();
  if (argument.kind == Kind::single) to_config(out, argument.values[0]);
  if (argument.kind == Kind::list) to_config(out, argument.values);
  if (argument.kind == Kind::map) {
    out = Config::object();
    for (size_t i = 0; i < argument.values.size(); ++i) {
      Config value;
      to_config(value, argument.values[i]);
      out.set(argument.names[i], value);
    }
  }
}

template <class T>
void read(const Config& in, ByOutput<T>& argument) {
  using Kind = typename ByOutput<T>::Kind;
  argument = {};
  if (in.is_null()) return;
  if (in.is_list()) {
    argument.kind = Kind::list;
    from_config(in, argument.values);
  } else if (in.is_object() && !is_object_of_class(in)) {
    argument.kind = Kind::map;
    argument.names = in.names();
    for (const std::string& name : argument.names) from_config(in.at(name), argument.values.emplace_back());
  } else {
    argument.kind = Kind::single;
    from_config(in, argument.values.emplace_back());
  }
}

}  // namespace

void to_config(Config& out, const LossHandle& value) { write_handle(out, value); }
void from_config(const Config& in, LossHandle& value) {
  if (in.is_null())
    value = nullptr;
  else if (in.is_text())
    value = in.text();
  else
    value = losses::registry().make(in);
}

void to_config(Config& out, const MetricHandle& value) { write_handle(out, value); }
void from_config(const Config& in, MetricHandle& value) {
  if (in.is_text())
    value = in.text();
  else
    value = metrics::registry().make(in);
}

void to_config(Config& out, const MetricList& value) {
  if (value.is_list())
    to_config(out, static_cast<const std::vector<MetricHandle>&>(value));
  else
    to_config(out, value[0]);
}
void from_config(const Config& in, MetricList& value) {
  MetricHandle handle = "";
  const auto read_one = [&](const Config& config) {
    from_config(config, handle);
    return handle;
  };
  if (!in.is_list()) {
    value = read_one(in);
    return;
  }
  value = MetricList(std::initializer_list<MetricHandle>{});
  for (const Config& element : in.elements())
    if (!element.is_null()) value.push_back(read_one(element));
}

void to_config(Config& out, const LossArgument& value) { write(out, value); }
void from_config(const Config& in, LossArgument& value) { read(in, value); }
void to_config(Config& out, const LossWeights& value) { write(out, value); }
void from_config(const Config& in, LossWeights& value) { read(in, value); }
void to_config(Config& out, const MetricArgument& value) { write(out, value); }
void from_config(const Config& in, MetricArgument& value) { read(in, value); }

}  // namespace cornu
