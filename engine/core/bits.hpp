#pragma once
// A growing set of small indices, and visits of the intersection of several of them, a word at a time.
#include <algorithm>
#include <bit>
#include <cstdint>
#include <vector>

namespace pledge::core {

class BitSet {
 public:
  void set(std::uint32_t index) {
    if (index / 64 >= words_.size()) words_.resize(index / 64 + 1);
    words_[index / 64] |= bit(index);
  }
  void reset(std::uint32_t index) {
    if (index / 64 < words_.size()) words_[index / 64] &= ~bit(index);
  }
  bool test(std::uint32_t index) const { return index / 64 < words_.size() && (words_[index / 64] & bit(index)); }
  void clear() { words_.clear(); }
  std::size_t words() const { return words_.size(); }
  std::uint64_t word(std::size_t i) const { return words_[i]; }

 private:
  static constexpr std::uint64_t bit(std::uint32_t index) { return std::uint64_t{1} << (index % 64); }
  std::vector<std::uint64_t> words_;
};

// Calls visit(index) for each index in all of the sets, ascending. At least one set.
template <class Visit>
void for_each_common(const BitSet* const* sets, std::size_t count, Visit&& visit) {
  std::size_t words = sets[0]->words();
  for (std::size_t s = 1; s < count; ++s) words = std::min(words, sets[s]->words());
  for (std::size_t i = 0; i < words; ++i) {
    std::uint64_t word = sets[0]->word(i);
    for (std::size_t s = 1; s < count && word; ++s) word &= sets[s]->word(i);
    for (; word; word &= word - 1)
      visit(static_cast<std::uint32_t>(i * 64 + static_cast<std::size_t>(std::countr_zero(word))));
  }
}

}  // namespace pledge::core
