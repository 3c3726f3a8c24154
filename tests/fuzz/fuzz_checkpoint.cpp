// What only checkpoints have: the graph of their objects, within a bundle that is sound, and the text file that tells
// which one is the last.
#include "fuzz/fuzz.h"
#include <cornu/core/io/tensor_bundle.h>
#include <cornu/core/ops/creation.h>
#include <cornu/core/train/checkpoint.h>

using namespace cornu;

namespace {

void write_bundle(const std::string& prefix, std::string_view object_graph) {
  io::TensorBundleWriter bundle(prefix);
  for (const char* name : {"part/kernel", "part/bias", "save_counter"})
    bundle.add(std::string(name) + "/.ATTRIBUTES/VARIABLE_VALUE",
               name[0] == 's' ? constant(int64_t{7}) : constant({1.f, 2.f}));
  bundle.add_string("_CHECKPOINTABLE_OBJECT_GRAPH", object_graph);
  bundle.finish();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  const std::string_view input = fuzz::text(bytes, size);
  fuzz::file("checkpoint", input);
  fuzz::read_or_refuse([] { latest_checkpoint(fuzz::folder().path()); });
  write_bundle(fuzz::folder() / "ckpt-1", input);
  const Variable kernel(constant({0.f, 0.f}), {.name = "kernel"}), bias(constant({0.f, 0.f}), {.name = "bias"});
  Checkpoint part({{"kernel", kernel}, {"bias", bias}}), checkpoint({{"part", part}});
  try {
    checkpoint.restore(fuzz::folder() / "ckpt-1").expect_partial().assert_existing_objects_matched();
  } catch (const Error&) {  // also of values that do not fit their variables
  }
  return 0;
}
