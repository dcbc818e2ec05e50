#pragma once
// The part of a local day that the engine has counted, as the slots that a forecast is made of.
#include <vector>

#include "workforce/day_so_far.hpp"
#include "workforce/demand.hpp"

namespace pledge::workforce {

struct CountedDay {
  DayCounts counts;   // one a slot; NaN = not known
  unsigned seen = 0;  // slots before the first that is not over
};

// The day of the local clock that `now` is in. The engine counts by real half-hours: a slot is known once all of those that begin
// in it were seen from beginning to end, of a repeated hour both comings (its length is 2); one that the clock skips has none and
// is not known. A quarter-hour has half of its half-hour and is not known before that is over, since half of half a half-hour
// would be too little. `slots`: 24, 48 or 96.
CountedDay counted_day(core::Time now, const std::vector<core::UtcOffset>& offsets, const std::vector<core::QueueId>& queues,
                       const SeenDay& seen, unsigned slots);

}  // namespace pledge::workforce
