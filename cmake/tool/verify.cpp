#include <cstdio>
#include <filesystem>
#include <iostream>
#include <memory>

#include <CLI/CLI.hpp>

#include "commands.h"
#include "contents.h"
#include "table.h"
#include <cornu/core/error.h>
#include <cornu/core/io/npy.h>
#include <cornu/core/io/npz.h>
#include <cornu/core/io/safetensors.h>
#include <cornu/core/io/tensor_bundle.h>
#include <cornu/core/io/tfrecord.h>
#include <cornu/core/saved_model/internal/inspection.h>

namespace tool {

namespace {

namespace fs = std::filesystem;

/// Goes through all that a path names, and on after what is damaged.
class Verification {
 public:
  void verify(const Item& item) {
    switch (item.kind) {
      case Kind::saved_model:
        return verify_saved_model(item.path);
      case Kind::checkpoint:
        return attempt([&] { verify_bundle(item.path); });
      case Kind::events:
        return verify_events(item.path);
      case Kind::records:
        return attempt([&] { verify_records(item.path); });
      case Kind::npy:
        return attempt([&] { report(item.path, "the array is whole; the format has no checksums", load(item.path)); });
      case Kind::npz:
        return attempt([&] {
          const size_t count = cornu::load_npz(item.path).size();
          report(item.path, "all checksums agree", counted(count, "array", "arrays"));
        });
      case Kind::safetensors:
        return attempt([&] {
          const size_t count = cornu::load_safetensors(item.path).size();
          report(item.path, "all tensors are whole; the format has no checksums", counted(count, "tensor", "tensors"));
        });
    }
  }

  bool is_damaged() const { return is_damaged_; }

 private:
  void attempt(const auto& check) {
    try {
      check();
    } catch (const cornu::Error& error) {
      is_damaged_ = true;
      std::cout.flush();
      std::fprintf(stderr, "cornu: %s\n", error.what());
    }
  }

  static std::string load(const std::string& path) {
    const cornu::Tensor array = cornu::load_npy(path);
    return std::string(cornu::name(array.dtype())) + " " + array.shape().to_string();
  }

  static void report(const std::string& path, const std::string& verdict, const std::string& what) {
    std::cout << path << ": " << what << ": " << verdict << "\n";
  }

  void verify_saved_model(const std::string& path) {
    attempt([&] { cornu::saved_model::verify_fingerprint(path); });
    const std::string variables = path + "/variables/variables";
    if (cornu::io::bundle_exists(variables)) attempt([&] { verify_bundle(variables); });
    attempt([&] {
      const auto model = cornu::saved_model::load_to_look_at(path);
      report(path, "whole", counted(model.variables().size(), "variable", "variables"));
    });
  }

  /// Each entry by itself, so that all damaged ones are named.
  void verify_bundle(const std::string& prefix) {
    const cornu::io::TensorBundleReader bundle(prefix);
    uint64_t bytes = 0;
    size_t sound = 0;
    for (const cornu::io::BundleEntry& entry : bundle.entries()) {
      attempt([&] {
        if (!entry.in_slices) bundle.verify(entry.key);
        ++sound;
      });
      bytes += entry.size;
    }
    if (sound == bundle.entries().size())
      report(prefix, "all checksums agree", counted(sound, "entry", "entries") + ", " + bytes_text(bytes));
  }

  void verify_events(const std::string& path) {
    if (!fs::is_directory(path)) return attempt([&] { verify_records(path); });
    for (const auto& entry : fs::recursive_directory_iterator(path))
      if (entry.is_regular_file() && is_event_file(entry.path().string()))
        attempt([&] { verify_records(entry.path().string()); });
  }

  void verify_records(const std::string& path) {
    cornu::io::TFRecordReader reader(path);
    size_t count = 0;
    while (reader.next()) ++count;
    if (reader.is_truncated())
      throw cornu::FileError(path + ": ends within record " + std::to_string(count) +
                             ": its writer was stopped, or is still writing; the records before it are whole");
    report(path, "all checksums agree", counted(count, "record", "records"));
  }

  bool is_damaged_ = false;
};

}  // namespace

void add_verify(CLI::App& app) {
  const auto path = std::make_shared<std::string>();
  CLI::App* const verify = app.add_subcommand("verify", "Read all of PATH and compare its checksums");
  verify->add_option("PATH", *path, path_help)->required()->type_name("");
  verify->footer(
      "A folder's checkpoints and event files are all read. Everything that is damaged is named, each on a line of "
      "its\n"
      "own, and the exit code is 1.");
  verify->callback([path] {
    Verification verification;
    for (const Item& item : items_in(*path)) verification.verify(item);
    if (verification.is_damaged()) throw Damaged();
  });
}

}  // namespace tool
