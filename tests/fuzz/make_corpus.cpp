// Writes the inputs that the fuzzers begin with: make_corpus FOLDER. The files are what the library's own writers
// write, small, and some of them damaged; what fuzzing has found stays beside them.
#include <algorithm>
#include <cstdio>
#include <filesystem>

#include <leveldb/env.h>
#include <leveldb/options.h>
#include <leveldb/table_builder.h>
#include <proto/event.pb.h>
#include <zlib.h>

#include "core/io/temporary_folder.h"
#include "paths.h"
#include <cornu/core/graph/function.h>
#include <cornu/core/io/npy.h>
#include <cornu/core/io/npz.h>
#include <cornu/core/io/safetensors.h>
#include <cornu/core/io/tensor_bundle.h>
#include <cornu/core/io/tfrecord.h>
#include <cornu/core/ops/creation.h>
#include <cornu/core/ops/indexing.h>
#include <cornu/core/ops/math.h>
#include <cornu/core/ops/matmul.h>
#include <cornu/core/ops/nn.h>
#include <cornu/core/ops/reduce.h>
#include <cornu/core/ops/shape_ops.h>
#include <cornu/core/ops/sorting.h>
#include <cornu/core/saved_model/saved_model.h>
#include <cornu/core/train/checkpoint.h>

using namespace cornu;
namespace fs = std::filesystem;

namespace {

/// The folder of one fuzzer's inputs.
class Corpus {
 public:
  Corpus(const fs::path& parent, const std::string& name) : folder_(parent / name) { fs::create_directories(folder_); }

  void add(const std::string& name, const std::string& bytes) const { write_bytes((folder_ / name).string(), bytes); }

  /// The bytes as they are, cut off in the middle, and with a bit turned in the first third.
  void add_with_damage(const std::string& name, const std::string& bytes) const {
    add(name, bytes);
    add(name + "-cut", bytes.substr(0, bytes.size() / 2));
    std::string flipped = bytes;
    flipped[flipped.size() / 3] ^= 8;
    add(name + "-flipped", flipped);
  }

  /// What `write(path)` writes.
  template <class Write>
  void add_written(const std::string& name, Write&& write) const {
    const TemporaryFolder folder;
    write(folder / name);
    add_with_damage(name, read_bytes(folder / name));
  }

 private:
  fs::path folder_;
};

std::map<std::string, Tensor> sample_tensors() {
  return {{"kernel", constant({{1.f, 2.f}, {3.f, 4.f}})},
          {"flags", constant({true, false, true})},
          {"count", constant(int64_t{7})},
          {"bytes", cast(constant({1, 2, 3}), uint8)},
          {"empty", zeros({0, 3}, float64)}};
}

std::string npy(const std::string& header, const std::string& elements) {
  const std::string text = header + "\n";
  return std::string("\x93NUMPY\x01\0", 8) + static_cast<char>(text.size()) + '\0' + text + elements;
}

void make_numpy(const Corpus& corpus) {
  for (const auto& [name, tensor] : sample_tensors())
    corpus.add_written(name + ".npy", [&, tensor = tensor](const std::string& path) { save_npy(path, tensor); });
  for (const bool compressed : {false, true})
    corpus.add_written(compressed ? "compressed.npz" : "stored.npz",
                       [&](const std::string& path) { save_npz(path, sample_tensors(), {.compressed = compressed}); });
  const std::string elements(24, '\1');
  corpus.add("fortran.npy", npy("{'descr': '>f4', 'fortran_order': True, 'shape': (2, 3), }", elements));
  corpus.add("claims-much.npy", npy("{'descr': '<f8', 'fortran_order': False, 'shape': (1099511627776,), }", elements));
  corpus.add("overflows.npy",
             npy("{'descr': '<f8', 'fortran_order': False, 'shape': (4294967296, 4294967296), }", elements));
}

std::string safetensors(const std::string& header, const std::string& values) {
  std::string length(8, '\0');
  for (size_t i = 0; i < length.size(); ++i) length[i] = static_cast<char>(header.size() >> 8 * i);
  return length + header + values;
}

void make_safetensors(const Corpus& corpus) {
  corpus.add_written("sample", [](const std::string& path) { save_safetensors(path, sample_tensors()); });
  corpus.add("metadata",
             safetensors(R"({"__metadata__":{"a":"b"},"x":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}})", "ab"));
  corpus.add("claims-much",
             safetensors(R"({"x":{"dtype":"F64","shape":[137438953472],"data_offsets":[0,1099511627776]}})", "ab"));
  corpus.add("overlapping", safetensors(R"({"x":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},)"
                                        R"("y":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}})",
                                        "abc"));
  corpus.add("header-claims-much", std::string("\xff\xff\xff\xff\xff\0\0\0{}", 10));
}

std::string gzipped(const std::string& bytes) {
  const TemporaryFolder folder;
  const gzFile file = gzopen((folder / "file.gz").c_str(), "wb");
  gzwrite(file, bytes.data(), static_cast<unsigned>(bytes.size()));
  gzclose(file);
  return read_bytes(folder / "file.gz");
}

void make_idx(const Corpus& corpus) {
  const std::string images = std::string("\0\0\x8\3\0\0\0\2\0\0\0\1\0\0\0\3", 16) + "abcdef";
  const std::string labels = std::string("\0\0\x8\1\0\0\0\2", 8) + "ab";
  corpus.add_with_damage("images", images);
  corpus.add_with_damage("labels", labels);
  corpus.add_with_damage("images.gz", gzipped(images));
  corpus.add_with_damage("labels.gz", gzipped(labels));
  corpus.add("claims-much", std::string("\0\0\x8\3\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", 16) + "abcdef");
}

proto::Event scalar_event(int64_t step, bool as_tensor) {
  proto::Event event;
  event.set_step(step);
  event.set_wall_time(1e9 + static_cast<double>(step));
  auto& value = *event.mutable_summary()->add_value();
  value.set_tag("loss");
  if (!as_tensor) {
    value.set_simple_value(0.5f);
    return event;
  }
  value.mutable_metadata()->mutable_plugin_data()->set_plugin_name("scalars");
  value.mutable_tensor()->set_dtype(proto::DT_FLOAT);
  value.mutable_tensor()->add_float_val(0.25f);
  return event;
}

void make_tfrecord(const Corpus& corpus) {
  corpus.add_written("records", [](const std::string& path) {
    io::TFRecordWriter writer(path);
    for (const char* record : {"first", "", "a third record, which is longer"}) writer.write(record);
  });
  corpus.add_written("events", [](const std::string& path) {
    io::TFRecordWriter writer(path);
    proto::Event first;
    first.set_file_version("brain.Event:2");
    writer.write(first.SerializeAsString());
    for (int64_t step = 0; step < 4; ++step) writer.write(scalar_event(step, step % 2 == 0).SerializeAsString());
  });
  corpus.add("claims-much", std::string("\xff\xff\xff\xff\xff\0\0\0\0\0\0\0", 12));
}

/// The index, and the values behind it.
std::string bundle_bytes(const std::string& prefix) {
  return read_bytes(prefix + ".index") + read_bytes(prefix + ".data-00000-of-00001");
}

/// The same index as LevelDB writes it in compressed blocks.
std::string compressed_bundle(const std::string& prefix) {
  leveldb::WritableFile* file = nullptr;
  leveldb::Env::Default()->NewWritableFile(prefix + ".compressed", &file);
  {
    leveldb::Options options;
    options.compression = leveldb::kSnappyCompression;
    leveldb::TableBuilder builder(options, file);
    const std::string repeated(400, 'a');  // in a field that no reader knows, so that there is something to compress
    builder.Add("", "\x08\x01\x1a\x02\x08\x01\x7a\x90\x03" + repeated);  // one data file, version 1
    builder.Finish();
  }
  delete file;
  return read_bytes(prefix + ".compressed");
}

void make_tensor_bundle(const Corpus& corpus) {
  const TemporaryFolder folder;
  {
    io::TensorBundleWriter bundle(folder / "sample");
    for (const auto& [name, tensor] : sample_tensors()) bundle.add(name, tensor);
    bundle.add_string("text", "some text");
    bundle.finish();
  }
  corpus.add_with_damage("sample", bundle_bytes(folder / "sample"));
  corpus.add_with_damage("tensorflow", bundle_bytes(std::string(test_data_directory) +
                                                    "/tensorflow/saved_model_half_plus_two_tf2_cpu/00000123/variables/"
                                                    "variables"));
  corpus.add("compressed", compressed_bundle(folder / "sample"));
}

void make_checkpoint(const Corpus& corpus) {
  const TemporaryFolder folder;
  const Variable kernel(constant({1.f, 2.f}), {.name = "kernel"}), bias(constant({3.f, 4.f}), {.name = "bias"});
  Checkpoint part({{"kernel", kernel}, {"bias", bias}}), checkpoint({{"part", part}});
  const std::string prefix = checkpoint.save(folder / "ckpt");
  corpus.add_with_damage("objects", io::TensorBundleReader(prefix).read_string("_CHECKPOINTABLE_OBJECT_GRAPH"));
  corpus.add_with_damage("state",
                         "model_checkpoint_path: \"ckpt-1\"\nall_model_checkpoint_paths: \"ckpt-1\"\n"
                         "all_model_checkpoint_timestamps: 1700000000.25\nlast_preserved_timestamp: 1700000000\n");
}

void add_model(const Corpus& corpus, const std::string& name, const std::function<Tensor(const Tensor&)>& call,
               const std::map<std::string, Variable>& variables, const Shape& shape) {
  const TemporaryFolder folder;
  const Function traced = function(call, {.input_signature = {TensorSpec(shape)}, .name = name});
  saved_model::save(traced.concrete_function(ones({2, 4})), variables, folder / "model");
  corpus.add(name, read_bytes(folder / "model/saved_model.pb"));
}

void make_saved_model(const Corpus& corpus) {
  const Variable a(constant(0.5f), {.name = "a"}), b(constant(2.f), {.name = "b"});
  const std::map<std::string, Variable> variables = {{"a", a}, {"b", b}};
  const Tensor weights = ones({4, 3});
  const Shape unknown_rows({-1, 4});
  add_model(
      corpus, "linear", [&](const Tensor& x) { return x * a + b; }, variables, unknown_rows);
  add_model(
      corpus, "dense", [&](const Tensor& x) { return softmax(relu(matmul(x, weights) + a)); }, variables, unknown_rows);
  add_model(
      corpus, "arranging",
      [](const Tensor& x) {
        const Tensor turned = transpose(reshape(x, {-1, 2, 2}), {0, 2, 1});
        const Tensor joined = concat({turned, reverse(turned, {1})}, 2);
        return squeeze(expand_dims(pad(tile(joined, {1, 2, 1}), {{0, 0}, {1, 2}, {0, 0}}), 0), {0});
      },
      {}, unknown_rows);
  add_model(corpus, "picking",
            [](const Tensor& x) {
              const Tensor rows = gather(x, constant({1, 0, 1}), 1);
              const Tensor part = rows.slice({{}, {0, 3, 2}});
              return one_hot(argmax(part, 1), 3) + stack({x, x}).slice({{1, 2}, {}, {1, 4}});
            },
            {}, {2, 4});
  add_model(corpus, "reducing",
            [](const Tensor& x) {
              return reduce_sum(exp(x), {1}, {.keepdims = true}) + reduce_mean(x, {0}) * reduce_max(sqrt(abs(x))) +
                     cumsum(x, 1) + top_k(x, 4).values;
            },
            {}, {2, 4});
  add_model(corpus, "vast", [](const Tensor& x) { return broadcast_to(reduce_sum(x), {int64_t{1} << 33}); }, {},
            {2, 4});
  const std::string tensorflow =
      std::string(test_data_directory) + "/tensorflow/saved_model_half_plus_two_tf2_cpu/00000123/saved_model.pb";
  corpus.add("tensorflow", read_bytes(tensorflow));
  corpus.add("tensorflow-cut", read_bytes(tensorflow).substr(0, 20000));
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 2) {
    std::fprintf(stderr, "make_corpus FOLDER\n");
    return 2;
  }
  const fs::path folder = arguments[1];
  make_numpy({folder, "numpy"});
  make_safetensors({folder, "safetensors"});
  make_idx({folder, "idx"});
  make_tfrecord({folder, "tfrecord"});
  make_tensor_bundle({folder, "tensor_bundle"});
  make_checkpoint({folder, "checkpoint"});
  make_saved_model({folder, "saved_model"});
}
