#include "runtime/alarm_limit.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace pledge::runtime {

std::uint32_t AlarmLimit::most(const std::string& kind) const {
  constexpr std::string_view of_calls = "media.";
  return kind.compare(0, of_calls.size(), of_calls) == 0 ? most_of_calls_ : 1;
}

std::optional<core::Alarm> AlarmLimit::pass(core::Time now, const core::Alarm& alarm) {
  const auto [at, fresh] = kinds_.try_emplace(alarm.kind, Kind{now + every_, 1, 0, {}});
  Kind& kind = at->second;
  if (!fresh && now < kind.until) {
    if (kind.told < most(alarm.kind)) return ++kind.told, alarm;
    ++kind.held_back;
    kind.last = alarm.text;
    return std::nullopt;
  }
  core::Alarm told = alarm;
  if (kind.held_back > 0) told.text += fmt::format(" (and {} more like it before)", kind.held_back);
  kind = {now + every_, 1, 0, {}};
  next_due_ = std::min(next_due_, kind.until);
  return told;
}

std::vector<core::Alarm> AlarmLimit::due(core::Time now) {
  std::vector<core::Alarm> told;
  if (now < next_due_) return told;
  next_due_ = core::never;
  for (auto at = kinds_.begin(); at != kinds_.end();) {
    Kind& kind = at->second;
    if (now >= kind.until && kind.held_back == 0) {
      at = kinds_.erase(at);
      continue;
    }
    if (now >= kind.until) {
      told.push_back({at->first, fmt::format("{} ({} like it since the last)", kind.last, kind.held_back)});
      kind = {now + every_, 1, 0, {}};
    }
    next_due_ = std::min(next_due_, kind.until);
    ++at;
  }
  return told;
}

}  // namespace pledge::runtime
