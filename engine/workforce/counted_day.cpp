#include "workforce/counted_day.hpp"

#include <cmath>

#include "workforce/local_clock.hpp"
#include "workforce/roster_rules.hpp"

namespace pledge::workforce {

namespace {

using core::Time;

double offered(const SeenDay& seen, const core::QueueId& id, Time from) {
  const auto queue = seen.queues.find(id);
  if (queue == seen.queues.end()) return 0;
  const auto at = queue->second.find(from);
  return at == queue->second.end() ? 0 : at->second.offered;
}

}  // namespace

CountedDay counted_day(Time now, const std::vector<core::UtcOffset>& offsets, const std::vector<core::QueueId>& queues,
                       const SeenDay& seen, unsigned slots) {
  const auto clock_minute = [&](Time at) { return static_cast<unsigned>(clock_seconds(at, offsets) / 60 % minutes_a_day); };
  const auto slot_of = [&](Time at) { return clock_minute(at) / half_hour_minutes * half_hour_minutes * slots / minutes_a_day; };
  const auto today = local_day(now, offsets);
  const unsigned slots_a_half_hour = slots > half_hours_a_day ? 2 : 1;
  CountedDay day{DayCounts(slots, 0), slot_of(half_hour_of(now))};
  std::vector<bool> there(slots);
  const Time end = time_of_clock(today, minutes_a_day, offsets);
  for (Time from = time_of_clock(today, 0, offsets); from < end; from = from + half_hour) {
    const bool whole = from >= seen.known.from && from + half_hour <= now;
    double calls = whole ? 0 : std::nan("");  // stays so, whatever is added
    for (const auto& id : queues) calls += offered(seen, id, from);
    for (unsigned i = 0; i < slots_a_half_hour; ++i) {
      there[slot_of(from) + i] = true;
      day.counts[slot_of(from) + i] += calls / slots_a_half_hour;
    }
  }
  for (unsigned s = 0; s < slots; ++s)
    if (!there[s]) day.counts[s] = std::nan("");
  return day;
}

}  // namespace pledge::workforce
