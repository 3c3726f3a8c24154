#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <limits>
#include <map>
#include <numeric>

#include <cornu/core/config/names.h>
#include <cornu/core/data/image_dataset.h>
#include <cornu/core/data/internal/resize.h>
#include <cornu/core/data/utils.h>
#include <cornu/core/error.h>
#include <cornu/core/io/image.h>
#include <cornu/core/ops/math.h>
#include <cornu/core/ops/shape_ops.h>
#include <cornu/core/random/random.h>

namespace cornu::utils {

namespace {

namespace fs = std::filesystem;

constexpr const char* place = "image_dataset_from_directory: ";

[[noreturn]] void fail(const std::string& message) { throw ValueError(place + message); }

// ---- options ----------------------------------------------------------------------------------------------------

void check_choice(const char* option, const std::string& value, const std::vector<std::string>& choices) {
  if (std::find(choices.begin(), choices.end(), value) == choices.end())
    fail(std::string(option) + ": '" + value + "' is unknown" + suggestion(value, choices));
}

void check_split(const ImageDatasetOptions& options) {
  if (options.validation_split && !(*options.validation_split > 0 && *options.validation_split < 1))
    fail("validation_split must be between 0 and 1; received " + std::to_string(*options.validation_split));
  if (options.validation_split.has_value() == options.subset.empty())
    fail("validation_split and subset are given together or not at all");
  if (!options.subset.empty()) check_choice("subset", options.subset, {"training", "validation"});
  if (options.validation_split && options.shuffle && !options.seed)
    fail("with validation_split and shuffle a seed must be given, so that training and validation images differ");
}

void check_options(const ImageDatasetOptions& options) {
  check_choice("labels", options.labels, {"inferred", "none"});
  check_choice("label_mode", options.label_mode, {"int", "categorical", "binary", "none"});
  check_choice("color_mode", options.color_mode, {"rgb", "rgba", "grayscale"});
  check_choice("interpolation", options.interpolation, {"bilinear", "nearest"});
  if (options.image_size[0] < 1 || options.image_size[1] < 1) fail("image_size must be positive");
  if (options.batch_size && *options.batch_size < 1) fail("batch_size must be at least 1");
  if (options.labels == "none" && !options.label_list.empty()) fail("labels is 'none', but there is a label_list");
  if (!options.class_names.empty() && (options.labels == "none" || !options.label_list.empty()))
    fail("class_names are for labels = \"inferred\"");
  check_split(options);
}

// ---- the files --------------------------------------------------------------------------------------------------

struct Index {
  std::vector<std::string> paths;
  std::vector<int64_t> labels;  // empty: none
  std::vector<std::string> class_names;
};

bool is_image(const fs::path& path) {
  std::string extension = path.extension().string();
  std::transform(extension.begin(), extension.end(), extension.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return extension == ".png" || extension == ".jpg" || extension == ".jpeg";
}

/// By folder, then by name, as Keras walks.
std::vector<std::string> images_in(const fs::path& directory, bool follow_links) {
  const auto links = follow_links ? fs::directory_options::follow_directory_symlink : fs::directory_options::none;
  std::map<std::string, std::vector<std::string>> by_folder;
  for (const auto& entry : fs::recursive_directory_iterator(directory, links))
    if (entry.is_regular_file() && is_image(entry.path()))
      by_folder[entry.path().parent_path().string()].push_back(entry.path().string());
  std::vector<std::string> paths;
  for (auto& [folder, files] : by_folder) {
    std::sort(files.begin(), files.end());
    paths.insert(paths.end(), files.begin(), files.end());
  }
  return paths;
}

std::vector<std::string> subfolders_of(const fs::path& directory) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(directory)) {
    const std::string name = entry.path().filename().string();
    if (entry.is_directory() && name[0] != '.') names.push_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::vector<std::string> class_names_of(const fs::path& directory, const ImageDatasetOptions& options) {
  const std::vector<std::string> found = subfolders_of(directory);
  if (options.class_names.empty()) return found;
  std::vector<std::string> given = options.class_names;
  std::sort(given.begin(), given.end());
  if (given != found)
    fail("class_names must be the names of the subfolders, " + join(found) + "; received " + join(options.class_names));
  return options.class_names;
}

/// Labels are int32 in the data set.
void check_labels(const Index& index) {
  for (size_t i = 0; i < index.labels.size(); ++i)
    if (index.labels[i] < 0 || index.labels[i] > std::numeric_limits<int32_t>::max())
      fail("label_list: the label of " + index.paths[i] + " must be a number from 0 on that fits int32; received " +
           std::to_string(index.labels[i]));
}

Index find_images(const std::string& directory, const ImageDatasetOptions& options) {
  std::error_code ignored;
  if (!fs::is_directory(directory, ignored)) throw FileError(place + directory + ": there is no such folder");
  Index index;
  if (options.labels == "none" || !options.label_list.empty()) {
    index.paths = images_in(directory, options.follow_links);
    index.labels = options.label_list;
    if (!index.labels.empty() && index.labels.size() != index.paths.size())
      fail("label_list must have a label for each of the " + std::to_string(index.paths.size()) + " images; received " +
           std::to_string(index.labels.size()));
    check_labels(index);
  } else {
    index.class_names = class_names_of(directory, options);
    for (size_t label = 0; label < index.class_names.size(); ++label) {
      const auto paths = images_in(fs::path(directory) / index.class_names[label], options.follow_links);
      index.paths.insert(index.paths.end(), paths.begin(), paths.end());
      index.labels.insert(index.labels.end(), paths.size(), static_cast<int64_t>(label));
    }
  }
  if (index.paths.empty())
    fail("no images were found in " + directory + "; allowed are .jpeg, .jpg and .png" +
         (options.labels == "none" ? "" : ", in a subfolder for each class"));
  return index;
}

// ---- order and labels -------------------------------------------------------------------------------------------

template <class T>
std::vector<T> chosen(const std::vector<T>& all, const std::vector<int64_t>& order) {
  std::vector<T> result;
  for (const int64_t number : order) result.push_back(all[static_cast<size_t>(number)]);
  return result;
}

/// The numbers of the images of the subset, shuffled if wanted.
std::vector<int64_t> order_of(size_t count, int64_t seed, const ImageDatasetOptions& options) {
  std::vector<int64_t> order(count);
  std::iota(order.begin(), order.end(), 0);
  if (options.shuffle)
    order = random::permutation(static_cast<int64_t>(count), {.dtype = int64, .seed = seed}).to_vector<int64_t>();
  if (!options.validation_split) return order;
  const auto kept = static_cast<int64_t>(*options.validation_split * static_cast<double>(count));
  const auto border = order.end() - kept;
  if (options.subset == "validation") return {border, order.end()};
  return {order.begin(), border};
}

bool has_labels(const ImageDatasetOptions& options) { return options.labels != "none" && options.label_mode != "none"; }

Tensor labels_of(const Index& index, const ImageDatasetOptions& options, int64_t class_count) {
  const Tensor labels = Tensor::from_span<int64_t>(index.labels, {static_cast<int64_t>(index.labels.size())});
  if (options.label_mode == "int") return cast(labels, int32);
  if (options.label_mode == "categorical") return to_categorical(labels, class_count);
  return reshape(cast(labels, float32), {-1, 1});
}

int64_t class_count_of(const Index& index, const ImageDatasetOptions& options) {
  if (!has_labels(options)) return 0;
  const int64_t largest = *std::max_element(index.labels.begin(), index.labels.end());
  const int64_t count = index.class_names.empty() ? largest + 1 : static_cast<int64_t>(index.class_names.size());
  if (options.label_mode == "binary" && count != 2)
    fail("label_mode 'binary' needs exactly 2 classes; there are " + std::to_string(count));
  return count;
}

void print_counts(size_t all, size_t used, size_t class_count, const ImageDatasetOptions& options) {
  if (!options.verbose) return;
  if (has_labels(options))
    std::printf("Found %zu files belonging to %zu classes.\n", all, class_count);
  else
    std::printf("Found %zu files.\n", all);
  if (!options.subset.empty()) std::printf("Using %zu files for %s.\n", used, options.subset.c_str());
}

// ---- the pipeline -----------------------------------------------------------------------------------------------

Tensor read_image(const std::string& path, const ImageDatasetOptions& options) {
  const int channels = options.color_mode == "grayscale" ? 1 : options.color_mode == "rgb" ? 3 : 4;
  const auto [height, width] = options.image_size;
  Tensor image = io::load_image(path, {.channels = channels});
  if (options.crop_to_aspect_ratio) image = crop_to_aspect_ratio(image, height, width);
  return resize_image(image, height, width, options.interpolation == "bilinear");
}

Dataset images_of(const Index& index, int64_t class_count, int64_t seed, const ImageDatasetOptions& options) {
  const auto count = static_cast<int64_t>(index.paths.size());
  std::vector<int64_t> numbers(index.paths.size());
  std::iota(numbers.begin(), numbers.end(), 0);
  TensorList rows{Tensor::from_span<int64_t>(numbers, {count})};
  if (has_labels(options)) rows.push_back(labels_of(index, options, class_count));
  Dataset dataset = Dataset::from_tensor_slices(rows);
  if (options.shuffle) dataset = dataset.shuffle(options.batch_size ? *options.batch_size * 8 : 1024, {.seed = seed});
  const auto load = [paths = index.paths, options](const TensorList& element) {
    TensorList loaded = element;
    loaded[0] = read_image(paths[static_cast<size_t>(element[0].item<int64_t>())], options);
    return loaded;
  };
  dataset = dataset.map(load, {.num_parallel_calls = datasets::AUTOTUNE});
  return (options.batch_size ? dataset.batch(*options.batch_size) : dataset).prefetch();
}

}  // namespace

ImageDataset image_dataset_from_directory(const std::string& directory, const ImageDatasetOptions& options) {
  check_options(options);
  Index index = find_images(directory, options);
  const int64_t class_count = class_count_of(index, options);
  const int64_t seed = options.seed ? *options.seed : random::global_generator().make_seed();
  const size_t all = index.paths.size();
  const auto order = order_of(all, seed, options);
  if (order.empty()) fail("of " + std::to_string(all) + " images, none is left for " + options.subset);
  index.paths = chosen(index.paths, order);
  if (!index.labels.empty()) index.labels = chosen(index.labels, order);
  print_counts(all, index.paths.size(), static_cast<size_t>(class_count), options);
  return {images_of(index, class_count, seed, options), index.class_names, index.paths};
}

}  // namespace cornu::utils
