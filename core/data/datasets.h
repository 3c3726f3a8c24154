#pragma once
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

}  // namespace cornu::datasets
