#include "cmake/tool/tool_run.h"
#include <cornu/core/io/npy.h>
#include <cornu/core/io/npz.h>
#include <cornu/core/io/safetensors.h>
#include <cornu/core/io/tfrecord.h>
#include <cornu/core/train/checkpoint.h>

using namespace cornu;

TEST_CASE("cornu show: a SavedModel") {
  const TemporaryFolder folder;
  save_linear_model(folder / "linear");
  const ToolRun run = run_tool({"show", folder / "linear"});
  INFO(run);
  CHECK(run.status == 0);
  CHECK(run.errors.empty());
  CHECK(contains(run.output, "serving_default  takes  inputs    float32  (None, 2)\n"));
  CHECK(contains(run.output, "serving_default  gives  output_0  float32  (None, 3)\n"));
  CHECK(contains(run.output, "dense/w  float32  (2, 3)  24 bytes\n"));
  CHECK(contains(run.output, "dense/b  float32  (3,)    12 bytes  not trainable\n"));
  CHECK(contains(run.output, "MatMul"));
  CHECK(contains(run_tool({"show", folder / "linear", "--tensor", "dense/b"}).output, "[ 0.5  -0.5   0.25]"));
}

TEST_CASE("cornu show: what Cornu lacks of TensorFlow's SavedModel") {
  const ToolRun run = run_tool({"show", half_plus_two});
  INFO(run);
  CHECK(run.status == 0);
  CHECK(contains(run.output, "serving_default    takes  x        float32  (1,)\n"));
  CHECK(contains(run.output, "regress_x_to_y   ParseExampleV2 (node 'ParseExample/ParseExampleV2')\n"));
}

TEST_CASE("cornu show: checkpoints") {
  const TemporaryFolder folder;
  Variable w(constant({1.f, 2.f}));
  Checkpoint checkpoint({{"w", w}});
  checkpoint.save(folder / "ckpt");
  checkpoint.save(folder / "ckpt");
  for (const std::string name : {"/ckpt-2", "/ckpt-2.index"}) {
    const ToolRun run = run_tool({"show", folder.path() + name});
    INFO(run);
    CHECK(run.status == 0);
    CHECK(contains(run.output, "ckpt-2: a checkpoint of 3 entries"));
    CHECK(contains(run.output, "w/.ATTRIBUTES/VARIABLE_VALUE             float32  (2,)  8 bytes\n"));
    CHECK(contains(run.output, "_CHECKPOINTABLE_OBJECT_GRAPH             string"));
  }
  const ToolRun run = run_tool({"show", folder.path()});
  INFO(run);
  CHECK(contains(run.output, "ckpt-2: a checkpoint"));
  CHECK(contains(run.output, "1 other checkpoint"));
  CHECK(contains(run_tool({"show", folder.path(), "--tensor", "w"}).output, "Tensor([1. 2.]"));
  CHECK(run_tool({"show", folder.path(), "--tensor", "v"}).has_one_error_with("no entry 'v'"));
  std::filesystem::remove(folder / "ckpt-2.index");
  CHECK(contains(run_tool({"show", folder.path()}).output, "ckpt-1: a checkpoint"));
  std::filesystem::remove(folder / "ckpt-1.data-00000-of-00001");
  CHECK(run_tool({"show", folder.path()}).has_one_error_with("ckpt-1.data-00000-of-00001"));
}

TEST_CASE("cornu show: scalars as a table and drawn") {
  const TemporaryFolder folder;
  write_scalars(folder.path());
  const ToolRun run = run_tool({"show", folder.path(), "--width", "60"});
  INFO(run);
  CHECK(run.status == 0);
  CHECK(contains(run.output, "train       loss              41          40           8           3"));
  CHECK(contains(run.output, "validation  loss "));
  CHECK(contains(run.output, "train       accuracy"));
  CHECK(contains(run.output, "\nloss (train)\n"));
  CHECK(contains(run.output, "\xe2\xa0"));  // Braille
  const ToolRun one = run_tool({"show", folder.path(), "--tag", "accuracy"});
  CHECK(contains(one.output, "accuracy (train)"));
  CHECK_FALSE(contains(one.output, "loss"));
  CHECK(run_tool({"show", folder.path(), "--tag", "los"}).has_one_error_with("there are accuracy, loss"));
  CHECK(run_tool({"show", folder.path(), "--width", "5"}).has_one_error_with("expected a width"));
  CHECK(run_tool({"show", folder.path(), "--tensor", "loss"}).has_one_error_with("no tensors"));
}

TEST_CASE("cornu show: files of arrays and records") {
  const TemporaryFolder folder;
  save_npy(folder / "ramp.npy", constant({1., 2., 3.}));
  save_npz(folder / "two.npz", {{"a", ones({2, 3})}, {"b", constant(7)}});
  save_safetensors(folder / "two.safetensors", {{"a", ones({2, 3})}, {"b", constant(7)}});
  io::TFRecordWriter(folder / "r.tfrecord").write("text");
  CHECK(contains(run_tool({"show", folder / "ramp.npy"}).output, "ramp  float64  (3,)  24 bytes\n"));
  CHECK(contains(run_tool({"show", folder / "ramp.npy", "--tensor", "ramp"}).output, "[1. 2. 3.]"));
  for (const std::string file : {"two.npz", "two.safetensors"}) {
    const ToolRun run = run_tool({"show", folder / file});
    INFO(run);
    CHECK(run.status == 0);
    CHECK(contains(run.output, "2 arrays\n  a  float32  (2, 3)  24 bytes\n  b  int32    ()      4 bytes\n"));
    CHECK(contains(run_tool({"show", folder / file, "--tensor", "b"}).output, "Tensor(7"));
    CHECK(run_tool({"show", folder / file, "--tensor", "c"}).has_one_error_with("no 'c'; there are a, b"));
  }
  CHECK(contains(run_tool({"show", folder / "r.tfrecord"}).output, "1 record, 4 bytes\n"));
}

TEST_CASE("cornu show: what is missing, foreign or damaged is an error of one line") {
  const TemporaryFolder folder;
  CHECK(run_tool({"show", folder / "none"}).has_one_error_with("is not there"));
  CHECK(run_tool({"show", folder.path()}).has_one_error_with("neither a SavedModel"));
  write_bytes(folder / "notes.txt", "text");
  CHECK(run_tool({"show", folder / "notes.txt"}).has_one_error_with("no kind of file that is known"));
  for (const std::string file : {"a.npy", "a.npz", "a.safetensors", "a.tfrecord", "events.out.tfevents.1", "a.index"}) {
    write_bytes(folder / file, "this is none of these, but long enough for a header and more");
    INFO(file);
    CHECK(run_tool({"show", folder / file}).has_one_error_with(file));
  }
  std::filesystem::create_directory(folder / "model");
  write_bytes(folder / "model/saved_model.pb", "no message");
  CHECK(run_tool({"show", folder / "model"}).has_one_error_with("saved_model.pb"));
}

TEST_CASE("cornu: help, version, and what is not understood") {
  const ToolRun help = run_tool({"--help"});
  CHECK(help.status == 0);
  CHECK(help.errors.empty());
  for (const char* command : {"show", "run", "verify", "plot"}) {
    CHECK(contains(help.output, command));
    const ToolRun own = run_tool({command, "--help"});
    CHECK(own.status == 0);
    CHECK(contains(own.output, std::string("Usage: cornu ") + command));
    const ToolRun bare = run_tool({command});
    INFO(bare);
    CHECK(bare.status == 2);
    CHECK(contains(bare.errors, std::string("; see cornu ") + command + " --help\n"));
  }
  CHECK(contains(run_tool({"--version"}).output, "cornu 0."));
  CHECK(run_tool({}).status == 2);
  CHECK(run_tool({"draw", "x"}).status == 2);
  CHECK(run_tool({"show", "x", "--colour"}).status == 2);
  CHECK(run_tool({"show", "x", "--width", "wide"}).status == 2);
}
