// The program `cornu`: looks into the files that Cornu reads and writes, and runs SavedModels.
#include <cstdio>

#include <CLI/CLI.hpp>

#include "commands.h"
#include <cornu/core/error.h>

int main(int argc, char** argv) {
  CLI::App app("Looks into models, checkpoints and files of arrays, and runs SavedModels.", "cornu");
  app.require_subcommand(1);
  app.failure_message(CLI::FailureMessage::simple);
  std::string path, signature = "serving_default";
  std::vector<std::string> inputs, outputs;

  CLI::App* show = app.add_subcommand("show",
                                      "Print what PATH holds: the signatures, variables and operations of a "
                                      "SavedModel, the entries of a checkpoint, the arrays of npy, npz and "
                                      "safetensors");
  show->add_option("PATH", path, "a SavedModel's folder, a checkpoint's prefix or folder, or a file")->required();
  show->callback([&] { tool::show(path); });

  CLI::App* run = app.add_subcommand("run", "Run a SavedModel on arrays");
  run->add_option("SAVED_MODEL", path, "the folder")->required();
  run->add_option("--input", inputs, "NAME=FILE.npy, once for each input")->required();
  run->add_option("--output", outputs, "NAME=FILE.npy for an output, or FILE.npy for the only one; printed without");
  run->add_option("--signature", signature, "which function (serving_default)");
  run->callback([&] { tool::run(path, signature, inputs, outputs); });

  CLI::App* verify = app.add_subcommand("verify", "Read all of PATH and compare its checksums");
  verify->add_option("PATH", path, "a SavedModel's folder, a checkpoint's prefix or folder, or a file")->required();
  verify->callback([&] { tool::verify(path); });

  try {
    app.parse(argc, argv);
    return 0;
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "cornu: %s\n", error.what());
    return 1;
  }
}
