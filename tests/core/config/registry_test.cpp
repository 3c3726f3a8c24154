#include <memory>

#include <catch2/catch.hpp>

#include <cornu/core/config/registry.h>

using namespace cornu;
using Catch::Contains;

namespace {

struct Animal {
  virtual ~Animal() = default;
  virtual std::string sound() const = 0;
};
struct Cow : Animal {
  std::string sound() const override { return "moo"; }
};
struct Goat : Animal {
  std::string sound() const override { return "baa"; }
};

Registry<Animal> farm() {
  Registry<Animal> registry("animal", "farm.animals");
  registry.add("Cow", [](const Config&) { return std::make_unique<Cow>(); });
  return registry;
}

}  // namespace

TEST_CASE("a class of a user's package is found by its registered name") {
  Registry<Animal> registry = farm();
  registry.add_registered("hills", "Goat", [](const Config&) { return std::make_unique<Goat>(); });
  registry.add_registered("hills", "Cow", [](const Config&) { return std::make_unique<Goat>(); });
  const auto sound = [&](const char* json) { return registry.make(Config::parse(json))->sound(); };
  CHECK(sound(R"({"class_name": "Goat", "config": {}})") == "baa");
  CHECK(sound(R"({"class_name": "Other", "config": {}, "registered_name": "hills>Goat"})") == "baa");
  CHECK(sound(R"({"class_name": "Cow", "config": {}, "registered_name": null})") == "moo");
  CHECK(sound(R"({"class_name": "Cow", "config": {}, "registered_name": "hills>Cow"})") == "baa");
  CHECK(sound(R"({"class_name": "Cow", "config": {}, "registered_name": "nobody's"})") == "moo");
  CHECK(registry.contains("cow"));
  CHECK_FALSE(registry.contains("Sheep"));
  CHECK_FALSE(registry.knows(Config::parse(R"({"class_name": "Sheep"})")));
}

TEST_CASE("a class of a user's package is written with it") {
  Registry<Animal> registry = farm();
  registry.add_registered("hills", "Goat", [](const Config&) { return std::make_unique<Goat>(); });
  CHECK(registry.wrap("Goat", Config::object()).dump() ==
        R"({"module":"hills","class_name":"Goat","config":{},"registered_name":"hills>Goat"})");
  CHECK(registry.wrap("Cow", Config::object()).dump() ==
        R"({"module":"farm.animals","class_name":"Cow","config":{},"registered_name":null})");
}
