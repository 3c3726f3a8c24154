#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <cornu/core/data/dataset_iterator.h>
#include <cornu/core/data/element_function.h>
#include <cornu/core/export.h>
#include <cornu/core/tensor/tensor.h>

namespace cornu {

namespace datasets {

/// As many parallel calls as the machine has processors, or a buffer of a size that suits.
inline constexpr int64_t AUTOTUNE = -1;
/// What Dataset::cardinality() says of a data set without an end.
inline constexpr int64_t INFINITE_CARDINALITY = -1;
/// What it says where only a walk would tell.
inline constexpr int64_t UNKNOWN_CARDINALITY = -2;

struct MapOptions {
  /// Elements that are made at the same time, on threads of their own; nothing: one after the other by the consumer.
  std::optional<int64_t> num_parallel_calls = {};
};
struct BatchOptions {
  /// Whether a last batch of less elements is left out.
  bool drop_remainder = false;
};
struct PaddedBatchOptions {
  /// A shape for each tensor of the element; -1, and all where it is empty: as long as the longest of the batch.
  std::vector<Shape> padded_shapes = {};
  /// A number for each tensor; 0 where it is empty.
  std::vector<double> padding_values = {};
  bool drop_remainder = false;
};
struct ShuffleOptions {
  /// Nothing: drawn from the global generator when shuffle() is called (see set_random_seed).
  std::optional<int64_t> seed = {};
  /// Whether each walk over the data set has an order of its own.
  bool reshuffle_each_iteration = true;
};
struct InterleaveOptions {
  int64_t cycle_length = 4;  ///< data sets that are read in turn
  int64_t block_length = 1;  ///< elements that are taken from one before the next one's turn
};

/// A column of a CSV file.
struct CsvColumn {
  /// As in the header; of a file without one, what messages and label_name call it.
  std::string name = {};
  DType dtype = float32;
  /// What an empty field means; nothing: it is an error.
  std::optional<double> default_value = {};
  /// For a column of words: the words that there are. The value is the number of the word in this list.
  std::vector<std::string> vocabulary = {};
};
struct CsvOptions {
  /// Whether the first line has the names of the columns.
  bool header = true;
  /// With a header: the columns that are wanted, by name. Without: all columns of the file, in order. Empty: all, as
  /// float32.
  std::vector<CsvColumn> columns = {};
  /// The column that comes last in the element, as what is to be predicted.
  std::string label_name = {};
  /// Whether all columns but the label stand in one tensor (n,), {features, label}; they need one dtype then.
  bool stack_features = false;
  char field_delim = ',';
  /// Whether a field may stand in double quotes, with "" for a quote, and with delimiters and line ends in it.
  bool use_quote_delim = true;
  /// A field of this text counts as empty too.
  std::string na_value = {};
};

/// What from_generator() calls for an element; nothing ends the walk.
using ElementGenerator = std::function<std::optional<TensorList>()>;

class Node;

}  // namespace datasets

/// A pipeline that gives elements one after another: TensorFlow's tf.data.Dataset. An element is a TensorList, such as
/// {x, y}. Each transformation gives a new data set and leaves this one as it was; nothing is computed until an
/// iterator asks, and each walk begins anew.
///
///     Dataset dataset = Dataset::from_tensor_slices({x, y}).shuffle(10000).batch(32).prefetch(2);
///     for (const TensorList& batch : dataset) train_step(batch[0], batch[1]);
///
/// Functions of elements take the TensorList or its tensors:
///
///     dataset.map([](const Tensor& x, const Tensor& y) { return TensorList{cast(x, float32) / 255.f, y}; });
///
/// **Random numbers.** Every shuffle and every transformation with a function takes a seed from the global generator
/// when it is made. While a function runs, draws without a seed come from a generator of that element: its numbers
/// depend on the transformation's seed, on the walk and on the element's place, not on threads. After
/// set_random_seed() a pipeline so repeats, also with parallel calls and prefetching.
///
/// **Errors.** What a function throws comes to the consumer when the element's turn comes, and says which element it
/// was: `map: element 17: ...`, counted from 0. The next call of the iterator goes on behind that element.
class CORNU_API Dataset {
 public:
  // ---- sources --------------------------------------------------------------------------------------------------

  /// The parts of `tensors` along their first axis: element i is {tensors[0][i], tensors[1][i], ...}. Throws ShapeError
  /// unless all have the same first extent, StateError for tensors without values.
  static Dataset from_tensor_slices(const TensorList& tensors);
  static Dataset from_tensor_slices(const Tensor& tensor) { return from_tensor_slices(TensorList{tensor}); }
  /// One element: `tensors`.
  static Dataset from_tensors(const TensorList& tensors);
  static Dataset from_tensors(const Tensor& tensor) { return from_tensors(TensorList{tensor}); }
  /// The elements that the function gives. `start` is called at the beginning of each walk and answers it:
  ///
  ///     Dataset::from_generator([] {
  ///       return [i = 0]() mutable { return i < 3 ? std::optional(TensorList{constant(i++)}) : std::nullopt; };
  ///     });
  ///
  /// A restored iterator calls the function for all elements that went before.
  static Dataset from_generator(const std::function<datasets::ElementGenerator()>& start);
  /// int64 scalars: 0, 1, ..., stop - 1.
  static Dataset range(int64_t stop);
  /// start, start + step, ... below stop (above it for a negative step). Throws ValueError for a step of 0.
  static Dataset range(int64_t start, int64_t stop, int64_t step = 1);

  /// The slices of arrays in IDX files (MNIST's format, plain or .gz), of NumPy's .npy files. Throw FileError if one
  /// cannot be read, ShapeError if their first extents differ.
  static Dataset from_idx(const std::vector<std::string>& paths);
  static Dataset from_npy(const std::vector<std::string>& paths);
  /// The lines of a CSV file, read while iterating: a scalar for each column, or what the options say.
  ///
  ///     Dataset::from_csv("housing.csv", {.columns = {{.name = "rooms"}, {.name = "price"}}, .label_name = "price"});
  ///
  /// Throws FileError if the file cannot be read, and while iterating for a bad line, naming file, line and column;
  /// ValueError for columns that the file has not, suggesting the nearest.
  static Dataset from_csv(const std::string& path, const datasets::CsvOptions& options = {});
  /// The records of TFRecord files, one file after another: uint8 (n,), the bytes; see io::parse_single_example.
  /// Throws FileError if a file cannot be read, while iterating if it is damaged.
  static Dataset from_tfrecord(const std::vector<std::string>& paths);

  // ---- transformations ------------------------------------------------------------------------------------------

  /// function(element) of each element.
  Dataset map(const datasets::MapFunction& function, const datasets::MapOptions& options = {}) const;
  /// The elements of which `predicate` says true.
  Dataset filter(const datasets::FilterFunction& predicate) const;
  /// Joins `batch_size` elements along a new first axis. The last batch may have less. Throws ShapeError or DTypeError
  /// while iterating if elements of one batch differ, ValueError unless 1 <= batch_size.
  ///
  /// Rows of from_tensor_slices are copied in bulk, also where take, skip, repeat or shuffle stand in between; if they
  /// follow each other, the batch shares the elements of the tensor.
  Dataset batch(int64_t batch_size, const datasets::BatchOptions& options = {}) const;
  /// As batch(), and makes the tensors of a batch equal in shape by elements behind them. Throws ShapeError while
  /// iterating for a tensor that is larger than its padded shape or of another rank.
  Dataset padded_batch(int64_t batch_size, const datasets::PaddedBatchOptions& options = {}) const;
  /// The rows of each element, one by one: the reverse of batch(). Throws ShapeError while iterating if the tensors of
  /// an element differ in their first extent or are scalars.
  Dataset unbatch() const;
  /// The elements in random order: each is drawn from a buffer of the next `buffer_size` ones. A buffer as large as the
  /// data set makes all orders equally likely; of from_tensor_slices only numbers of rows are kept in it. Throws
  /// ValueError unless 1 <= buffer_size.
  Dataset shuffle(int64_t buffer_size, const datasets::ShuffleOptions& options = {}) const;
  /// `count` walks, one after another; -1: without end.
  Dataset repeat(int64_t count = -1) const;
  /// The first `count` elements; -1: all.
  Dataset take(int64_t count) const;
  /// What follows the first `count` elements; -1: nothing.
  Dataset skip(int64_t count) const;
  /// Keeps all elements in memory once they were read to the end; later walks take them from there, so that what stands
  /// before it, with its random numbers, runs once.
  Dataset cache() const;
  /// Makes up to `buffer_size` elements in advance, on a thread of its own, while the consumer works. AUTOTUNE: 2.
  Dataset prefetch(int64_t buffer_size = datasets::AUTOTUNE) const;
  /// The elements of all data sets side by side, until one ends: {a's tensors..., b's tensors..., ...}. Throws
  /// ValueError for an empty list.
  static Dataset zip(const std::vector<Dataset>& datasets);
  /// The elements of this data set, then those of `other`.
  Dataset concatenate(const Dataset& other) const;
  /// The elements of the data sets that `function` answers for the elements: `cycle_length` of them are read in turn,
  /// `block_length` elements each; where one ends, the next element's takes its place.
  Dataset interleave(const datasets::InterleaveFunction& function,
                     const datasets::InterleaveOptions& options = {}) const;
  /// {number, element's tensors...}: the number is an int64 scalar, counted from `start`.
  Dataset enumerate(int64_t start = 0) const;

  // ---- use ------------------------------------------------------------------------------------------------------

  /// The number of elements, INFINITE_CARDINALITY or UNKNOWN_CARDINALITY.
  int64_t cardinality() const;
  DatasetIterator iterator() const { return DatasetIterator(node_); }
  datasets::ElementIterator begin() const { return datasets::ElementIterator(iterator()); }
  std::default_sentinel_t end() const { return {}; }

  explicit Dataset(std::shared_ptr<const datasets::Node> node) : node_(std::move(node)) {}
  Dataset(const Dataset&) = default;  // also in place of moves, so that what was moved from can still be used
  Dataset& operator=(const Dataset&) = default;
  const std::shared_ptr<const datasets::Node>& node() const { return node_; }

 private:
  std::shared_ptr<const datasets::Node> node_;
};

}  // namespace cornu
