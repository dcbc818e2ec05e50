#pragma once
// "What if that day had had this configuration?" A recorded day through the core twice: as it was, and as it would have been.
// Pure and deterministic.
//
// With the day's own options the recorded events are the input of both, and nothing differs. With others, what people did of
// their own accord stays at its time, and what followed from the engine's actions follows anew (learner.hpp, behaviour.hpp):
// a call keeps its talk time, its patience and its keys, a handler the way of meeting offers; what the day cannot tell is drawn
// from it. Whoever was not there is not there; who called again because of a long wait calls again all the same.
//
// Both sides are measured with the targets of the new configuration: the same promise, kept or not. Figures are those of
// core/statistics.hpp; abandoned calls count against the share.
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "workforce/half_hours.hpp"
#include "workforce/imagined_day.hpp"

namespace pledge::workforce {

// Ascending; the first is Configured.
using RecordedDay = std::vector<RecordedEvent>;

struct WhatIfOptions {
  core::Duration differs_by = std::chrono::seconds{1};  // waits that differ by less are taken as the same
  std::uint64_t seed = 1;                               // of what is drawn
  std::optional<std::vector<PlannedShift>> roster;      // who is there when, by rostered_day.hpp; none: as then
};

struct QueueHalfHour {
  core::Time from;
  std::uint32_t offered = 0, counted = 0, within = 0;  // counted: answered or abandoned
  double share() const { return counted ? static_cast<double>(within) / counted : 1; }
};
struct QueueSide {
  std::uint32_t offered = 0, answered = 0, within = 0, abandoned = 0;
  double share = 1;                // within / (answered + abandoned); 1 without any
  std::optional<QueueHalfHour> worst;   // least share; none: nothing was counted
  core::Duration longest{};        // wait, answered or not
  double occupancy = 0;            // of those who serve it
  std::vector<QueueHalfHour> half_hours;
};
struct QueueComparison {
  core::QueueId queue;
  core::Duration target{};
  double target_share = 0;
  core::Duration target_then{};  // where it was another; 0: the queue was not there
  bool removed = false;          // there then, not now
  QueueSide then, now;
};

// How a call would have fared; the first that holds, by weight.
enum class Fate : std::uint8_t { answered, unanswered, kept, missed, queue, sooner, later, handler, same };
constexpr std::string_view name(Fate f) {
  constexpr std::string_view names[] = {"answered now", "not answered any more", "within its target now",
                                        "not within its target any more", "another queue", "a shorter wait", "a longer wait",
                                        "another handler", "the same"};
  return names[static_cast<std::size_t>(f)];
}
inline constexpr std::size_t fates = 9;

struct Difference {
  Fate fate = Fate::same;
  const CallLog* then = nullptr;
  const CallLog* now = nullptr;
  core::Duration wait_then{}, wait_now{};
};

struct WhatIf {
  bool same_options = false;
  core::Time from, to;
  std::size_t calls = 0;
  std::vector<QueueComparison> queues;
  HandlerTime handlers_then, handlers_now;  // all together
  std::size_t handlers = 0, handlers_on_now = 0;  // signed on at any time
  std::vector<Difference> differences;      // by fate, then by arrival
  std::array<std::size_t, fates> by_fate{};
  std::vector<NotPossible> not_possible;
  std::unique_ptr<DayLog> then, now;        // what `differences` point into

  std::size_t differing() const { return differences.size(); }
};

// No call arrived: the caller of this says so. `day` must not be empty.
WhatIf what_if(const RecordedDay& day, const core::Options& candidate, const WhatIfOptions& options);

// Equal in everything that decides a call within [from, to]: neither the version's name nor what calendars say of other times.
bool decides_alike(const core::Options& a, const core::Options& b, core::Interval within);

}  // namespace pledge::workforce
