#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

namespace cornu {

/// A map from identities to slots, by open addressing: one multiplication and mostly one look a search.
class SlotMap {
 public:
  static constexpr int32_t absent = -1;

  int32_t find(uint64_t id) const {
    if (entries_.empty()) return absent;
    for (size_t i = start(id);; i = (i + 1) & mask_) {
      if (entries_[i].id == id) return entries_[i].slot;
      if (entries_[i].id == 0) return absent;
    }
  }
  /// Identities are never 0. A second call for one identity replaces its slot.
  void set(uint64_t id, int32_t slot) {
    if (2 * (size_ + 1) > entries_.size()) grow();
    size_t i = start(id);
    while (entries_[i].id != 0 && entries_[i].id != id) i = (i + 1) & mask_;
    size_ += entries_[i].id == 0;
    entries_[i] = {id, slot};
  }
  void clear() {
    entries_.clear();
    size_ = mask_ = 0;
  }

 private:
  struct Entry {
    uint64_t id = 0;
    int32_t slot = absent;
  };
  size_t start(uint64_t id) const { return (id * 0x9e3779b97f4a7c15u >> 32) & mask_; }
  void grow() {
    std::vector<Entry> old(entries_.empty() ? 32 : 2 * entries_.size());
    old.swap(entries_);
    mask_ = entries_.size() - 1;
    size_ = 0;
    for (const Entry& entry : old)
      if (entry.id != 0) set(entry.id, entry.slot);
  }

  std::vector<Entry> entries_;
  size_t size_ = 0, mask_ = 0;
};

}  // namespace cornu
