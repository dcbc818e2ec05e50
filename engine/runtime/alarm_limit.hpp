#pragma once
// Alarms for people: at most one of a kind and period, so that a fault that repeats a thousand times a second fills
// neither the log nor a screen. Those of a call's audio ("media.…") each name another call, so that more of them are told.
// None is lost: how many were held back is told. Metrics count every one, before this.
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/actions.hpp"

namespace pledge::runtime {

class AlarmLimit {
 public:
  explicit AlarmLimit(core::Duration every = std::chrono::minutes(1), std::uint32_t most_of_calls = 20)
      : every_(every), most_of_calls_(most_of_calls) {}

  // The alarm as it is to be told now; empty: held back.
  std::optional<core::Alarm> pass(core::Time now, const core::Alarm& alarm);
  // Of each kind whose period is over and that held some back: the last of them, and how many there were.
  std::vector<core::Alarm> due(core::Time now);

 private:
  struct Kind {
    core::Time until;  // of the period
    std::uint32_t told = 1;
    std::uint64_t held_back = 0;
    std::string last;
  };
  std::uint32_t most(const std::string& kind) const;

  core::Duration every_;
  std::uint32_t most_of_calls_;
  core::Time next_due_ = core::never;
  std::map<std::string, Kind> kinds_;  // those told within the period
};

}  // namespace pledge::runtime
