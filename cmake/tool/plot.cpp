#include <iostream>
#include <memory>

#include <CLI/CLI.hpp>

#include "commands.h"
#include "scalars.h"
#include "table.h"
#include <cornu/core/error.h>
#include <cornu/core/io/atomic_file.h>

namespace tool {

namespace {

struct PlotCommand {
  std::string path = {}, output = {};
  std::vector<std::string> tags = {};
  cornu::summary::PlotOptions size = {.width = 800, .height = 300};

  void run() const {
    const auto series = scalars_in(path, tags);
    if (series.empty()) throw cornu::ValueError(path + ": there are no scalars to draw");
    cornu::io::write_file_atomically(output, std::string_view(cornu::summary::svg_plot(series, size)));
    std::cout << output << ": " << counted(series.size(), "line", "lines") << "\n";
  }
};

}  // namespace

void add_plot(CLI::App& app) {
  const auto command = std::make_shared<PlotCommand>();
  CLI::App* const plot = app.add_subcommand("plot", "Draw the scalars of event files as a picture (SVG)");
  plot->add_option("LOGDIR", command->path, "An event file, or a folder with some anywhere below: each folder is a run")
      ->required()
      ->type_name("");
  plot->add_option("-o,--output", command->output, "The picture, as loss.svg")->required()->type_name("FILE");
  plot->add_option("--tag", command->tags, tag_help)->take_all()->type_name("NAME");
  plot->add_option("--width", command->size.width, "Pixels across")->capture_default_str()->type_name("");
  plot->add_option("--height", command->size.height, "Pixels of each chart, of which there is one a tag")
      ->capture_default_str()
      ->type_name("");
  plot->callback([command] { command->run(); });
}

}  // namespace tool
