#pragma once
#include <string>
#include <string_view>

#include <cornu/core/export.h>
#include <cornu/core/tensor/tensor.h>

namespace cornu::io {

struct DecodeImageOptions {
  /// 1: grey, 3: RGB, 4: RGBA; 0: what the file has (grey with alpha counts as RGBA).
  int channels = 0;
};

/// The pixels of a PNG or JPEG file, uint8 (height, width, channels). 16 bits a sample are cut to 8; colours become
/// grey as 0.299 R + 0.587 G + 0.114 B; alpha that is not wanted is dropped, and one that is missing is 255. Throws
/// ValueError for other numbers of channels and for bytes that are no such picture, or damaged.
CORNU_API Tensor decode_image(std::string_view bytes, const DecodeImageOptions& options = {});

/// The same of a file. Throws FileError naming it.
CORNU_API Tensor load_image(const std::string& path, const DecodeImageOptions& options = {});

}  // namespace cornu::io
