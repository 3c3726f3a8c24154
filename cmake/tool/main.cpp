// The program `cornu`: looks into the files that Cornu reads and writes, and runs SavedModels.
#include <algorithm>
#include <cstdio>
#include <iostream>

#include <CLI/CLI.hpp>

#include "commands.h"
#include <cornu/core/error.h>

namespace {

/// One line on the error output, whatever the message.
void report(std::string message) {
  std::replace(message.begin(), message.end(), '\n', ' ');
  std::fprintf(stderr, "cornu: %s\n", message.c_str());
}

/// What was printed must have arrived: a full disk is an error.
void flush_output() {
  std::cout.flush();
  if (!std::cout) throw cornu::FileError("the output could not be written");
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Looks into models, checkpoints, event files and files of arrays, and runs SavedModels.", "cornu");
  app.require_subcommand(1);
  app.set_version_flag("--version", std::string("cornu ") + CORNU_VERSION, "Print the version and exit");
  app.set_help_flag("-h,--help", "Print this help and exit");
  app.footer(
      "`cornu COMMAND --help` explains a command.\n"
      "Exit codes: 0 all is well; 1 something is missing, damaged or does not fit; 2 the command was not understood.");
  tool::add_show(app);
  tool::add_run(app);
  tool::add_verify(app);
  tool::add_plot(app);

  try {
    app.parse(argc, argv);
    flush_output();
    return 0;
  } catch (const CLI::Success& help) {
    return app.exit(help);
  } catch (const CLI::ParseError& error) {
    const auto chosen = app.get_subcommands();
    report(std::string(error.what()) + "; see cornu " + (chosen.empty() ? "" : chosen[0]->get_name() + " ") + "--help");
    return 2;
  } catch (const tool::Damaged&) {
    return 1;  // reported already
  } catch (const std::exception& error) {
    std::cout.flush();
    report(error.what());
    return 1;
  }
}
