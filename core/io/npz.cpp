#include <string>
#include <string_view>
#include <utility>

#include <cornu/core/error.h>
#include <cornu/core/io/internal/npy_format.h>
#include <cornu/core/io/internal/zip_archive.h>
#include <cornu/core/io/npz.h>

namespace cornu {

namespace {

constexpr std::string_view member_suffix = ".npy";

/// The array's name: the member's without `.npy`.
std::string array_name(const std::string& member) {
  const bool has_suffix = std::string_view(member).ends_with(member_suffix);
  return has_suffix ? member.substr(0, member.size() - member_suffix.size()) : member;
}

std::string bytes_of(const Tensor& tensor) {
  std::string bytes = io::npy_header(tensor);
  bytes.append(static_cast<const char*>(tensor.raw_data()),
               static_cast<size_t>(tensor.size()) * size_of(tensor.dtype()));
  return bytes;
}

}  // namespace

void save_npz(const std::string& path, const std::map<std::string, Tensor>& tensors, const NpzOptions& options) {
  io::ZipWriter archive("save_npz");
  for (const auto& [name, tensor] : tensors) {
    if (name.empty()) throw ValueError("save_npz: the name of an array may not be empty");
    if (tensor.is_symbolic()) throw StateError("save_npz: the symbolic tensor '" + name + "' has no values to write");
    archive.add(name + std::string(member_suffix), bytes_of(tensor), options.compressed);
  }
  archive.write(path);
}

std::map<std::string, Tensor> load_npz(const std::string& path) {
  const io::ZipReader archive(path, "an .npz file");
  std::map<std::string, Tensor> tensors;
  for (const std::string& name : archive.names()) {
    io::ZipMember member = archive.open(name);
    Tensor tensor = io::read_npy(member);
    member.finish();
    if (!tensors.emplace(array_name(name), std::move(tensor)).second) member.fail("the archive has its array twice");
  }
  return tensors;
}

}  // namespace cornu
