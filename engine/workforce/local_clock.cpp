#include "workforce/local_clock.hpp"

namespace pledge::workforce {

namespace {

constexpr std::int64_t second = 1'000'000'000;

}  // namespace

core::Time time_of_clock(Day day, unsigned minute, const std::vector<core::UtcOffset>& offsets) {
  const std::int64_t local = std::chrono::seconds{day.time_since_epoch()}.count() + std::int64_t{minute} * 60;
  std::int32_t offset = offsets.empty() ? 0 : offsets.front().seconds;
  for (const auto& o : offsets)
    if (o.from.ns / second + o.seconds <= local) offset = o.seconds;
  return {(local - offset) * second};
}

std::int64_t clock_seconds(core::Time time, const std::vector<core::UtcOffset>& offsets) {
  std::int32_t offset = offsets.empty() ? 0 : offsets.front().seconds;
  for (const auto& o : offsets)
    if (o.from <= time) offset = o.seconds;
  return time.ns / second + offset;
}

Day local_day(core::Time time, const std::vector<core::UtcOffset>& offsets) {
  return std::chrono::floor<std::chrono::days>(std::chrono::sys_seconds{std::chrono::seconds{clock_seconds(time, offsets)}});
}

}  // namespace pledge::workforce
