#include "tools/load/tally.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace pledge::load {

void Tally::add(const CallRecord& record) {
  switch (record.outcome) {
    case Outcome::answered:
      ++answered;
      waits.push_back(record.wait());
      break;
    case Outcome::abandoned:
      ++abandoned;
      break;
    case Outcome::refused:
      ++refused;
      break;
    default:
      ++failed;
      break;
  }
  if (!record.fault.empty()) ++faults;
  packets.sent += record.packets.sent;
  packets.received += record.packets.received;
}

core::Duration Tally::mean() const {
  if (waits.empty()) return {};
  return std::accumulate(waits.begin(), waits.end(), core::Duration{}) / static_cast<std::int64_t>(waits.size());
}

core::Duration Tally::longest() const {
  return waits.empty() ? core::Duration{} : *std::max_element(waits.begin(), waits.end());
}

core::Duration Tally::percentile(double share) const {
  if (waits.empty()) return {};
  auto sorted = waits;
  const auto rank = static_cast<std::size_t>(std::max(1.0, std::ceil(share * static_cast<double>(sorted.size()))));
  const auto place = sorted.begin() + static_cast<std::ptrdiff_t>(std::min(rank, sorted.size()) - 1);
  std::nth_element(sorted.begin(), place, sorted.end());
  return *place;
}

std::uint64_t Tally::answered_within(core::Duration target) const {
  return static_cast<std::uint64_t>(
      std::count_if(waits.begin(), waits.end(), [&](core::Duration wait) { return wait <= target; }));
}

}  // namespace pledge::load
