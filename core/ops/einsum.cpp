// Einstein's summation: each operand loses the labels that it repeats or that nobody else needs, and pairs are then
// multiplied by matmul, with the labels they share as batch or as the summed axis.
#include <algorithm>
#include <cctype>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include <cornu/core/error.h>
#include <cornu/core/ops/internal/merge_axes.h>
#include <cornu/core/ops/internal/rules.h>
#include <cornu/core/ops/math.h>
#include <cornu/core/ops/matmul.h>
#include <cornu/core/ops/reduce.h>
#include <cornu/core/ops/shape_ops.h>

namespace cornu {

namespace {

/// A letter of the equation, or an axis of "..." (above 255, counted from the last axis).
using Label = int;
using Labels = std::vector<Label>;
constexpr Label ellipsis_base = 1000;

bool contains(const Labels& labels, Label label) {
  return std::find(labels.begin(), labels.end(), label) != labels.end();
}

struct Term {
  Tensor tensor;
  Labels labels;

  int64_t extent(Label label) const {
    return tensor.shape()[static_cast<int>(std::find(labels.begin(), labels.end(), label) - labels.begin())];
  }
};

class Equation {
 public:
  Equation(const std::string& text, const TensorList& operands) : text_(text) {
    std::string compact;
    std::copy_if(text.begin(), text.end(), std::back_inserter(compact), [](char c) { return c != ' '; });
    const size_t arrow = compact.find("->");
    const std::string inputs = compact.substr(0, arrow);
    size_t start = 0;
    for (size_t i = 0;; ++i) {
      const size_t comma = inputs.find(',', start);
      if (i >= operands.size()) fail("it has more terms than the " + std::to_string(operands.size()) + " operands");
      terms_.push_back({operands[i], parse(inputs.substr(start, comma - start), operands[i].rank(), i)});
      if (comma == std::string::npos) break;
      start = comma + 1;
    }
    if (terms_.size() != operands.size())
      fail("it has " + std::to_string(terms_.size()) + " terms for " + std::to_string(operands.size()) + " operands");
    check_extents();
    if (arrow == std::string::npos)
      set_implicit_output();
    else
      set_output(compact.substr(arrow + 2));
  }

  std::vector<Term>& terms() { return terms_; }
  const Labels& output() const { return output_; }

 private:
  [[noreturn]] void fail(const std::string& why) const { throw ValueError("einsum: '" + text_ + "': " + why); }

  Label letter(char c) const {
    if (!std::isalpha(static_cast<unsigned char>(c))) fail(std::string("'") + c + "' is not a label");
    return c;
  }

  Labels parse(const std::string& term, int rank, size_t operand) {
    const size_t dots = term.find("...");
    const int letters = static_cast<int>(term.size()) - (dots == std::string::npos ? 0 : 3);
    const int hidden = rank - letters;
    if (hidden < 0 || (hidden > 0 && dots == std::string::npos))
      throw ShapeError("einsum: '" + text_ + "': '" + term + "' names " + std::to_string(letters) + " axes; operand " +
                       std::to_string(operand) + " has " + std::to_string(rank));
    Labels labels;
    for (size_t i = 0; i < term.size(); ++i) {
      if (i != dots) {
        labels.push_back(letter(term[i]));
        continue;
      }
      for (int axis = hidden; axis > 0; --axis) labels.push_back(ellipsis_base + axis);
      hidden_ = std::max(hidden_, hidden);
      i += 2;
    }
    return labels;
  }

  void check_extents() {
    std::map<Label, int64_t> extents;
    for (const Term& term : terms_) {
      for (size_t i = 0; i < term.labels.size(); ++i) {
        const int64_t extent = term.tensor.shape()[static_cast<int>(i)];
        int64_t& known = extents.emplace(term.labels[i], extent).first->second;
        const bool broadcasts = term.labels[i] >= ellipsis_base;
        if (known < 0 || (known == 1 && broadcasts)) known = extent;
        if (extent >= 0 && known != extent && !(extent == 1 && broadcasts))
          throw ShapeError(
              "einsum: '" + text_ +
              "': " + (broadcasts ? "'...'" : "label '" + std::string(1, static_cast<char>(term.labels[i])) + "'") +
              " has extent " + std::to_string(known) + " and, in a tensor of shape " + term.tensor.shape().to_string() +
              ", " + std::to_string(extent));
      }
    }
  }

  void append_hidden() {
    for (int axis = hidden_; axis > 0; --axis) output_.push_back(ellipsis_base + axis);
  }

  void set_implicit_output() {
    std::map<Label, int> counts;  // in alphabetical order
    for (const Term& term : terms_)
      for (Label label : term.labels) ++counts[label];
    append_hidden();
    for (const auto& [label, count] : counts)
      if (count == 1 && label < ellipsis_base) output_.push_back(label);
  }

  void set_output(const std::string& term) {
    const size_t dots = term.find("...");
    for (size_t i = 0; i < term.size(); ++i) {
      if (i == dots) {
        append_hidden();
        i += 2;
        continue;
      }
      const Label label = letter(term[i]);
      if (contains(output_, label)) fail(std::string("the output names '") + term[i] + "' twice");
      if (std::none_of(terms_.begin(), terms_.end(), [&](const Term& t) { return contains(t.labels, label); }))
        fail(std::string("the output's '") + term[i] + "' is in no term");
      output_.push_back(label);
    }
  }

  const std::string& text_;
  std::vector<Term> terms_;
  Labels output_;
  int hidden_ = 0;  // axes that "..." stands for
};

/// x with its axes in the order of `labels`; those it lacks come with extent 1.
Tensor arrange(const Term& term, const Labels& labels) {
  std::vector<int64_t> order;
  Shape shape;
  for (Label label : labels) {
    const auto found = std::find(term.labels.begin(), term.labels.end(), label);
    if (found != term.labels.end()) order.push_back(found - term.labels.begin());
    shape.push_back(found == term.labels.end() ? 1 : term.extent(label));
  }
  const Tensor ordered = std::is_sorted(order.begin(), order.end()) ? term.tensor : transpose(term.tensor, order);
  return ordered.shape() == shape ? ordered : reshape(ordered, shape);
}

/// Where a label is there twice, the diagonal.
void take_diagonals(Term& term) {
  for (size_t i = 0; i < term.labels.size(); ++i) {
    const auto twin =
        std::find(term.labels.begin() + static_cast<std::ptrdiff_t>(i) + 1, term.labels.end(), term.labels[i]);
    if (twin == term.labels.end()) continue;
    const size_t j = static_cast<size_t>(twin - term.labels.begin());
    const int64_t extent = term.tensor.shape()[static_cast<int>(i)];
    if (extent < 0)
      throw ShapeError("einsum: the diagonal of a tensor of shape " + term.tensor.shape().to_string() +
                       " is taken for a label that is there twice; its extent must be known");
    std::vector<int64_t> order = {static_cast<int64_t>(i), static_cast<int64_t>(j)};
    Labels labels = {term.labels[i]};
    for (size_t axis = 0; axis < term.labels.size(); ++axis) {
      if (axis == i || axis == j) continue;
      order.push_back(static_cast<int64_t>(axis));
      labels.push_back(term.labels[axis]);
    }
    std::vector<int> counts(labels.size(), 1);
    counts[0] = 2;
    term.tensor = slice(merge_axes(transpose(term.tensor, order), counts), {{0, extent * extent, extent + 1}});
    term.labels = labels;
    i = static_cast<size_t>(-1);  // the axes have moved: look again from the first
  }
}

/// Sums over the labels that nobody needs.
void drop_labels(Term& term, const Labels& needed) {
  std::vector<int64_t> axes;
  Labels kept;
  for (size_t axis = 0; axis < term.labels.size(); ++axis) {
    if (contains(needed, term.labels[axis]))
      kept.push_back(term.labels[axis]);
    else
      axes.push_back(static_cast<int64_t>(axis));
  }
  if (!axes.empty()) term.tensor = reduce_sum(term.tensor, axes);
  term.labels = kept;
}

Labels joined(Labels a, const Labels& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

/// The product of two terms; `needed` are the labels of all that comes later.
Term multiply_terms(const Term& a, const Term& b, const Labels& needed) {
  Labels batch, summed, free_a, free_b;
  for (Label label : a.labels)
    (!contains(b.labels, label) ? free_a : contains(needed, label) ? batch : summed).push_back(label);
  for (Label label : b.labels)
    if (!contains(a.labels, label)) free_b.push_back(label);
  // Axes of "..." that broadcast cannot be summed by a product: they stay, and are summed afterwards.
  Labels late;
  for (Label label : summed)
    if (label >= ellipsis_base && a.extent(label) != b.extent(label)) late.push_back(label);
  std::erase_if(summed, [&](Label label) { return contains(late, label); });
  batch = joined(batch, late);

  const auto operand = [&](const Term& term, const Labels& free, bool free_last) {
    const Tensor ordered = arrange(term, joined(batch, free_last ? joined(summed, free) : joined(free, summed)));
    std::vector<int> counts(batch.size(), 1);
    for (const Labels& labels : {free_last ? summed : free, free_last ? free : summed})
      counts.push_back(static_cast<int>(labels.size()));
    return merge_axes(ordered, counts);
  };
  // An operand that lies with its free axes last is read transposed instead of moved.
  const auto lies = [&](const Term& term, const Labels& free) {
    return term.labels == joined(batch, joined(summed, free));
  };
  const bool a_transposed = !summed.empty() && lies(a, free_a);
  const bool b_straight = lies(b, free_b) || b.labels != joined(batch, joined(free_b, summed));
  const Tensor product = matmul(operand(a, free_a, a_transposed), operand(b, free_b, b_straight),
                                {.transpose_a = a_transposed, .transpose_b = !b_straight});
  Shape shape = product.shape().slice(0, product.rank() - 2);
  for (Label label : free_a) shape.push_back(a.extent(label));
  for (Label label : free_b) shape.push_back(b.extent(label));
  return {reshape(product, shape), joined(batch, joined(free_a, free_b))};
}

Labels labels_after(const std::vector<Term>& terms, size_t first, const Labels& output) {
  Labels needed = output;
  for (size_t i = first; i < terms.size(); ++i) needed = joined(needed, terms[i].labels);
  return needed;
}

}  // namespace

Tensor einsum(const std::string& equation, const TensorList& operands) {
  if (operands.empty()) throw ValueError("einsum: '" + equation + "' has no operands");
  for (const Tensor& operand : operands) require_value(operand, "einsum");
  DType dtype = operands[0].dtype();
  for (const Tensor& operand : operands) dtype = promote(dtype, operand.dtype());
  TensorList same;
  for (const Tensor& operand : operands) same.push_back(cast(operand, dtype));
  Equation parsed(equation, same);
  std::vector<Term>& terms = parsed.terms();
  for (Term& term : terms) take_diagonals(term);
  for (size_t i = 0; i < terms.size(); ++i) {
    Labels needed = parsed.output();
    for (size_t j = 0; j < terms.size(); ++j)
      if (j != i) needed = joined(needed, terms[j].labels);
    drop_labels(terms[i], needed);
  }
  Term result = terms[0];
  for (size_t i = 1; i < terms.size(); ++i) {
    result = multiply_terms(result, terms[i], labels_after(terms, i + 1, parsed.output()));
    drop_labels(result, labels_after(terms, i + 1, parsed.output()));
  }
  return arrange(result, parsed.output());
}

}  // namespace cornu
