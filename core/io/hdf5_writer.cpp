#include <vector>

#include <hdf5.h>

#include <cornu/core/error.h>
#include <cornu/core/io/internal/hdf5_writer.h>

namespace cornu::io {

namespace {

/// An identifier of libhdf5 with the function that closes it.
class Handle {
 public:
  Handle(hid_t id, herr_t (*close)(hid_t)) : id_(id), close_(close) {}
  ~Handle() { close(); }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  operator hid_t() const { return id_; }
  void close() {
    if (id_ >= 0) close_(id_);
    id_ = H5I_INVALID_HID;
  }

 private:
  hid_t id_;
  herr_t (*close_)(hid_t);
};

/// libhdf5 prints errors, if it is not told otherwise.
class Silence {
 public:
  Silence() {
    H5Eget_auto2(H5E_DEFAULT, &function_, &data_);
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
  }
  ~Silence() { H5Eset_auto2(H5E_DEFAULT, function_, data_); }
  Silence(const Silence&) = delete;
  Silence& operator=(const Silence&) = delete;

 private:
  H5E_auto2_t function_ = nullptr;
  void* data_ = nullptr;
};

Handle boolean_type() {  // h5py's
  Handle type(H5Tenum_create(H5T_NATIVE_INT8), H5Tclose);
  const int8_t values[] = {0, 1};
  H5Tenum_insert(type, "FALSE", &values[0]);
  H5Tenum_insert(type, "TRUE", &values[1]);
  return Handle(H5Tcopy(type), H5Tclose);
}

Handle type_of(DType dtype) {
  const auto copy = [](hid_t type) { return Handle(H5Tcopy(type), H5Tclose); };
  switch (dtype) {
    case boolean:
      return boolean_type();
    case uint8:
      return copy(H5T_STD_U8LE);
    case int32:
      return copy(H5T_STD_I32LE);
    case int64:
      return copy(H5T_STD_I64LE);
    case float32:
      return copy(H5T_IEEE_F32LE);
    case float64:
      return copy(H5T_IEEE_F64LE);
  }
  throw DTypeError("HDF5 has no dtype for these elements");
}

hid_t create_in_memory(const std::string& where) {
  constexpr size_t increment = size_t{1} << 20;
  const Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
  if (H5Pset_fapl_core(access, increment, 0) < 0 ||
      H5Pset_libver_bounds(access, H5F_LIBVER_EARLIEST, H5F_LIBVER_LATEST) < 0)
    return H5I_INVALID_HID;
  return H5Fcreate(where.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, access);
}

}  // namespace

struct Hdf5Writer::State {
  explicit State(const std::string& where)
      : where(where), file(create_in_memory(where), H5Fclose), links(H5Pcreate(H5P_LINK_CREATE), H5Pclose) {
    H5Pset_create_intermediate_group(links, 1);
    if (file < 0) throw FileError(where + ": the HDF5 file could not be made");
  }
  void check(bool holds, const std::string& path) const {
    if (!holds) throw FileError(where + ": '" + path + "' could not be written to the HDF5 file");
  }

  Silence silence;
  std::string where;
  Handle file, links;
};

Hdf5Writer::Hdf5Writer(const std::string& where) : state_(std::make_unique<State>(where)) {}
Hdf5Writer::~Hdf5Writer() = default;

void Hdf5Writer::create_group(const std::string& path) {
  const Handle group(H5Gcreate2(state_->file, path.c_str(), state_->links, H5P_DEFAULT, H5P_DEFAULT), H5Gclose);
  state_->check(group >= 0, path);
}

void Hdf5Writer::set_attribute(const std::string& path, const std::string& name, const std::string& text) {
  const Handle type(H5Tcopy(H5T_C_S1), H5Tclose), space(H5Screate(H5S_SCALAR), H5Sclose);
  H5Tset_size(type, H5T_VARIABLE);
  H5Tset_cset(type, H5T_CSET_UTF8);
  const Handle attribute(
      H5Acreate_by_name(state_->file, path.c_str(), name.c_str(), type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT),
      H5Aclose);
  const char* const value = text.c_str();
  state_->check(attribute >= 0 && H5Awrite(attribute, type, &value) >= 0, path);
}

void Hdf5Writer::write(const std::string& path, const Tensor& values) {
  if (values.is_symbolic()) throw StateError(state_->where + ": '" + path + "' is symbolic and has no values to write");
  const Shape& shape = values.shape();
  const std::vector<hsize_t> extents(shape.begin(), shape.end());
  const Handle type = type_of(values.dtype());
  const Handle space(extents.empty() ? H5Screate(H5S_SCALAR) : H5Screate_simple(shape.rank(), extents.data(), nullptr),
                     H5Sclose);
  const Handle options(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
  H5Pset_obj_track_times(options, false);
  const Handle dataset(H5Dcreate2(state_->file, path.c_str(), type, space, state_->links, options, H5P_DEFAULT),
                       H5Dclose);
  state_->check(dataset >= 0 && H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.raw_data()) >= 0, path);
}

std::string Hdf5Writer::bytes() {
  state_->check(H5Fflush(state_->file, H5F_SCOPE_GLOBAL) >= 0, "/");
  const ssize_t size = H5Fget_file_image(state_->file, nullptr, 0);
  state_->check(size > 0, "/");
  std::string bytes(static_cast<size_t>(size), '\0');
  state_->check(H5Fget_file_image(state_->file, bytes.data(), bytes.size()) == size, "/");
  state_->file.close();
  return bytes;
}

}  // namespace cornu::io
