#include <algorithm>
#include <charconv>
#include <clocale>
#include <cstdlib>
#include <limits>
#include <map>
#include <numeric>

#include <cornu/core/config/names.h>
#include <cornu/core/data/internal/csv_lines.h>
#include <cornu/core/data/internal/exact.h>
#include <cornu/core/data/internal/records.h>
#include <cornu/core/error.h>

namespace cornu {

namespace datasets {

namespace {

/// A wanted column and its place in the file.
struct PlacedColumn {
  CsvColumn column;
  size_t place = 0;
};

/// How the lines of a file become elements.
struct CsvPlan {
  std::string path;
  CsvOptions options;
  size_t field_count = 0;
  std::vector<PlacedColumn> columns;  // in the order of the element
};

CsvLines open_lines(const std::string& path, const CsvOptions& options) {
  return CsvLines(path, options.field_delim, options.use_quote_delim);
}

std::string trimmed(const std::string& text) {
  const size_t first = text.find_first_not_of(" \t");
  return first == std::string::npos ? "" : text.substr(first, text.find_last_not_of(" \t") + 1 - first);
}

/// The number of the text, which is 0 or infinite if it lies nearer to 0, or farther, than T's numbers.
template <class T>
T rounded_number(const char* text) {
  static const locale_t classic = newlocale(LC_ALL_MASK, "C", nullptr);
  return static_cast<T>(std::is_same_v<T, float> ? strtof_l(text, nullptr, classic) : strtod_l(text, nullptr, classic));
}

/// Reads numbers of one dtype from text; answers whether all of the text is one.
struct ParseNumber {
  const std::string& text;
  void* element;
  template <class T>
  bool operator()() const {
    const char* const first = text.data() + (text.size() > 1 && text[0] == '+');
    const char* const last = text.data() + text.size();
    auto& value = *static_cast<T*>(element);
    if constexpr (std::is_same_v<T, bool>) {
      value = text == "1" || text == "true" || text == "True" || text == "TRUE";
      return value || text == "0" || text == "false" || text == "False" || text == "FALSE";
    } else {
      const auto [end, error] = std::from_chars(first, last, value);
      if (std::is_floating_point_v<T> && error == std::errc::result_out_of_range) value = rounded_number<T>(first);
      const bool is_read =
          error == std::errc() || (std::is_floating_point_v<T> && error != std::errc::invalid_argument);
      return is_read && end == last;
    }
  }
};

struct StoreNumber {
  double number;
  void* element;
  template <class T>
  void operator()() const {
    *static_cast<T*>(element) = static_cast<T>(number);
  }
};

class CsvReader : public RecordReader {
 public:
  explicit CsvReader(std::shared_ptr<const CsvPlan> plan)
      : plan_(std::move(plan)), lines_(open_lines(plan_->path, plan_->options)) {
    if (plan_->options.header) lines_.next(fields_);
  }
  bool pass() override { return lines_.next(fields_); }
  std::optional<TensorList> next() override {
    if (!lines_.next(fields_)) return std::nullopt;
    if (fields_.size() != plan_->field_count)
      lines_.fail("expected " + std::to_string(plan_->field_count) + " fields; received " +
                  std::to_string(fields_.size()));
    return plan_->options.stack_features ? stacked() : separate();
  }

 private:
  TensorList separate() const {
    TensorList element;
    for (const PlacedColumn& column : plan_->columns) element.push_back(scalar(column));
    return element;
  }
  TensorList stacked() const {
    const size_t count = plan_->columns.size() - !plan_->options.label_name.empty();
    const DType dtype = plan_->columns[0].column.dtype;
    Tensor features = Tensor::allocate({static_cast<int64_t>(count)}, dtype);
    auto* place = static_cast<std::byte*>(features.mutable_data());
    for (size_t i = 0; i < count; ++i, place += size_of(dtype)) store(plan_->columns[i], place);
    TensorList element{features};
    if (count < plan_->columns.size()) element.push_back(scalar(plan_->columns.back()));
    return element;
  }
  Tensor scalar(const PlacedColumn& column) const {
    Tensor result = Tensor::allocate({}, column.column.dtype);
    store(column, result.mutable_data());
    return result;
  }

  void store(const PlacedColumn& placed, void* element) const {
    const CsvColumn& column = placed.column;
    const std::string text = trimmed(fields_[placed.place]);
    if (text.empty() || (!plan_->options.na_value.empty() && text == plan_->options.na_value)) {
      if (!column.default_value) lines_.fail("the field is empty, and the column has no default_value", column.name);
      return visit_dtype(column.dtype, StoreNumber{*column.default_value, element});
    }
    if (column.vocabulary.empty()) {
      if (!visit_dtype(column.dtype, ParseNumber{text, element}))
        lines_.fail("expected a number of dtype " + std::string(name(column.dtype)) + "; received '" + text + "'",
                    column.name);
      return;
    }
    const auto word = std::find(column.vocabulary.begin(), column.vocabulary.end(), text);
    if (word == column.vocabulary.end()) lines_.fail("'" + text + "' is no word of its vocabulary", column.name);
    visit_dtype(column.dtype, StoreNumber{static_cast<double>(word - column.vocabulary.begin()), element});
  }

  std::shared_ptr<const CsvPlan> plan_;
  CsvLines lines_;
  std::vector<std::string> fields_;
};

// ---- the plan ---------------------------------------------------------------------------------------------------

[[noreturn]] void fail_unknown(const std::string& path, const std::string& name,
                               const std::vector<std::string>& names) {
  throw ValueError("Dataset::from_csv: " + path + " has no column '" + name + "'" + suggestion(name, names));
}

std::vector<PlacedColumn> columns_by_name(const CsvPlan& plan, const std::vector<std::string>& names) {
  std::vector<PlacedColumn> placed;
  if (plan.options.columns.empty())
    for (const std::string& name : names) placed.push_back({{.name = name}, placed.size()});
  for (const CsvColumn& column : plan.options.columns) {
    const auto found = std::find(names.begin(), names.end(), column.name);
    if (found == names.end()) fail_unknown(plan.path, column.name, names);
    placed.push_back({column, static_cast<size_t>(found - names.begin())});
  }
  return placed;
}

std::vector<PlacedColumn> columns_by_place(const CsvPlan& plan) {
  std::vector<PlacedColumn> placed;
  if (plan.options.columns.empty())
    while (placed.size() < plan.field_count) placed.push_back({{.name = std::to_string(placed.size())}, placed.size()});
  else if (plan.options.columns.size() != plan.field_count)
    throw ValueError("Dataset::from_csv: " + plan.path + " has " + std::to_string(plan.field_count) +
                     " columns, but the options describe " + std::to_string(plan.options.columns.size()) +
                     "; of a file without a header all are described");
  for (const CsvColumn& column : plan.options.columns) placed.push_back({column, placed.size()});
  return placed;
}

void put_label_last(CsvPlan& plan) {
  const std::string& label = plan.options.label_name;
  if (label.empty()) return;
  const auto is_label = [&](const PlacedColumn& placed) { return placed.column.name == label; };
  const auto found = std::find_if(plan.columns.begin(), plan.columns.end(), is_label);
  if (found == plan.columns.end()) {
    std::vector<std::string> names;
    for (const PlacedColumn& placed : plan.columns) names.push_back(placed.column.name);
    fail_unknown(plan.path, label, names);
  }
  std::rotate(found, found + 1, plan.columns.end());
}

void check_stack(const CsvPlan& plan) {
  if (!plan.options.stack_features) return;
  const size_t count = plan.columns.size() - !plan.options.label_name.empty();
  if (count == 0) throw ValueError("Dataset::from_csv: stack_features: there is no column but the label");
  for (size_t i = 1; i < count; ++i)
    if (plan.columns[i].column.dtype != plan.columns[0].column.dtype)
      throw ValueError("Dataset::from_csv: stack_features: the columns '" + plan.columns[0].column.name + "' and '" +
                       plan.columns[i].column.name + "' need one dtype");
}

/// That each column's dtype holds the numbers that do not come from the file.
void check_numbers(const CsvPlan& plan) {
  const auto fail = [&](const CsvColumn& column, const std::string& what) {
    throw ValueError("Dataset::from_csv: " + plan.path + ": column '" + column.name + "': " + what +
                     ", but its dtype " + std::string(name(column.dtype)) +
                     " does not hold that; give it another dtype");
  };
  for (const auto& [column, place] : plan.columns) {
    const double words = static_cast<double>(column.vocabulary.size());
    if (column.default_value && !can_hold(column.dtype, *column.default_value))
      fail(column, "default_value is " + std::to_string(*column.default_value));
    if (words > 0 && !can_hold(column.dtype, words - 1))
      fail(column, "the last word of its vocabulary is number " + std::to_string(column.vocabulary.size() - 1));
  }
}

std::shared_ptr<const CsvPlan> make_plan(const std::string& path, const CsvOptions& options) {
  const auto plan = std::make_shared<CsvPlan>(CsvPlan{path, options, 0, {}});
  CsvLines lines = open_lines(path, options);
  std::vector<std::string> names;
  if (!lines.next(names)) throw FileError(path + ": is empty; expected lines of comma-separated values");
  plan->field_count = names.size();
  for (std::string& name : names) name = trimmed(name);
  plan->columns = options.header ? columns_by_name(*plan, names) : columns_by_place(*plan);
  put_label_last(*plan);
  check_stack(*plan);
  check_numbers(*plan);
  return plan;
}

}  // namespace

}  // namespace datasets

Dataset Dataset::from_csv(const std::string& path, const datasets::CsvOptions& options) {
  const auto plan = datasets::make_plan(path, options);
  return Dataset(datasets::record_node([plan] { return std::make_unique<datasets::CsvReader>(plan); }));
}

}  // namespace cornu
