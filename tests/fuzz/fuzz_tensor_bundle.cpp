// A tensor bundle: its index, which ends with the mark of a table, and behind that the values.
#include <algorithm>

#include "fuzz/checksums.h"
#include "fuzz/fuzz.h"
#include <cornu/core/io/internal/byte_reader.h>
#include <cornu/core/io/tensor_bundle.h>

namespace {

constexpr std::string_view mark = "\x57\xfb\x80\x8b\x24\x75\x47\xdb";
constexpr size_t footer_size = 48, trailer_size = 5;

/// Bytes of the index; all of them where there is no mark.
size_t index_size(std::string_view input) {
  const size_t found = input.find(mark);
  return found == std::string_view::npos ? input.size() : found + mark.size();
}

/// The sum behind the block whose place the reader comes to. Returns the block.
std::string_view mend_block(uint8_t* bytes, size_t body, cornu::io::ByteReader& reader) {
  const auto offset = reader.varint(), size = reader.varint();
  if (!offset || !size || *offset > body || *size > body - *offset || body - *offset - *size < trailer_size) return {};
  fuzz::mend_checksum(bytes + *offset, *size + 1);
  return fuzz::text(bytes + *offset, *size);
}

void mend_index(uint8_t* bytes, size_t size) {
  const size_t index = index_size(fuzz::text(bytes, size));
  if (index < footer_size) return;
  const size_t body = index - footer_size;
  cornu::io::ByteReader footer(fuzz::text(bytes + body, footer_size));
  mend_block(bytes, body, footer);
  cornu::io::ByteReader blocks(mend_block(bytes, body, footer));
  // An entry: shared, own and value's length, the key's own part, the value, which is a block's place.
  while (blocks.remaining() > 0) {
    const auto shared = blocks.varint(), own = blocks.varint(), value_size = blocks.varint();
    if (!shared || !own || !value_size || !blocks.bytes(*own)) return;
    const auto value = blocks.bytes(*value_size);
    if (!value) return;
    cornu::io::ByteReader place(*value);
    mend_block(bytes, body, place);
  }
}

}  // namespace

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* bytes, size_t size, size_t max_size, unsigned seed) {
  return fuzz::mutate(bytes, size, max_size, seed, mend_index);
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  const std::string_view input = fuzz::text(bytes, size);
  const size_t index = index_size(input);
  const std::string prefix = fuzz::folder() / "bundle";
  fuzz::file("bundle.index", input.substr(0, index));
  fuzz::file("bundle.data-00000-of-00001", input.substr(index));
  fuzz::read_or_refuse([&] {
    const cornu::io::TensorBundleReader bundle(prefix);
    for (const cornu::io::BundleEntry& entry : bundle.entries()) {
      fuzz::read_or_refuse([&] { bundle.verify(entry.key); });
      fuzz::read_or_refuse([&] { bundle.read(entry.key); });
      fuzz::read_or_refuse([&] { bundle.read_string(entry.key); });
    }
  });
  return 0;
}
