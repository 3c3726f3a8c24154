// Files of records, read as they are and as the events of a run, whose scalars are drawn.
#include "fuzz/checksums.h"
#include "fuzz/fuzz.h"
#include <cornu/core/io/tfrecord.h>
#include <cornu/core/summary/scalars.h>

namespace {

/// The length and its checksum, the bytes and theirs, as far as the records go.
void mend_records(uint8_t* bytes, size_t size) {
  constexpr size_t header = 12, footer = 4;
  for (size_t start = 0; size - start >= header;) {
    fuzz::mend_checksum(bytes + start, sizeof(uint64_t));
    uint64_t length;
    std::memcpy(&length, bytes + start, sizeof length);
    start += header;
    if (size - start < footer || length > size - start - footer) return;
    fuzz::mend_checksum(bytes + start, length);
    start += length + footer;
  }
}

}  // namespace

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* bytes, size_t size, size_t max_size, unsigned seed) {
  return fuzz::mutate(bytes, size, max_size, seed, mend_records);
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  const std::string path = fuzz::file("events.out.tfevents", fuzz::text(bytes, size));
  fuzz::read_or_refuse([&] {
    cornu::io::TFRecordReader reader(path);
    while (reader.next()) continue;
  });
  fuzz::read_or_refuse([&] {
    const std::vector<cornu::summary::ScalarSeries> all = cornu::summary::read_scalars(path);
    cornu::summary::scalar_table(all);
    cornu::summary::svg_plot(all);
    for (const cornu::summary::ScalarSeries& series : all) cornu::summary::terminal_plot(series);
  });
  return 0;
}
