#pragma once
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <cornu/core/config/fields.h>
#include <cornu/core/config/names.h>

namespace cornu {

/// Everything that can be made from a configuration, by name: the classes derived from Base.
template <class Base>
class Registry {
 public:
  using Factory = std::function<std::unique_ptr<Base>(const Config& options)>;

  /// `kind` is what errors call it ("loss"); `module` Keras's module ("keras.losses").
  Registry(const char* kind, const char* module) : kind_(kind), module_(module) {}

  /// Makes `class_name` known, also in snake case and by `aliases`. A class of the user's may replace one of ours.
  void add(const std::string& class_name, Factory factory, const std::vector<std::string>& aliases = {}) {
    factories_[class_name] = std::move(factory);
    names_[class_name] = names_[to_snake_case(class_name)] = class_name;
    for (const std::string& alias : aliases) names_[alias] = class_name;
  }
  /// A class that is made from its Options.
  template <class Class>
  void add(const std::string& class_name, const std::vector<std::string>& aliases = {}) {
    using Options = typename Class::Options;
    add(
        class_name,
        [class_name](const Config& options) {
          return std::make_unique<Class>(read_options<Options>(class_name, options));
        },
        aliases);
  }

  /// A class of the user's, of his package: it is written and found as Keras's registered_name, "package>Class", and by
  /// `class_name` where no other class has that name.
  void add_registered(const std::string& package, const std::string& class_name, Factory factory) {
    const std::string registered = package + ">" + class_name;
    factories_[registered] = std::move(factory);
    names_[registered] = registered;
    names_.emplace(class_name, registered);
    packages_[class_name] = package;
  }
  bool contains(const std::string& name) const { return names_.find(name) != names_.end(); }
  /// Whether make() knows the class of this configuration.
  bool knows(const Config& config) const { return contains(name_of(config)); }

  /// A name, or Keras's {"class_name": ..., "config": {...}}. Throws ValueError for an unknown name, suggesting a near
  /// one.
  std::unique_ptr<Base> make(const Config& config) const {
    if (config.is_text()) return make(config.text(), Config::object());
    const Config options = config.contains("config") ? config.at("config") : Config::object();
    return make(name_of(config), options);
  }
  std::unique_ptr<Base> make(const std::string& name, const Config& options) const {
    const auto found = names_.find(name);
    if (found == names_.end())
      throw ValueError("there is no " + std::string(kind_) + " '" + name + "'" +
                       suggestion(name, names(), class_names()));
    return factories_.at(found->second)(options);
  }
  /// Keras's form of an object's configuration.
  Config wrap(const std::string& class_name, const Config& options) const {
    const auto package = packages_.find(class_name);
    const bool is_registered = package != packages_.end();
    Config wrapped = Config::object();
    wrapped.set("module", is_registered ? package->second : std::string(module_));
    wrapped.set("class_name", class_name);
    wrapped.set("config", options);
    wrapped.set("registered_name", is_registered ? Config(package->second + ">" + class_name) : Config());
    return wrapped;
  }
  /// Without those of users' packages.
  std::vector<std::string> class_names() const {
    std::vector<std::string> names;
    for (const auto& [class_name, factory] : factories_)
      if (class_name.find('>') == std::string::npos) names.push_back(class_name);
    return names;
  }
  std::vector<std::string> names() const {
    std::vector<std::string> names;
    for (const auto& [name, class_name] : names_) names.push_back(name);
    return names;
  }

 private:
  std::string name_of(const Config& config) const {
    const Config registered = config.contains("registered_name") ? config.at("registered_name") : Config();
    if (registered.is_text() && contains(registered.text())) return registered.text();
    return config.at("class_name").text();
  }

  const char* kind_;
  const char* module_;
  std::map<std::string, std::string> packages_;  // of the users' classes
  std::map<std::string, Factory> factories_;
  std::map<std::string, std::string> names_;
};

/// A class derived from Base that keeps the options that it was made with: checked on the way in, written on the way
/// out.
template <class Base, class OptionsType>
class Configured : public Base {
 public:
  using Options = OptionsType;
  const Options& options() const { return options_; }
  Config get_config() const override { return write_options(options_); }

 protected:
  /// `base` are the arguments of Base's constructor.
  template <class... BaseArguments>
  Configured(const char* class_name, const Options& options, BaseArguments&&... base)
      : Base(std::forward<BaseArguments>(base)...), options_(checked_options(class_name, options)) {}
  Options options_;
};

}  // namespace cornu
