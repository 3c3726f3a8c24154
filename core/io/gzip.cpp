#include <algorithm>
#include <limits>

#include <zlib.h>

#include <cornu/core/error.h>
#include <cornu/core/io/internal/gzip.h>

namespace cornu::io {

std::string gzip(std::string_view bytes) {
  constexpr int with_gzip_header = 16, memory_level = 8;
  z_stream stream{};
  if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, MAX_WBITS + with_gzip_header, memory_level,
                   Z_DEFAULT_STRATEGY) != Z_OK)
    throw StateError("gzip: there is no memory to compress with");
  std::string compressed;
  char block[1 << 16];
  int state = Z_OK;
  while (state != Z_STREAM_END) {
    if (stream.avail_in == 0) {  // zlib counts in 32 bits
      const size_t part = std::min<size_t>(bytes.size(), std::numeric_limits<uInt>::max() / 2);
      stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
      stream.avail_in = static_cast<uInt>(part);
      bytes.remove_prefix(part);
    }
    stream.next_out = reinterpret_cast<Bytef*>(block);
    stream.avail_out = sizeof block;
    state = deflate(&stream, bytes.empty() ? Z_FINISH : Z_NO_FLUSH);
    compressed.append(block, sizeof block - stream.avail_out);
  }
  deflateEnd(&stream);
  return compressed;
}

}  // namespace cornu::io
