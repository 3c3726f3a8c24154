#include <csignal>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <proto/trackable_object_graph.pb.h>
#include <sys/resource.h>

#include "core/io/temporary_folder.h"
#include "paths.h"
#include <cornu/core/error.h>
#include <cornu/core/io/tensor_bundle.h>
#include <cornu/core/ops/creation.h>
#include <cornu/core/random/random.h>
#include <cornu/core/train/checkpoint.h>

using namespace cornu;
using Catch::Contains;

namespace fs = std::filesystem;

namespace {

std::vector<std::string> names_of(const std::string& path) {
  std::vector<std::string> names;
  for (const CheckpointVariable& variable : list_variables(path)) names.push_back(variable.name);
  return names;
}

const std::string suffix = "/.ATTRIBUTES/VARIABLE_VALUE";

}  // namespace

TEST_CASE("variables, generators, counters and nested checkpoints come back") {
  const TemporaryFolder folder;
  std::string path;
  Tensor drawn;
  {
    const Variable weight(constant({{1.f, 2.f}, {3.f, 4.f}}), {.name = "w"});
    const random::Generator generator(7);
    generator.uniform({3});
    int64_t step = int64_t{1} << 40;
    int epoch = 3;
    const Variable inner(constant({true, false}));
    Checkpoint nested({{"inner", inner}, {"again", weight}});
    Checkpoint checkpoint(
        {{"weight", weight}, {"random", generator}, {"step", step}, {"epoch", epoch}, {"nested", nested}});
    path = checkpoint.save(folder / "model.ckpt");
    drawn = generator.uniform({5});
  }
  CHECK(path == folder / "model.ckpt-1");
  CHECK(names_of(path) == std::vector<std::string>{"_CHECKPOINTABLE_OBJECT_GRAPH", "epoch" + suffix,
                                                   "nested/inner" + suffix, "nested/save_counter" + suffix,
                                                   "random/state" + suffix, "save_counter" + suffix, "step" + suffix,
                                                   "weight" + suffix});
  const Variable weight(zeros({2, 2})), inner(constant({false, false}));
  const random::Generator generator(0);
  int64_t step = 0;
  int epoch = 0;
  Checkpoint nested({{"inner", inner}, {"again", weight}});
  Checkpoint checkpoint(
      {{"weight", weight}, {"random", generator}, {"step", step}, {"epoch", epoch}, {"nested", nested}});
  checkpoint.restore(path).assert_consumed();
  CHECK(weight.peek().to_vector<float>() == std::vector<float>{1, 2, 3, 4});
  CHECK(inner.peek().to_vector<bool>() == std::vector<bool>{true, false});
  CHECK(generator.uniform({5}).to_vector<float>() == drawn.to_vector<float>());
  CHECK(step == int64_t{1} << 40);
  CHECK(epoch == 3);
  CHECK(checkpoint.save_counter() == 1);
  CHECK(checkpoint.save(folder / "model.ckpt") == folder / "model.ckpt-2");
}

TEST_CASE("the object graph is TensorFlow's") {
  const TemporaryFolder folder;
  const Variable a(constant(1.f), {.name = "a"}), b(constant(2.f), {.name = "b"});
  Checkpoint inner({{"b.c/d", b}, {"a", a}});
  Checkpoint checkpoint({{"a", a}, {"inner", inner}});
  checkpoint.write(folder / "model");
  proto::TrackableObjectGraph graph;
  REQUIRE(graph.ParseFromString(io::TensorBundleReader(folder / "model").read_string("_CHECKPOINTABLE_OBJECT_GRAPH")));
  // Breadth first: the root, a, save_counter, inner, and what is in that.
  REQUIRE(graph.nodes_size() == 6);
  std::map<std::string, int> children;
  for (const auto& child : graph.nodes(0).children()) children[child.local_name()] = child.node_id();
  CHECK(children == std::map<std::string, int>{{"a", 1}, {"save_counter", 2}, {"inner", 3}});
  children.clear();
  for (const auto& child : graph.nodes(3).children()) children[child.local_name()] = child.node_id();
  CHECK(children == std::map<std::string, int>{{"b.c/d", 4}, {"a", 1}, {"save_counter", 5}});
  REQUIRE(graph.nodes(1).attributes_size() == 1);
  CHECK(graph.nodes(1).attributes(0).name() == "VARIABLE_VALUE");
  CHECK(graph.nodes(1).attributes(0).full_name() == "a");
  CHECK(graph.nodes(1).attributes(0).checkpoint_key() == "a" + suffix);
  CHECK(graph.nodes(4).attributes(0).checkpoint_key() == "inner/b..c.Sd" + suffix);
  CHECK(load_variable(folder / "model", "inner/b..c.Sd" + suffix).item<float>() == 2.f);
}

TEST_CASE("what TensorFlow wrote is restored") {
  const std::string path =
      std::string(test_data_directory) + "/tensorflow/saved_model_half_plus_two_tf2_cpu/00000123/variables/variables";
  const Variable a(zeros({})), b(zeros({}));
  Checkpoint checkpoint({{"a", a}, {"b", b}});
  const CheckpointStatus status = checkpoint.read(path);
  status.expect_partial();
  CHECK(a.peek().item<float>() == 0.5f);
  CHECK(b.peek().item<float>() == 2.f);
  CHECK_THROWS_WITH(status.assert_consumed(), Contains("'c/.ATTRIBUTES/VARIABLE_VALUE'"));
  CHECK_THROWS_WITH(status.assert_existing_objects_matched(), Contains("'save_counter'"));
}

TEST_CASE("save numbers, write does not, and the state file names the last") {
  const TemporaryFolder folder;
  const Variable a(constant(1.f));
  Checkpoint checkpoint({{"a", a}});
  CHECK(latest_checkpoint(folder.path()).empty());
  CHECK(checkpoint.write(folder / "plain") == folder / "plain");
  CHECK(latest_checkpoint(folder.path()).empty());
  CHECK(checkpoint.save_counter() == 0);
  CHECK(checkpoint.save(folder / "ckpt") == folder / "ckpt-1");
  CHECK(checkpoint.save(folder / "ckpt") == folder / "ckpt-2");
  CHECK(latest_checkpoint(folder.path()) == folder / "ckpt-2");
  CHECK_THAT(read_bytes(folder / "checkpoint"), Catch::StartsWith("model_checkpoint_path: \"ckpt-2\"\n"
                                                                  "all_model_checkpoint_paths: \"ckpt-2\"\n"));
  write_bytes(folder / "checkpoint", "model_checkpoint_path: \"gone\"\nall_model_checkpoint_paths: \"ckpt-1\"\n");
  CHECK(latest_checkpoint(folder.path()) == folder / "ckpt-1");
  write_bytes(folder / "checkpoint", "# a comment\n\n  model_checkpoint_path:'ckpt-2'  \n");
  CHECK(latest_checkpoint(folder.path()) == folder / "ckpt-2");
  for (const char* text : {"", "model_checkpoint_path\n", "model_checkpoint_path: \"ckpt\n", "model_checkpoint_path:\n",
                           "\x01\x02", "model_checkpoint_path: \"a\"\nlast_preserved_timestamp: soon\n"}) {
    write_bytes(folder / "checkpoint", text);
    CHECK_THROWS_AS(latest_checkpoint(folder.path()), FileError);
    CHECK_THROWS_WITH(latest_checkpoint(folder.path()), Contains("line"));
  }
}

TEST_CASE("paths with quotes and backslashes survive the state file") {
  const TemporaryFolder folder;
  const Variable a(constant(1.f));
  Checkpoint checkpoint({{"a", a}});
  for (const char* name : {"with \"quotes\"", "back\\slash", "back\\\\n", "line\nbreak"}) {
    const std::string path = checkpoint.save(folder / name);
    CHECK(latest_checkpoint(folder.path()) == path);
  }
}

TEST_CASE("wrong shapes and dtypes name the variable, and change nothing") {
  const TemporaryFolder folder;
  const Variable a(constant(1.f)), b(constant({1.f, 2.f, 3.f}));
  Checkpoint({{"a", a}, {"b", b}}).write(folder / "model");
  const Variable kept(constant(5.f)), other_shape(zeros({4})), other_dtype(zeros({3}, float64));
  Checkpoint shapes({{"a", kept}, {"b", other_shape}});
  CHECK_THROWS_AS(shapes.restore(folder / "model"), ShapeError);
  CHECK_THROWS_WITH(shapes.restore(folder / "model"), Contains("'b'") && Contains("(4,)") && Contains("(3,)"));
  Checkpoint dtypes({{"a", kept}, {"b", other_dtype}});
  CHECK_THROWS_AS(dtypes.restore(folder / "model"), DTypeError);
  CHECK_THROWS_WITH(dtypes.restore(folder / "model"), Contains("'b'") && Contains("float64") && Contains("float32"));
  CHECK(kept.peek().item<float>() == 5.f);
}

TEST_CASE("damage anywhere is an error, and changes nothing") {
  const TemporaryFolder folder;
  const Variable a(constant({1.f, 2.f})), later(constant(2.f));
  Checkpoint({{"a", a}, {"later", later}}).write(folder / "model");
  const Variable b(constant({7.f, 8.f}));
  Checkpoint checkpoint({{"a", b}});  // `later` is not read now, but checked
  for (const char* part : {".index", ".data-00000-of-00001"}) {
    const std::string bytes = read_bytes(folder / "model" + part);
    for (size_t i = 0; i < bytes.size(); ++i) {
      std::string flipped = bytes;
      flipped[i] = static_cast<char>(flipped[i] ^ 0x10);
      for (const std::string& damaged : {bytes.substr(0, i), flipped}) {
        write_bytes(folder / "model" + part, damaged);
        try {
          checkpoint.restore(folder / "model").expect_partial();  // a byte that means nothing
          CHECK(b.peek().to_vector<float>() == std::vector<float>{1, 2});
          b.assign(constant({7.f, 8.f}));
        } catch (const FileError&) {
          if (b.peek().to_vector<float>() != std::vector<float>{7, 8}) FAIL("changed by a damaged file, byte " << i);
        }
      }
    }
    write_bytes(folder / "model" + part, bytes);
  }
  CHECK_NOTHROW(checkpoint.restore(folder / "model").expect_partial());
  CHECK(b.peek().to_vector<float>() == std::vector<float>{1, 2});
}

TEST_CASE("what is no checkpoint is named") {
  const TemporaryFolder folder;
  const Variable a(constant(1.f));
  Checkpoint checkpoint({{"a", a}});
  CHECK_THROWS_WITH(checkpoint.restore(folder / "missing"), Contains("missing.index") && Contains("No such file"));
  CHECK_THROWS_WITH(checkpoint.restore(latest_checkpoint(folder.path())), Contains("latest_checkpoint"));
  io::TensorBundleWriter bundle(folder / "bundle");
  bundle.add("a", constant(1.f));
  bundle.finish();
  CHECK_THROWS_WITH(checkpoint.restore(folder / "bundle"), Contains("_CHECKPOINTABLE_OBJECT_GRAPH"));
  io::TensorBundleWriter damaged(folder / "damaged");
  damaged.add_string("_CHECKPOINTABLE_OBJECT_GRAPH", "\xff\xff\xff");
  damaged.finish();
  CHECK_THROWS_AS(checkpoint.restore(folder / "damaged"), FileError);
  CHECK_THROWS_AS(checkpoint.save(folder / "missing/model"), FileError);
  CHECK(checkpoint.save_counter() == 0);
}

TEST_CASE("names must tell the objects apart") {
  const Variable a(constant(1.f));
  CHECK_THROWS_AS(Checkpoint({{"a", a}, {"a", a}}), ValueError);
  CHECK_THROWS_AS(Checkpoint({{"", a}}), ValueError);
  CHECK_THROWS_AS(Checkpoint({{"save_counter", a}}), ValueError);
}

TEST_CASE("a counter that is too small for the number says so") {
  const TemporaryFolder folder;
  int64_t large = int64_t{1} << 40;
  const Variable a(constant(1.f)), b(constant(2.f));
  Checkpoint({{"a", a}, {"step", large}}).write(folder / "model");
  int small = 1;
  Checkpoint checkpoint({{"a", b}, {"step", small}});
  CHECK_THROWS_AS(checkpoint.restore(folder / "model"), ValueError);
  CHECK(small == 1);
  CHECK(b.peek().item<float>() == 2.f);
}

TEST_CASE("asynchronous saving writes what the values were") {
  const TemporaryFolder folder;
  const Variable a(full({1 << 20}, 1.f, float32));
  Checkpoint checkpoint({{"a", a}});
  const std::string first = checkpoint.save(folder / "ckpt", {.asynchronous = true});
  a.assign_add(1.f);
  const std::string second = checkpoint.save(folder / "ckpt", {.asynchronous = true});
  static_cast<float*>(a.update_in_place())[0] = 9.f;
  checkpoint.sync();
  CHECK(latest_checkpoint(folder.path()) == second);
  CHECK(load_variable(first, "a" + suffix).data<float>()[0] == 1.f);
  CHECK(load_variable(second, "a" + suffix).data<float>()[0] == 2.f);
  CHECK(a.peek().data<float>()[0] == 9.f);
}

TEST_CASE("what goes wrong in the background is thrown by the next call") {
  const TemporaryFolder folder;
  const Variable a(constant(1.f));
  Checkpoint checkpoint({{"a", a}});
  checkpoint.save(folder / "missing/ckpt", {.asynchronous = true});
  CHECK_THROWS_AS(checkpoint.sync(), FileError);
  CHECK_NOTHROW(checkpoint.sync());
  checkpoint.write(folder / "missing/ckpt", {.asynchronous = true});
  CHECK_THROWS_AS(checkpoint.save(folder / "ckpt"), FileError);
  CHECK_NOTHROW(checkpoint.save(folder / "ckpt"));
}

TEST_CASE("a full disk leaves the last good checkpoint") {
  const TemporaryFolder folder;
  const Variable a(full({100'000}, 1.f, float32));
  Checkpoint checkpoint({{"a", a}});
  const std::string good = checkpoint.save(folder / "ckpt");
  checkpoint.write(folder / "same");
  const int64_t files = folder.file_count();
  a.assign_add(1.f);
  rlimit limit;
  REQUIRE(getrlimit(RLIMIT_FSIZE, &limit) == 0);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  rlimit small = limit;
  small.rlim_cur = 100'000;
  REQUIRE(setrlimit(RLIMIT_FSIZE, &small) == 0);
  CHECK_THROWS_AS(checkpoint.save(folder / "ckpt"), FileError);
  CHECK_THROWS_AS(checkpoint.write(folder / "same"), FileError);
  setrlimit(RLIMIT_FSIZE, &limit);
  std::signal(SIGXFSZ, handler);
  CHECK(folder.file_count() == files);
  CHECK(latest_checkpoint(folder.path()) == good);
  for (const std::string& path : {good, folder / "same"}) {
    checkpoint.restore(path).assert_consumed();
    CHECK(a.peek().data<float>()[99'999] == 1.f);
  }
  CHECK(checkpoint.save(folder / "ckpt") == folder / "ckpt-2");
}

TEST_CASE("a variable without a value cannot be saved") {
  const auto make = [] { return Checkpoint({{"v", Variable()}}); };
  CHECK_THROWS_AS(make(), StateError);
  CHECK_THROWS_WITH(make(), Contains("the variable 'v' of a Checkpoint has no value"));
}

TEST_CASE("a checkpoint that was moved from can still be used") {
  const TemporaryFolder folder;
  const Variable v(1.f);
  Checkpoint checkpoint({{"v", v}});
  Checkpoint other = std::move(checkpoint);
  CHECK(checkpoint.save(folder / "ckpt") == folder / "ckpt-1");
  v.assign(2.f);
  other.restore(folder / "ckpt-1").assert_consumed();
  CHECK(v.peek().item<float>() == 1);
  CHECK(checkpoint.save_counter() == 1);
}
