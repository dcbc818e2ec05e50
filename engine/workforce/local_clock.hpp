#pragma once
// Times of the local clock and UTC.
#include <vector>

#include "core/options.hpp"
#include "workforce/demand.hpp"

namespace pledge::workforce {

// The time at which the clock shows `minute` of `day` (from 1,440 on: of the next). Offsets ascend; before the first it
// holds too. A time that the clock skips is taken by the offset before it; one that comes twice is its second coming.
core::Time time_of_clock(Day day, unsigned minute, const std::vector<core::UtcOffset>& offsets);

// What the clock shows, as seconds since 1970-01-01T00:00 of the same clock.
std::int64_t clock_seconds(core::Time time, const std::vector<core::UtcOffset>& offsets);

// The day that it shows.
Day local_day(core::Time time, const std::vector<core::UtcOffset>& offsets);

}  // namespace pledge::workforce
