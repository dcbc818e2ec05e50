#pragma once
// A sorted list that knows every entry's position. Blocks of sorted entries: an operation costs a search, a move within
// one block, and a walk over the block sizes; 10,000 entries are some 40 blocks.
#include <algorithm>
#include <cstdint>
#include <vector>

namespace pledge::core {

template <class T>
class RankedList {
 public:
  void insert(const T& value) {
    ++size_;
    if (blocks_.empty()) blocks_.emplace_back();
    Block& block = blocks_[std::min(block_of(value), blocks_.size() - 1)];
    block.insert(std::lower_bound(block.begin(), block.end(), value), value);
    if (block.size() == most_in_block) split(static_cast<std::size_t>(&block - blocks_.data()));
  }
  // Returns false if it is not there.
  bool erase(const T& value) {
    const std::size_t at = block_of(value);
    if (at == blocks_.size()) return false;
    const auto found = std::lower_bound(blocks_[at].begin(), blocks_[at].end(), value);
    if (found == blocks_[at].end() || *found != value) return false;
    blocks_[at].erase(found);
    if (blocks_[at].empty()) blocks_.erase(blocks_.begin() + static_cast<std::ptrdiff_t>(at));
    --size_;
    return true;
  }
  // How many entries sort before it.
  std::uint32_t rank(const T& value) const {
    const std::size_t at = block_of(value);
    std::size_t before = 0;
    for (std::size_t i = 0; i < at; ++i) before += blocks_[i].size();
    if (at < blocks_.size())
      before += static_cast<std::size_t>(std::lower_bound(blocks_[at].begin(), blocks_[at].end(), value) - blocks_[at].begin());
    return static_cast<std::uint32_t>(before);
  }
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  const T& front() const { return blocks_.front().front(); }
  // In order, until visit returns false.
  template <class Visit>
  void for_each_while(Visit&& visit) const {
    for (const Block& block : blocks_)
      for (const T& value : block)
        if (!visit(value)) return;
  }
  // The same, from the first entry that sorts after the value.
  template <class Visit>
  void for_each_after_while(const T& value, Visit&& visit) const {
    for (std::size_t at = block_of(value); at < blocks_.size(); ++at)
      for (auto v = std::upper_bound(blocks_[at].begin(), blocks_[at].end(), value); v != blocks_[at].end(); ++v)
        if (!visit(*v)) return;
  }

 private:
  using Block = std::vector<T>;
  static constexpr std::size_t most_in_block = 512;

  // The first block whose last entry is not before the value.
  std::size_t block_of(const T& value) const {
    const auto at = std::lower_bound(blocks_.begin(), blocks_.end(), value,
                                     [](const Block& block, const T& v) { return !block.empty() && block.back() < v; });
    return static_cast<std::size_t>(at - blocks_.begin());
  }
  void split(std::size_t at) {
    const auto middle = blocks_[at].begin() + most_in_block / 2;
    Block upper(middle, blocks_[at].end());
    blocks_[at].erase(middle, blocks_[at].end());
    blocks_.insert(blocks_.begin() + static_cast<std::ptrdiff_t>(at) + 1, std::move(upper));
  }

  std::vector<Block> blocks_;
  std::size_t size_ = 0;
};

}  // namespace pledge::core
