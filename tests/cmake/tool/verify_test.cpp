#include "cmake/tool/tool_run.h"
#include <cornu/core/io/npy.h>
#include <cornu/core/io/npz.h>
#include <cornu/core/io/safetensors.h>
#include <cornu/core/io/tfrecord.h>
#include <cornu/core/train/checkpoint.h>

using namespace cornu;

namespace {

std::string data_file(const std::string& prefix) { return prefix + ".data-00000-of-00001"; }

void check_whole(const std::string& path, const std::string& part) {
  const ToolRun run = run_tool({"verify", path});
  INFO(run);
  CHECK(run.status == 0);
  CHECK(run.errors.empty());
  CHECK(contains(run.output, part));
}

void check_damaged(const std::string& path, const std::string& part) {
  const ToolRun run = run_tool({"verify", path});
  INFO(run);
  CHECK(run.has_one_error_with(part));
}

}  // namespace

TEST_CASE("cornu verify: SavedModels") {
  check_whole(half_plus_two, "4 entries, 631 bytes: all checksums agree");
  const TemporaryFolder folder;
  save_linear_model(folder / "linear");
  check_whole(folder / "linear", "2 variables: whole");
  SECTION("a bit of the graph") {
    // In a name, so that the message can still be read.
    damage(folder / "linear/saved_model.pb", read_bytes(folder / "linear/saved_model.pb").find("TensorFlow") + 3);
    CHECK(run_tool({"verify", folder / "linear"}).status == 1);
  }
  SECTION("a bit of the graph, in a text that nothing depends on") {
    const size_t place = read_bytes(folder / "linear/saved_model.pb").rfind("serving_default_inputs");
    damage(folder / "linear/saved_model.pb", place + 4);
    CHECK(contains(run_tool({"verify", folder / "linear"}).errors,
                   "saved_model.pb: its hash is not the one in fingerprint.pb"));
  }
  SECTION("the fingerprint") {
    write_bytes(folder / "linear/fingerprint.pb", "\xff");
    check_damaged(folder / "linear", "fingerprint.pb");
  }
  SECTION("no fingerprint, as older files") {
    std::filesystem::remove(folder / "linear/fingerprint.pb");
    check_whole(folder / "linear", "2 variables: whole");
  }
  SECTION("a value") {
    damage(data_file(folder / "linear/variables/variables"), 2);
    const ToolRun run = run_tool({"verify", folder / "linear"});
    CHECK(run.status == 1);
    CHECK(contains(run.errors, "entry 'dense/b/.ATTRIBUTES/VARIABLE_VALUE' at byte 0: the checksum does not fit"));
  }
  SECTION("no values") {
    std::filesystem::remove_all(folder / "linear/variables");
    CHECK(run_tool({"verify", folder / "linear"}).status == 1);
  }
}

TEST_CASE("cornu verify: every damaged entry of a checkpoint is named") {
  const TemporaryFolder folder;
  Variable a(constant({1.f, 2.f})), b(constant({3.f, 4.f}));
  Checkpoint checkpoint({{"a", a}, {"b", b}});
  const std::string first = checkpoint.save(folder / "ckpt"), second = checkpoint.save(folder / "ckpt");
  check_whole(first, "4 entries");
  check_whole(folder.path(), "ckpt-1: 4 entries");
  check_whole(folder.path(), "ckpt-2: 4 entries");
  const std::string bytes = read_bytes(data_file(first));
  const float one = 1, three = 3;
  damage(data_file(first), bytes.find(std::string(reinterpret_cast<const char*>(&one), sizeof one)));
  damage(data_file(first), bytes.find(std::string(reinterpret_cast<const char*>(&three), sizeof three)));
  const ToolRun run = run_tool({"verify", folder.path()});
  INFO(run);
  CHECK(run.status == 1);
  CHECK(contains(run.errors, "entry 'a/.ATTRIBUTES/VARIABLE_VALUE'"));
  CHECK(contains(run.errors, "entry 'b/.ATTRIBUTES/VARIABLE_VALUE'"));
  CHECK(contains(run.output, "ckpt-2: 4 entries"));
  CHECK_FALSE(contains(run.output, "ckpt-1"));
  write_bytes(second + ".index", "no table");
  CHECK(contains(run_tool({"verify", folder.path()}).errors, "ckpt-2.index"));
}

TEST_CASE("cornu verify: event files and records") {
  const TemporaryFolder folder;
  const std::vector<std::string> files = write_scalars(folder.path());
  check_whole(folder.path(), "records: all checksums agree");
  check_whole(files[1], "42 records");  // and the one of the version
  damage(files[1], 300);
  check_damaged(files[1], "at byte");
  const ToolRun both = run_tool({"verify", folder.path()});
  CHECK(both.has_one_error_with(files[1]));
  CHECK(contains(both.output, files[0]));
  const std::string bytes = read_bytes(files[0]);
  write_bytes(files[0], bytes.substr(0, bytes.size() - 1));
  check_damaged(files[0], "ends within record 82");
  io::TFRecordWriter(folder / "r.tfrecord").write("text");
  check_whole(folder / "r.tfrecord", "1 record: all");
}

TEST_CASE("cornu verify: files of arrays") {
  const TemporaryFolder folder;
  save_npy(folder / "a.npy", ones({8}));
  save_npz(folder / "a.npz", {{"a", ones({8})}});
  save_safetensors(folder / "a.safetensors", {{"a", ones({8})}});
  check_whole(folder / "a.npy", "float32 (8,)");
  check_whole(folder / "a.npz", "1 array: all checksums agree");
  check_whole(folder / "a.safetensors", "1 tensor");
  damage(folder / "a.npz", read_bytes(folder / "a.npz").find("\x80\x3f"));
  check_damaged(folder / "a.npz", "CRC");
  for (const std::string file : {"a.npy", "a.safetensors"}) {
    const std::string bytes = read_bytes(folder / file);
    write_bytes(folder / file, bytes.substr(0, bytes.size() - 1));
    check_damaged(folder / file, file);
  }
  check_damaged(folder / "none.npz", "is not there");
}
