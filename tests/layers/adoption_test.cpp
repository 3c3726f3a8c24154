// Layers belong to whom calls them: names, paths and variables, whatever is done with the objects.
#include <atomic>
#include <memory>
#include <thread>

#include <catch2/catch.hpp>

#include <cornu/core/error.h>
#include <cornu/core/ops/math.h>
#include <cornu/core/ops/matmul.h>
#include <cornu/core/ops/nn.h>
#include <cornu/models/model.h>

using namespace cornu;
using Catch::Matchers::Contains;

namespace {

class Linear : public Layer {
 public:
  explicit Linear(int64_t units, const LayerOptions& options = {}) : Layer(options), units_(units) {}
  void build(const Shape& input_shape) override {
    w_ = add_weight({.name = "w", .shape = {input_shape.back(), units_}});
    b_ = add_weight({.name = "b", .shape = {units_}, .initializer = "zeros"});
  }
  Tensor call(const Tensor& inputs) override { return matmul(inputs, w_) + b_; }

 private:
  int64_t units_;
  Variable w_, b_;
};

class Stack : public Layer {
 public:
  explicit Stack(int count) {
    for (int i = 0; i < count; ++i) blocks.emplace_back(4);
  }
  Tensor call(const Tensor& inputs) override {
    Tensor x = inputs;
    for (Linear& block : blocks) x = block(x);
    return x;
  }
  std::vector<Linear> blocks;
};

class Net : public Model {
 public:
  explicit Net(int count = 2) : stack(count) {}
  Tensor call(const Tensor& inputs) override { return head(stack(inputs)); }
  Stack stack;
  Linear head{1};
};

std::vector<std::string> paths(const Layer& layer) {
  std::vector<std::string> paths;
  for (const Variable& variable : layer.variables()) paths.push_back(variable.path());
  return paths;
}

const std::vector<std::string> net_paths{"net/stack/linear/w",   "net/stack/linear/b", "net/stack/linear_1/w",
                                         "net/stack/linear_1/b", "net/linear/w",       "net/linear/b"};

}  // namespace

TEST_CASE("variables are made at the first call, under the caller's path") {
  Net net;
  CHECK(net.variables().empty());
  CHECK_FALSE(net.built());
  net(ones({2, 3}));
  CHECK(net.built());
  CHECK(paths(net) == net_paths);
  net(ones({5, 3}));
  CHECK(net.variables().size() == 6);
}

TEST_CASE("a vector of layers may grow after they were called") {
  Net net;
  net(ones({2, 3}));
  for (int i = 0; i < 20; ++i) net.stack.blocks.emplace_back(4);
  CHECK(paths(net) == net_paths);
  CHECK(net.stack.layers()[0] == &net.stack.blocks[0]);
  net(ones({2, 3}));
  CHECK(net.variables().size() == 46);
  CHECK(net.stack.blocks[21].path() == "net/stack/linear_21");
}

TEST_CASE("models move, built or not") {
  const auto make = [](bool call) {
    Net net;
    if (call) net(ones({2, 3}));
    return net;
  };
  Net built = make(true), fresh = make(false);
  CHECK(paths(built) == net_paths);
  fresh(ones({2, 3}));
  CHECK(paths(fresh) == net_paths);

  Net moved = std::move(built);
  CHECK(moved.layers() == std::vector<Layer*>{&moved.stack, &moved.head});
  CHECK(paths(moved) == net_paths);
  moved(ones({2, 3}));
  CHECK(paths(moved) == net_paths);
  CHECK_THROWS_AS(built(ones({2, 3})), StateError);
  CHECK_THROWS_AS(built.variables(), StateError);

  built = std::move(moved);
  CHECK(paths(built) == net_paths);
  CHECK(built.layers()[0] == &built.stack);
}

TEST_CASE("a moved model computes the same") {
  Net net;
  const Tensor x = ones({2, 3}), before = net(x);
  std::vector<Net> nets;
  nets.push_back(std::move(net));
  nets.emplace_back(1);
  nets.emplace_back(3);
  CHECK(nets[0](x).to_vector<float>() == before.to_vector<float>());
}

TEST_CASE("layers behind pointers are adopted like any other") {
  class Owner : public Layer {
   public:
    Tensor call(const Tensor& inputs) override {
      Tensor x = inputs;
      for (const auto& layer : unique) x = (*layer)(x);
      return (*shared)(x);
    }
    std::vector<std::unique_ptr<Layer>> unique;
    std::shared_ptr<Layer> shared = std::make_shared<Linear>(2);
  };
  Owner owner;
  owner.unique.push_back(std::make_unique<Linear>(3));
  owner.unique.push_back(std::make_unique<Linear>(4));
  owner(ones({1, 2}));
  CHECK(paths(owner)[4] == "owner/linear_2/w");
  owner.unique.pop_back();  // a layer that goes between calls takes its variables along
  CHECK(owner.variables().size() == 4);
}

TEST_CASE("a layer of two parents has one set of variables, counted once") {
  class Shared : public Model {
   public:
    class Half : public Layer {
     public:
      explicit Half(const std::shared_ptr<Linear>& inner) : inner_(inner) {}
      Tensor call(const Tensor& inputs) override { return (*inner_)(inputs); }

     private:
      std::shared_ptr<Linear> inner_;
    };
    Tensor call(const Tensor& inputs) override { return left(right(inputs)); }
    std::shared_ptr<Linear> inner = std::make_shared<Linear>(3);
    Half left{inner}, right{inner};
  };
  Shared model;
  model(ones({2, 3}));
  CHECK(paths(model) == std::vector<std::string>{"shared/half/linear/w", "shared/half/linear/b"});
  CHECK(model.count_params() == 12);
  CHECK(model.left.layers() == model.right.layers());
}

TEST_CASE("a shared layer outlives its first owner") {
  auto shared = std::make_shared<Linear>(3);
  class User : public Layer {
   public:
    explicit User(std::shared_ptr<Linear> layer, const std::string& name)
        : Layer({.name = name}), layer_(std::move(layer)) {}
    Tensor call(const Tensor& inputs) override { return (*layer_)(inputs); }

   private:
    std::shared_ptr<Linear> layer_;
  };
  User second(shared, "second");
  {
    User first(shared, "first");
    first(ones({1, 3}));
    second(ones({1, 3}));
    CHECK(shared->path() == "first/linear");
  }
  CHECK(shared->path() == "second/linear");
  CHECK(paths(second) == std::vector<std::string>{"second/linear/w", "second/linear/b"});
}

TEST_CASE("a layer that was called alone joins its caller later") {
  Net net;
  net.head(ones({2, 4}));
  CHECK(net.head.path() == "linear");
  CHECK(net.head.variables()[0].path() == "linear/w");
  net(ones({2, 3}));
  CHECK(net.head.variables()[0].path() == "net/linear/w");
}

TEST_CASE("names of the user's stay, and renaming reaches every path") {
  class Named : public Model {
   public:
    Tensor call(const Tensor& inputs) override { return third(second(first(inputs))); }
    Linear first{2}, second{2, {.name = "linear_1"}}, third{2};
  };
  Named model;
  model(ones({1, 2}));
  CHECK(model.first.path() == "named/linear");
  CHECK(model.second.path() == "named/linear_1");
  CHECK(model.third.path() == "named/linear_2");
  model.set_name("tower");
  model.first.set_name("entry");
  CHECK(paths(model)[0] == "tower/entry/w");
  CHECK(paths(model)[5] == "tower/linear_2/b");
  CHECK_THROWS_AS(model.set_name(""), ValueError);
  CHECK_THROWS_AS(model.set_name("a/b"), ValueError);
  CHECK_THROWS_AS(Linear(2, {.name = "a/b"}), ValueError);
}

TEST_CASE("track takes layers in before they are called") {
  class Tracked : public Model {
   public:
    Tracked() { track(late, list); }
    Tensor call(const Tensor& inputs) override { return late(early(inputs)); }
    Linear early{3}, late{2};
    std::vector<Linear> list;
  };
  Tracked model;
  model(ones({1, 2}));
  CHECK(paths(model)[0] == "tracked/linear/w");
  CHECK(model.late.path() == "tracked/linear");
  CHECK(model.early.path() == "tracked/linear_1");
}

TEST_CASE("a layer made in call() whose variables go with it is an error") {
  class Forgetful : public Model {
   public:
    Tensor call(const Tensor& inputs) override { return Linear(2)(inputs); }
  };
  class Nested : public Model {
   public:
    Tensor call(const Tensor& inputs) override { return Stack(2)(inputs); }
  };
  CHECK_THROWS_AS(Forgetful()(ones({1, 2})), StateError);
  CHECK_THROWS_WITH(Forgetful()(ones({1, 2})), Contains("linear") && Contains("member"));
  CHECK_THROWS_WITH(Nested()(ones({1, 2})), Contains("member"));
}

TEST_CASE("a layer without variables may be made in call()") {
  class Double : public Layer {
   public:
    Tensor call(const Tensor& inputs) override { return 2.f * inputs; }
  };
  class Free : public Model {
   public:
    Tensor call(const Tensor& inputs) override { return Double()(inputs); }
  };
  Free model;
  CHECK(model(ones({2})).to_vector<float>() == std::vector<float>{2, 2});
  CHECK(model.layers().empty());
}

TEST_CASE("a layer cannot contain itself") {
  class Loop : public Layer {
   public:
    Tensor call(const Tensor& inputs) override { return other ? (*other)(inputs) : inputs; }
    Layer* other = nullptr;
  };
  Loop a, b;
  a.other = &b;
  b.other = &a;
  CHECK_THROWS_AS(a(ones({1})), StateError);
}

TEST_CASE("a first call that fails leaves nothing half-built") {
  Net net;
  net.stack.blocks[1].set_name("broken");
  class Picky : public Model {
   public:
    Tensor call(const Tensor& inputs) override { return second(first(inputs) + zeros({1, 4})); }
    Linear first{4}, second{1};
  };
  class Failing : public Model {
   public:
    Tensor call(const Tensor& inputs) override {
      const Tensor x = first(inputs);
      if (inputs.shape()[1] == 7) throw std::runtime_error("the user's own");
      return x;
    }
    Linear first{4};
  };
  Failing model;
  CHECK_THROWS_AS(model(ones({1, 7})), std::runtime_error);
  CHECK_FALSE(model.built());
  CHECK(model.variables().empty());
  model(ones({1, 5}));
  CHECK(model.variables()[0].shape() == Shape({5, 4}));
}

TEST_CASE("errors name the path of the innermost layer") {
  Net net;
  net(ones({2, 3}));
  CHECK_THROWS_AS(net(ones({2, 5})), ShapeError);
  CHECK_THROWS_WITH(net(ones({2, 5})), Contains("net/stack/linear: ") && Contains("(2, 5)") && Contains("(3, 4)"));
  CHECK_THROWS_AS(net(Tensor()), StateError);
}

TEST_CASE("a built model is called from several threads at once") {
  Net net;
  const Tensor x = ones({2, 3}), expected = net(x);
  std::vector<std::thread> threads;
  std::atomic<int> wrong = 0;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] {
      for (int repeat = 0; repeat < 200; ++repeat)
        if (net(x, {.training = repeat % 2 == 0}).to_vector<float>() != expected.to_vector<float>()) ++wrong;
    });
  for (std::thread& thread : threads) thread.join();
  CHECK(wrong == 0);
}
