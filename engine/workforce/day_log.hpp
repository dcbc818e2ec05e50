#pragma once
// What became of each call, queue and handler in a day of the core's steps, recorded or imagined. Pure; fed with each event and
// the actions that it brought about.
#include <deque>
#include <map>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "core/core.hpp"
#include "core/statistics.hpp"

namespace pledge::workforce {

struct DatedDecision {
  core::Time at;
  core::Decision decision;
};
// Of one call. A call is known by its caller's leg: a recorded day and another made of it have the same.
struct CallLog {
  core::LegId leg;
  core::ContactId contact;
  std::string dialled, sip_call_id;
  core::Time arrived;
  core::Time entered = core::never;   // its first queue
  core::Time queued = core::never;    // its last queue
  core::Time answered = core::never;  // when the caller could hear the answer
  core::Time ended = core::never;
  core::QueueId queue;                // the last
  core::HandlerId handler;            // who answered; empty: nobody, or the outside
  core::ContactState state = core::ContactState::arrived;
  core::ContactEnd end = core::ContactEnd::none;
  std::vector<DatedDecision> decisions;  // the first `most_decisions`

  bool was_answered() const { return answered != core::never; }
  // From the entry of the last queue to the answer or the end, `now` where neither was; what the target is compared with.
  core::Duration wait(core::Time now) const;
};
inline constexpr std::size_t most_decisions = 64;

struct HandlerTime {
  core::Duration busy{}, ready{}, signed_on{};  // busy: offered, talking, wrap-up
  std::uint32_t calls = 0;                      // answered
  double occupancy() const;                     // busy / (busy + ready); 0 when neither
};

class DayLog {
 public:
  // `targets`: those that the statistics measure with. `length`: at least as long as the day.
  DayLog(const core::Options& targets, core::Time from, core::Duration length);

  // `core`: after the step that answered `event` at `now` with `actions`.
  void observe(core::Time now, const core::Event& event, const core::Actions& actions, const core::Core& core);

  const std::deque<CallLog>& calls() const { return calls_; }  // in the order of arrival
  const CallLog* call(core::ContactId contact) const;
  const CallLog* call(core::LegId leg) const;
  // By handler, up to `now`; only who was signed on.
  std::map<core::HandlerId, HandlerTime> handlers(core::Time now) const;
  core::Statistics& statistics() { return statistics_; }

 private:
  struct Handler {
    core::HandlerState state = core::HandlerState::signed_off;
    core::Time since;
    HandlerTime total;
  };
  void on(core::Time now, const core::ContactChanged& change, const core::Event& event);
  void on(core::Time now, const core::HandlerChanged& change, const core::Core& core);
  void on(core::Time now, const core::Decision& decision, const core::Event& event);
  CallLog* find(core::ContactId contact, const core::Event& event);
  static void count(Handler& handler, core::Time now);

  std::unordered_set<core::ContactId> outgoing_;  // calls from here: nobody's arrival
  core::Statistics statistics_;
  std::deque<CallLog> calls_;  // references stay good
  std::unordered_map<core::ContactId, CallLog*> by_contact_;
  std::unordered_map<core::LegId, CallLog*> by_leg_;
  std::map<core::HandlerId, Handler> handlers_;
};

}  // namespace pledge::workforce
