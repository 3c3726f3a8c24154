#pragma once
#include <memory>

#include <zip.h>

namespace cornu::io {

struct ZipDiscarder {
  void operator()(zip_t* archive) const { zip_discard(archive); }
};
/// An archive of libzip's that is given up unless it was closed.
using ZipHandle = std::unique_ptr<zip_t, ZipDiscarder>;

}  // namespace cornu::io
