#include "cmake/tool/tool_run.h"
#include <cornu/core/io/npy.h>

using namespace cornu;

TEST_CASE("cornu plot: a picture with a chart a tag and a line a run") {
  const TemporaryFolder folder;
  const std::vector<std::string> files = write_scalars(folder / "logs");
  const ToolRun run = run_tool({"plot", folder / "logs", "-o", folder / "all.svg", "--width", "640"});
  INFO(run);
  CHECK(run.status == 0);
  CHECK(contains(run.output, "all.svg: 3 lines\n"));
  const std::string picture = read_bytes(folder / "all.svg");
  CHECK(picture.starts_with("<svg "));
  CHECK(picture.ends_with("</svg>\n"));
  for (const char* part : {"width=\"640\"", ">loss<", ">accuracy<", ">train<", ">validation<"})
    CHECK(contains(picture, part));
  CHECK(run_tool({"plot", files[0], "-o", folder / "loss.svg", "--tag", "loss"}).status == 0);
  CHECK_FALSE(contains(read_bytes(folder / "loss.svg"), ">accuracy<"));
}

TEST_CASE("cornu plot: what cannot be drawn is an error of one line, and leaves no picture") {
  const TemporaryFolder folder;
  const std::vector<std::string> files = write_scalars(folder / "logs");
  const std::string picture = folder / "loss.svg";
  CHECK(run_tool({"plot", folder / "none", "-o", picture}).has_one_error_with("none"));
  CHECK(
      run_tool({"plot", folder / "logs", "-o", picture, "--tag", "f1"}).has_one_error_with("there are accuracy, loss"));
  CHECK(run_tool({"plot", folder / "logs", "-o", folder / "none/loss.svg"}).has_one_error_with("none"));
  CHECK(run_tool({"plot", folder / "logs", "-o", picture, "--height", "1"}).has_one_error_with("expected a width"));
  std::filesystem::create_directory(folder / "empty");
  CHECK(run_tool({"plot", folder / "empty", "-o", picture}).has_one_error_with("no scalars to draw"));
  damage(files[0], 300);
  CHECK(run_tool({"plot", folder / "logs", "-o", picture}).has_one_error_with("checksum"));
  CHECK_FALSE(std::filesystem::exists(picture));
  CHECK(run_tool({"plot", folder / "logs"}).status == 2);
  save_npy(folder / "x.npy", ones({2}));
  CHECK(run_tool({"plot", folder / "x.npy", "-o", picture}).status == 1);
}
