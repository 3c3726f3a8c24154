// Data sets of files: IDX, npy, TFRecord. CSV has a file of its own.
#include <utility>

#include <cornu/core/data/internal/idx.h>
#include <cornu/core/data/internal/records.h>
#include <cornu/core/error.h>
#include <cornu/core/io/npy.h>
#include <cornu/core/io/tfrecord.h>

namespace cornu {

namespace datasets {

namespace {

class RecordSource : public Source {
 public:
  explicit RecordSource(std::function<std::unique_ptr<RecordReader>()> open) : open_(std::move(open)) {}
  std::optional<TensorList> next() override {
    ++position_;
    auto element = reader().next();
    if (!element) --position_;
    return element;
  }
  int64_t skip(int64_t count) override {
    int64_t skipped = 0;
    for (; skipped < count; ++skipped) {
      ++position_;  // also of one that fails
      if (reader().pass()) continue;
      --position_;
      break;
    }
    return skipped;
  }
  void save(StateWriter& state) const override { state << Kind::records << position_; }
  void restore(StateReader& state) override {
    state.expect(Kind::records);
    for (const int64_t count = state.number(); position_ < count;) {
      const int64_t before = position_;
      pass_over([this] { skip(1); });
      if (position_ == before) break;
    }
  }

 private:
  RecordReader& reader() {
    if (!reader_) reader_ = open_();
    return *reader_;
  }

  std::function<std::unique_ptr<RecordReader>()> open_;
  std::unique_ptr<RecordReader> reader_;
  int64_t position_ = 0;
};

class RecordNode : public Node {
 public:
  explicit RecordNode(std::function<std::unique_ptr<RecordReader>()> open) : open_(std::move(open)) {}
  std::unique_ptr<Source> iterate(const IterationContext&) const override {
    return std::make_unique<RecordSource>(open_);
  }
  int64_t cardinality() const override { return UNKNOWN_CARDINALITY; }

 private:
  std::function<std::unique_ptr<RecordReader>()> open_;
};

class TFRecords : public RecordReader {
 public:
  explicit TFRecords(std::vector<std::string> paths) : paths_(std::move(paths)) {}
  std::optional<TensorList> next() override {
    for (; file_ < paths_.size(); ++file_, reader_.reset()) {
      if (!reader_) reader_ = std::make_unique<io::TFRecordReader>(paths_[file_]);
      if (const auto record = reader_->next()) {
        const auto* bytes = reinterpret_cast<const uint8_t*>(record->data());
        return TensorList{Tensor::from_span<uint8_t>({bytes, record->size()}, {static_cast<int64_t>(record->size())})};
      }
      if (!reader_->is_truncated()) continue;
      reader_.reset();
      throw FileError(paths_[file_++] + ": ends within a record: its writer was stopped, or is still writing");
    }
    return std::nullopt;
  }

 private:
  std::vector<std::string> paths_;
  size_t file_ = 0;
  std::unique_ptr<io::TFRecordReader> reader_;
};

void check_paths(const std::vector<std::string>& paths, const char* place) {
  if (paths.empty()) throw ValueError(std::string(place) + ": there is no path");
}

template <class Load>
Dataset slices_of_files(const std::vector<std::string>& paths, const char* place, const Load& load) {
  check_paths(paths, place);
  TensorList tensors;
  for (const std::string& path : paths) tensors.push_back(load(path));
  return Dataset::from_tensor_slices(tensors);
}

}  // namespace

NodePointer record_node(std::function<std::unique_ptr<RecordReader>()> open) {
  return std::make_shared<RecordNode>(std::move(open));
}

}  // namespace datasets

Dataset Dataset::from_idx(const std::vector<std::string>& paths) {
  return datasets::slices_of_files(paths, "Dataset::from_idx",
                                   [](const std::string& path) { return datasets::internal::read_idx(path); });
}

Dataset Dataset::from_npy(const std::vector<std::string>& paths) {
  return datasets::slices_of_files(paths, "Dataset::from_npy", load_npy);
}

Dataset Dataset::from_tfrecord(const std::vector<std::string>& paths) {
  datasets::check_paths(paths, "Dataset::from_tfrecord");
  for (const std::string& path : paths) io::TFRecordReader reader(path);
  return Dataset(datasets::record_node([paths] { return std::make_unique<datasets::TFRecords>(paths); }));
}

}  // namespace cornu
