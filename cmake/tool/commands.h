#pragma once
#include <exception>

namespace CLI {
class App;
}

/// The commands of the program `cornu`, each in a file of its own. They throw cornu::Error for what cannot be done.
namespace tool {

/// Prints what a path holds.
void add_show(CLI::App& app);
/// Runs a function of a SavedModel on arrays in .npy files.
void add_run(CLI::App& app);
/// Reads everything and compares all checksums.
void add_verify(CLI::App& app);
/// Draws scalars as a picture.
void add_plot(CLI::App& app);

/// Thrown by a command that has already reported what is wrong.
struct Damaged : std::exception {};

}  // namespace tool
