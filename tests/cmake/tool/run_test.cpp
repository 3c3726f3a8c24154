#include "cmake/tool/tool_run.h"
#include <cornu/core/io/npy.h>

using namespace cornu;

TEST_CASE("cornu run: TensorFlow's model gives TensorFlow's numbers") {
  const TemporaryFolder folder;
  save_npy(folder / "x.npy", constant({3.f}));
  const ToolRun run =
      run_tool({"run", half_plus_two, "--input", "x=" + folder / "x.npy", "--output", folder / "y.npy"});
  INFO(run);
  CHECK(run.status == 0);
  CHECK(run.output.empty());
  CHECK(load_npy(folder / "y.npy").to_vector<float>() == std::vector<float>{3.5f});  // 0.5 * 3 + 2
  const ToolRun printed = run_tool({"run", half_plus_two, "--input", folder / "x.npy"});
  CHECK(contains(printed.output, "y:\nTensor([3.5]"));
  // classify_x2_to_y3 is 0.5 x + 3
  const ToolRun other =
      run_tool({"run", half_plus_two, "--signature", "classify_x2_to_y3", "-i", "inputs=" + folder / "x.npy"});
  CHECK(contains(other.output, "scores:\nTensor([4.5]"));
}

TEST_CASE("cornu run: numbers of NumPy's default dtypes are converted") {
  const TemporaryFolder folder;
  save_linear_model(folder / "linear");
  for (const Tensor& x :
       {constant({{1., 0.}, {0., 1.}}), constant({{int64_t{1}, int64_t{0}}, {int64_t{0}, int64_t{1}}})}) {
    save_npy(folder / "x.npy", x);
    const ToolRun run = run_tool({"run", folder / "linear", "--input", "inputs=" + folder / "x.npy", "--output",
                                  "output_0=" + folder / "y.npy"});
    INFO(run);
    CHECK(run.status == 0);
    CHECK(load_npy(folder / "y.npy").to_vector<float>() == std::vector<float>{1.5f, 1.5f, 3.25f, 4.5f, 4.5f, 6.25f});
  }
}

TEST_CASE("cornu run: floating point is not cut to integers") {
  const TemporaryFolder folder;
  const Function twice =
      function([](const Tensor& x) { return x * 2; }, {.input_signature = {TensorSpec({-1}, int32)}});
  saved_model::save(twice.concrete_function(constant({1})), {}, folder / "twice");
  save_npy(folder / "x.npy", constant({1.5f}));
  CHECK(run_tool({"run", folder / "twice", "-i", folder / "x.npy"}).has_one_error_with("int32"));
  save_npy(folder / "x.npy", constant({int64_t{21}}));
  CHECK(contains(run_tool({"run", folder / "twice", "-i", folder / "x.npy"}).output, "[42]"));
}

TEST_CASE("cornu run: what does not fit is an error of one line, and nothing is written") {
  const TemporaryFolder folder;
  save_linear_model(folder / "linear");
  save_npy(folder / "x.npy", ones({4, 2}));
  save_npy(folder / "wide.npy", ones({4, 5}));
  const std::string x = "inputs=" + folder / "x.npy";
  const auto fails_with = [&](std::vector<std::string> arguments, const std::string& part) {
    arguments.insert(arguments.begin(), "run");
    const ToolRun run = run_tool(arguments);
    INFO(run);
    CHECK(run.has_one_error_with(part));
  };
  fails_with({folder / "none", "-i", x}, "none");
  fails_with({folder / "linear", "-i", "image=" + folder / "x.npy"}, "no input 'image'; there are inputs");
  fails_with({folder / "linear", "-i", "inputs=" + folder / "none.npy"}, "none.npy");
  fails_with({folder / "linear", "-i", "inputs=" + folder / "wide.npy"}, "(4, 5)");
  fails_with({folder / "linear", "-i", x, "-i", x}, "given twice");
  fails_with({folder / "linear", "-i", x, "--signature", "train"}, "there are serving_default");
  fails_with({folder / "linear", "-i", x, "-o", "scores=" + folder / "y.npy"}, "no output 'scores'");
  fails_with({folder / "linear", "-i", x, "-o", folder / "none/y.npy"}, "none");
  fails_with({half_plus_two, "-i", x, "--signature", "regress_x_to_y"}, "ParseExampleV2");
  CHECK(folder.file_count() == 3);
  CHECK(run_tool({"run", folder / "linear"}).status == 2);  // --input is required
}
