// TensorFlow's forms of linear algebra that Cornu does not write, read from nodes made by hand.
#include <cmath>

#include <catch2/catch.hpp>
#include <proto/graph.pb.h>

#include "core/graph/graph_checks.h"
#include <cornu/core/error.h>
#include <cornu/core/saved_model/internal/graph_import.h>
#include <cornu/core/saved_model/internal/tensor_proto.h>

using namespace cornu;
using Catch::Contains;

namespace {

/// A function of one matrix that is one operation of TensorFlow's; `results` are the names of what it gives.
class OneOperation {
 public:
  OneOperation(const std::string& operation, const std::vector<std::string>& results) {
    function_.mutable_signature()->set_name("f");
    auto& argument = *function_.mutable_signature()->add_input_arg();
    argument.set_name("x");
    argument.set_type(proto::DT_DOUBLE);
    node_ = function_.add_node_def();
    node_->set_name("node");
    node_->set_op(operation);
    node_->add_input("x");
    (*node_->mutable_attr())["T"].set_type(proto::DT_DOUBLE);
    for (const std::string& result : results) {
      auto& output = *function_.mutable_signature()->add_output_arg();
      output.set_name(result + "_result");
      output.set_type(proto::DT_DOUBLE);
      (*function_.mutable_ret())[result + "_result"] = "node:" + result + ":0";
    }
  }

  OneOperation& flag(const std::string& name, bool value) {
    (*node_->mutable_attr())[name].set_b(value);
    return *this;
  }
  OneOperation& constant_input(const std::string& name, const Tensor& value) {
    auto& constant = *function_.add_node_def();
    constant.set_name(name);
    constant.set_op("Const");
    (*constant.mutable_attr())["dtype"].set_type(saved_model::to_proto(value.dtype()));
    *(*constant.mutable_attr())["value"].mutable_tensor() = saved_model::to_proto(value);
    node_->add_input(name + ":output:0");
    return *this;
  }

  TensorList operator()(const Tensor& x) const {
    proto::FunctionDefLibrary library;
    *library.add_function() = function_;
    const saved_model::FunctionReader reader(library);
    TensorList results;
    for (const auto& value : reader.call("f", {{.tensor = x}})) results.push_back(value.tensor);
    return results;
  }

 private:
  proto::FunctionDef function_;
  proto::NodeDef* node_;
};

}  // namespace

TEST_CASE("Svd gives V, not its transpose, and no vectors where none are asked for") {
  // A^T A = ((5, -3), (-3, 5)), whose eigenvalues are 8 and 2.
  const Tensor a = constant({{1., 1.}, {-2., 2.}});
  const TensorList parts = OneOperation("Svd", {"s", "u", "v"}).flag("compute_uv", true)(a);
  check_close({parts[0]}, {constant({std::sqrt(8.), std::sqrt(2.)})});
  check_close({matmul(parts[1] * parts[0], transpose(parts[2]))}, {a});
  const TensorList values = OneOperation("Svd", {"s", "u", "v"}).flag("compute_uv", false)(a);
  check_close({values[0]}, {parts[0]});
  CHECK(values[1].size() == 0);
  CHECK(values[2].size() == 0);
}

TEST_CASE("SelfAdjointEigV2 without vectors") {
  const TensorList parts =
      OneOperation("SelfAdjointEigV2", {"e", "v"}).flag("compute_v", false)(constant({{5., -3.}, {-3., 5.}}));
  check_close({parts[0]}, {constant({2., 8.})});
  CHECK(parts[1].size() == 0);
}

TEST_CASE("MatrixInverse and MatrixSolve of the adjoint") {
  // The transpose of ((1, 2), (0, 1)) is ((1, 0), (2, 1)), its inverse ((1, 0), (-2, 1)).
  const Tensor a = constant({{1., 2.}, {0., 1.}});
  check_close(OneOperation("MatrixInverse", {"output"}).flag("adjoint", true)(a), {constant({{1., 0.}, {-2., 1.}})});
  check_close(
      OneOperation("MatrixSolve", {"output"}).constant_input("rhs", constant({{1.}, {5.}})).flag("adjoint", true)(a),
      {constant({{1.}, {3.}})});
}

TEST_CASE("regularized least squares are an error that says so") {
  const auto operation = [](double regularizer) {
    return OneOperation("MatrixSolveLs", {"output"})
        .constant_input("rhs", constant({{2.}, {4.}}))
        .constant_input("l2", constant(regularizer));
  };
  // The best x of (x, 2 x) = (2, 4) is 2.
  check_close(operation(0)(constant({{1.}, {2.}})), {constant({{2.}})});
  CHECK_THROWS_WITH(operation(0.5)(constant({{1.}, {2.}})), Contains("l2_regularizer"));
}
