#pragma once
// The callers' own count for one queue.
#include <vector>

#include "tools/load/caller_call.hpp"

namespace pledge::load {

struct Tally {
  std::uint64_t offered = 0, answered = 0, abandoned = 0, refused = 0, failed = 0, faults = 0;
  std::vector<core::Duration> waits;  // of the answered, in order of their end
  AudioPort::Counts packets;

  void add(const CallRecord& record);
  std::uint64_t ended() const { return answered + abandoned + refused + failed; }
  core::Duration mean() const;
  core::Duration longest() const;
  // Nearest rank: the least wait that at least `share` of the answered calls did not exceed. 0 when none was answered.
  core::Duration percentile(double share) const;
  std::uint64_t answered_within(core::Duration target) const;
};

}  // namespace pledge::load
