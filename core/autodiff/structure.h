#pragma once
#include <array>
#include <map>
#include <tuple>
#include <utility>
#include <vector>

#include <cornu/core/autodiff/variable.h>

/// Structures of sources: gradient() answers in the structure that it was asked in.
namespace cornu {

/// A tensor or a variable that gradients are asked for.
struct Source {
  Source(const Tensor& tensor) : tensor(tensor) {}
  Source(const Variable& variable) : variable(variable) {}
  bool is_variable() const { return variable.defined(); }
  TensorSpec spec() const { return is_variable() ? variable.peek().spec() : tensor.spec(); }
  Tensor tensor;
  Variable variable;
};

namespace detail {

inline void collect(const Tensor& tensor, std::vector<Source>& sources) { sources.emplace_back(tensor); }
inline void collect(const Variable& variable, std::vector<Source>& sources) { sources.emplace_back(variable); }
template <class T>
void collect(const std::vector<T>& list, std::vector<Source>& sources);
template <class T, size_t n>
void collect(const std::array<T, n>& list, std::vector<Source>& sources);
template <class K, class T>
void collect(const std::map<K, T>& map, std::vector<Source>& sources);
template <class A, class B>
void collect(const std::pair<A, B>& pair, std::vector<Source>& sources);
template <class... T>
void collect(const std::tuple<T...>& tuple, std::vector<Source>& sources);

template <class T>
void collect(const std::vector<T>& list, std::vector<Source>& sources) {
  for (const T& part : list) collect(part, sources);
}
template <class T, size_t n>
void collect(const std::array<T, n>& list, std::vector<Source>& sources) {
  for (const T& part : list) collect(part, sources);
}
template <class K, class T>
void collect(const std::map<K, T>& map, std::vector<Source>& sources) {
  for (const auto& [key, part] : map) collect(part, sources);
}
template <class A, class B>
void collect(const std::pair<A, B>& pair, std::vector<Source>& sources) {
  collect(pair.first, sources);
  collect(pair.second, sources);
}
template <class... T>
void collect(const std::tuple<T...>& tuple, std::vector<Source>& sources) {
  std::apply([&](const T&... parts) { (collect(parts, sources), ...); }, tuple);
}

/// Puts tensors, in order, where the sources were.
class Rebuilder {
 public:
  explicit Rebuilder(TensorList tensors) : tensors_(std::move(tensors)) {}

  Tensor operator()(const Tensor&) { return std::move(tensors_[next_++]); }
  Tensor operator()(const Variable&) { return std::move(tensors_[next_++]); }
  template <class T>
  auto operator()(const std::vector<T>& list) {
    std::vector<decltype((*this)(std::declval<const T&>()))> result;
    result.reserve(list.size());
    for (const T& part : list) result.push_back((*this)(part));
    return result;
  }
  template <class T, size_t n>
  auto operator()(const std::array<T, n>& list) {
    std::array<decltype((*this)(std::declval<const T&>())), n> result;
    for (size_t i = 0; i < n; ++i) result[i] = (*this)(list[i]);
    return result;
  }
  template <class K, class T>
  auto operator()(const std::map<K, T>& map) {
    std::map<K, decltype((*this)(std::declval<const T&>()))> result;
    for (const auto& [key, part] : map) result.emplace(key, (*this)(part));
    return result;
  }
  template <class A, class B>
  auto operator()(const std::pair<A, B>& pair) {
    auto first = (*this)(pair.first);
    return std::pair(std::move(first), (*this)(pair.second));
  }
  template <class... T>
  auto operator()(const std::tuple<T...>& tuple) {
    return std::apply([&](const T&... parts) { return std::tuple{(*this)(parts)...}; }, tuple);
  }

 private:
  TensorList tensors_;
  size_t next_ = 0;
};

}  // namespace detail

template <class Sources>
std::vector<Source> flatten_sources(const Sources& sources) {
  std::vector<Source> flat;
  detail::collect(sources, flat);
  return flat;
}

template <class Sources>
auto rebuild(const Sources& sources, TensorList tensors) {
  return detail::Rebuilder(std::move(tensors))(sources);
}

}  // namespace cornu
