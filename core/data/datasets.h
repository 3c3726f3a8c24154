#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include <cornu/core/export.h>
#include <cornu/core/tensor/tensor.h>

/// Data sets by name, as keras.datasets.
namespace cornu::datasets {

/// Examples and what is to be predicted for each: x[i] belongs to y[i].
struct Examples {
  Tensor x = {};
  Tensor y = {};
};

/// A data set in its usual division.
struct Split {
  Examples train = {};
  Examples test = {};
};

struct LoadOptions {
  /// The folder of the files. Empty: the cache, `$CORNU_HOME/datasets/NAME`, or `~/.cornu/datasets/NAME` where
  /// CORNU_HOME is not set.
  std::string directory = "";
};

/// Handwritten digits (LeCun, Cortes and Burges, 1998).
namespace mnist {
/// Reads train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte and t10k-labels-idx1-ubyte, each
/// plain or as .gz. `./run mnist` in Cornu's source tree brings them into the cache.
///
/// Returns uint8 tensors: train.x [60000, 28, 28] with grey levels from 0 to 255, train.y [60000] with the digits
/// from 0 to 9, test.x [10000, 28, 28] and test.y [10000]. Throws FileError if a file is missing or is not the one
/// that was published (its MD5 is always checked).
///
///     auto [train, test] = datasets::mnist::load_data();
///     Tensor x = cast(train.x, float32) / 255.f;
CORNU_API Split load_data(const LoadOptions& options = {});
}  // namespace mnist

/// Articles of clothing in the form of MNIST (Xiao, Rasul and Vollgraf, 2017, arXiv:1708.07747).
namespace fashion_mnist {
/// As mnist::load_data, in shapes, dtypes and errors too. Here `./run data` brings the files.
///
/// The labels: 0 T-shirt, 1 trouser, 2 pullover, 3 dress, 4 coat, 5 sandal, 6 shirt, 7 sneaker, 8 bag, 9 ankle boot.
CORNU_API Split load_data(const LoadOptions& options = {});
}  // namespace fashion_mnist

/// Districts of California in 1990 (Pace and Barry, 1997): what a house costs.
namespace california_housing {
struct LoadOptions {
  std::string directory = "";     ///< as in datasets::LoadOptions
  std::string version = "large";  ///< "large": all 20640 districts, "small": the first 600
  double test_split = 0.2;        ///< the part of the districts for the test
  int64_t seed = 113;             ///< of the order, which is Keras's
};
/// Reads california_housing.npz, Keras's file, with the arrays x [n, 8] and y [n]; it must be given. Throws FileError
/// if it is missing, damaged, or without these arrays, ValueError for other versions and for a test_split outside [0,
/// 1].
CORNU_API Split load_data(const LoadOptions& options = {});
}  // namespace california_housing

/// Small pictures of ten kinds (Krizhevsky, 2009).
namespace cifar10 {
/// Reads the binary version, data_batch_1.bin to data_batch_5.bin and test_batch.bin, in the folder or in
/// cifar-10-batches-bin within it; they must be given.
///
/// Returns uint8 tensors: train.x [50000, 32, 32, 3], train.y [50000, 1] and the test's [10000, ...]. The labels: 0
/// airplane, 1 automobile, 2 bird, 3 cat, 4 deer, 5 dog, 6 frog, 7 horse, 8 ship, 9 truck. Throws FileError if a file
/// is missing or damaged.
CORNU_API Split load_data(const LoadOptions& options = {});
}  // namespace cifar10

/// Reviews of films, as the ranks of their words, and whether they praise (Maas et al., 2011).
namespace imdb {
struct LoadOptions {
  std::string directory = "";             ///< as in datasets::LoadOptions
  std::optional<int64_t> num_words = {};  ///< words of a higher rank are replaced by oov_char
  int64_t oov_char = 2;
};
/// Reads imdb.npz with arrays of integers: x_train and x_test [reviews, words], padded, y_train and y_test [reviews].
/// Keras's own file has lists of Python in it, pickled, and reading those could run any program that someone put there.
/// So that form is refused, with an error that says how Python writes the other one. Throws FileError if the file is
/// missing, damaged or of another form.
CORNU_API Split load_data(const LoadOptions& options = {});
}  // namespace imdb

}  // namespace cornu::datasets
