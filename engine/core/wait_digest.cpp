#include <algorithm>
#include <cmath>

#include "core/statistics.hpp"

namespace pledge::core {

namespace {
constexpr std::size_t tail_bound = 1'024;  // sorted in at this length: amortises the merge over many waits
}

void WaitDigest::add(Duration wait) {
  wait = std::max(wait, Duration{});
  ++count_;
  sum_ += wait;
  longest_ = std::max(longest_, wait);
  tail_.push_back(static_cast<std::uint32_t>(std::min<std::int64_t>((wait + 500us) / 1ms, UINT32_MAX)));
  if (tail_.size() >= tail_bound) settle();
}

void WaitDigest::settle() {
  if (tail_.empty()) return;
  std::sort(tail_.begin(), tail_.end());
  std::vector<Entry> merged;
  merged.reserve(entries_.size() + tail_.size());
  auto put = [&](std::uint32_t ms, std::uint32_t times) {
    if (!merged.empty() && merged.back().ms == ms) merged.back().times += times;
    else merged.push_back({ms, times});
  };
  auto entry = entries_.begin();
  for (const auto ms : tail_) {
    for (; entry != entries_.end() && entry->ms <= ms; ++entry) put(entry->ms, entry->times);
    put(ms, 1);
  }
  for (; entry != entries_.end(); ++entry) put(entry->ms, entry->times);
  entries_ = std::move(merged);
  tail_ = {};
}

void WaitDigest::add(const WaitDigest& other) {
  settle();
  std::vector<Entry> merged;
  merged.reserve(entries_.size() + other.entries_.size());
  std::merge(entries_.begin(), entries_.end(), other.entries_.begin(), other.entries_.end(), std::back_inserter(merged),
             [](Entry a, Entry b) { return a.ms < b.ms; });  // equal ones may stand twice: harmless to every reader
  entries_ = std::move(merged);
  tail_ = other.tail_;
  count_ += other.count_;
  sum_ += other.sum_;
  longest_ = std::max(longest_, other.longest_);
}

Duration WaitDigest::percentile(double share) {
  settle();
  const auto rank = static_cast<std::uint32_t>(std::ceil(share * count_));
  std::uint32_t seen = 0;
  for (const auto& entry : entries_) {
    seen += entry.times;
    if (seen >= rank) return entry.ms * 1ms;
  }
  return {};
}

}  // namespace pledge::core
