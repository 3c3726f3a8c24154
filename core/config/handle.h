#pragma once
#include <concepts>
#include <memory>
#include <string>
#include <utility>

#include <cornu/core/config/registry.h>

namespace cornu {

/// An option that Keras takes as a name or as an object: a value that holds an object of a class derived from Base, or
/// none. Base gives its `static Registry<Base>& registry()`, `by_name(name)`, which makes one of the registry with
/// default options, `class_name()` and `get_config()`.
template <class Base>
class Handle {
 public:
  Handle() = default;
  Handle(std::nullptr_t) {}
  /// By name. Throws ValueError for an unknown one.
  Handle(const char* name) : Handle(std::string(name)) {}
  Handle(const std::string& name) : object_(Base::by_name(name)) {}
  template <std::derived_from<Base> T>
  Handle(T object) : object_(std::make_shared<const T>(std::move(object))) {}
  explicit Handle(std::shared_ptr<const Base> object) : object_(std::move(object)) {}

  explicit operator bool() const { return object_ != nullptr; }
  const Base& operator*() const { return *object_; }
  const Base* operator->() const { return object_.get(); }

 private:
  std::shared_ptr<const Base> object_;
};

template <class Base>
void to_config(Config& out, const Handle<Base>& handle) {
  out = handle ? Base::registry().wrap(handle->class_name(), handle->get_config()) : Config();
}
template <class Base>
void from_config(const Config& in, Handle<Base>& handle) {
  handle = in.is_null() ? Handle<Base>() : Handle<Base>(std::shared_ptr<const Base>(Base::registry().make(in)));
}

}  // namespace cornu
