#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <cornu/core/data/dataset.h>
#include <cornu/core/export.h>

namespace cornu::utils {

struct ImageDatasetOptions {
  /// "inferred": the subfolders are the classes; "none": the images alone, without labels.
  std::string labels = "inferred";
  /// A label for each image, in the order of their sorted paths, in place of what is inferred.
  std::vector<int64_t> label_list = {};
  /// "int": int32 scalars; "categorical": float32 rows with a 1; "binary": float32 0 or 1, for two classes; "none".
  std::string label_mode = "int";
  /// The subfolders, all of them, in the order of their labels; empty: by the alphabet.
  std::vector<std::string> class_names = {};
  std::string color_mode = "rgb";  ///< "rgb", "rgba" or "grayscale"
  /// Nothing: elements are single images.
  std::optional<int64_t> batch_size = 32;
  std::array<int64_t, 2> image_size = {256, 256};  ///< height, width
  bool shuffle = true;
  std::optional<int64_t> seed = {};
  /// The part of the images, between 0 and 1, that is kept for validation: the last ones, of what a seed has shuffled.
  std::optional<double> validation_split = {};
  std::string subset = {};                 ///< "training" or "validation"
  std::string interpolation = "bilinear";  ///< or "nearest"
  bool follow_links = false;
  /// Whether what does not fit the image's proportions is cut off, at both ends alike, in place of distorting it.
  bool crop_to_aspect_ratio = false;
  bool verbose = true;  ///< whether it prints how many files there are
};

/// A Dataset of images, and what was found.
struct ImageDataset : Dataset {
  std::vector<std::string> class_names = {};
  std::vector<std::string> file_paths = {};
};

/// The images of a folder, a subfolder for each class, in batches: {images, labels}, images float32 (batch, height,
/// width, channels) from 0 to 255. PNG and JPEG files (.png, .jpg, .jpeg) count, also in deeper folders. They are read
/// and resized by tf.image.resize's rule while iterating, in parallel; one that cannot be read is an error that names
/// it.
///
///     auto train = utils::image_dataset_from_directory(
///         "flowers", {.image_size = {180, 180}, .seed = 1, .validation_split = 0.2, .subset = "training"});
///
/// Throws FileError if there is no such folder, ValueError for options that do not fit each other and where there is no
/// image. keras.utils.image_dataset_from_directory; subset = "both" is two calls with one seed.
CORNU_API ImageDataset image_dataset_from_directory(const std::string& directory,
                                                    const ImageDatasetOptions& options = {});

}  // namespace cornu::utils
