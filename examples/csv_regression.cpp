// Regression on a table: a CSV file read as a data set, inputs normalized by what the training part looks like.
// usage: csv_regression [FILE]; without one it writes flats.csv, a table of flats and their rents.
#include <cmath>
#include <cstdio>
#include <fstream>

#include <cornu/cornu.h>
using namespace cornu;

static void write_table(const std::string& path) {
  std::ofstream table(path);
  table << "area,rooms,floor,district,rent\n";
  const std::vector<float> noise = random::normal({600}).to_vector<float>();
  const char* const districts[] = {"centre", "north", "harbour"};
  const double extra[] = {350, 0, 120};
  for (int i = 0; i < 600; ++i) {
    const double area = 25 + i * 37 % 120;
    const int rooms = 1 + static_cast<int>(area / 30), floor = i * 7 % 6, district = i * 11 % 3;
    const double rent = 200 + 9.5 * area + 40 * rooms + 15 * floor + extra[district] + 25 * noise[i];
    table << area << "," << rooms << "," << floor << "," << districts[district] << "," << std::lround(rent) << "\n";
  }
}

int main(int argc, char** argv) try {
  set_random_seed(1);
  const std::string path = argc > 1 ? argv[1] : "flats.csv";
  if (argc < 2) write_table(path);

  // {features (4,), rent} of each line; a district is the number of its word.
  Dataset table =
      Dataset::from_csv(path, {.columns = {{.name = "area"},
                                           {.name = "rooms"},
                                           {.name = "floor"},
                                           {.name = "district", .vocabulary = {"centre", "north", "harbour"}},
                                           {.name = "rent"}},
                               .label_name = "rent",
                               .stack_features = true});
  Dataset training = table.skip(120).cache().shuffle(480).batch(32), test = table.take(120).batch(120);

  layers::Normalization normalization;
  TensorList all = *table.skip(120).batch(480).iterator().next();
  normalization.adapt(all[0]);
  Sequential model{
      layers::InputLayer({4}),
      std::move(normalization),
      layers::Dense({.units = 32, .activation = "relu"}),
      layers::Dense({.units = 32, .activation = "relu"}),
      layers::Dense({.units = 1}),
  };
  model.compile({.optimizer = optimizers::Adam({.learning_rate = 0.02}), .loss = "mse", .metrics = {"mae"}});
  model.fit(training, {.epochs = 60, .validation_data = test, .verbose = 0});
  Logs result = model.evaluate(test, {.verbose = 0});
  std::printf("the rents are off by %.0f on average\n", result["mae"]);
  return result["mae"] < 60 ? 0 : 1;
} catch (const Error& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
