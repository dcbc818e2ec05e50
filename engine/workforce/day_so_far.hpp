#pragma once
// What the last day has shown, from the core's actions alone, so that it says the same live and from a journal: calls by queue and
// half-hour, how long they were talked with and waited, what each handler did. Pure; bounded in memory by `kept` and
// `most_changes`.
#include <deque>
#include <map>
#include <string>
#include <vector>

#include "core/actions.hpp"
#include "workforce/adherence.hpp"

namespace pledge::workforce {

inline constexpr core::Duration kept_of_day = std::chrono::hours{26};  // a day of the local clock and its edges
inline constexpr std::size_t most_changes = 400;                       // of one handler, between working and not working

// Calls of one queue. A call belongs to the half-hour in which it entered its first queue, talk and wait to that in which they
// ended. Seconds.
struct SeenHalfHour {
  std::uint32_t offered = 0;
  std::uint32_t handled = 0;        // talks that ended
  double talk = 0, talk_squared = 0;
  std::uint32_t wrapped = 0;        // wrap-ups that ended
  double wrap_up = 0;
  std::uint32_t abandoned = 0;
  double waited = 0;                // of answered and abandoned calls, together
};
using SeenQueue = std::map<core::Time, SeenHalfHour>;  // by the half-hour's beginning, UTC

struct SeenDay {
  core::Interval known{core::never, core::Time{0}};  // what the figures cover; empty: nothing was seen
  std::map<core::QueueId, SeenQueue> queues;
  std::map<core::QueueId, std::uint32_t> waiting, talking;  // calls now
  std::vector<StateChange> changes;                         // by handler, ascending; talking for ready where both are work
  std::map<std::string, core::HandlerState> handlers;       // who is signed on now
};

class DaySoFar {
 public:
  // The engine started: no call and nobody signed on. `ended`: when its former run was last heard of.
  void begin_run(core::Time started, core::Time ended);
  void observe(core::Time now, const core::Action& action);

  // A copy, up to `now`.
  SeenDay seen(core::Time now) const;
  const std::map<core::QueueId, SeenQueue>& queues() const { return queues_; }

 private:
  struct Call {
    core::QueueId queue;     // its first
    core::Time entered, answered = core::never;
  };
  struct Handler {
    core::HandlerState state = core::HandlerState::signed_off;
    core::Time since;
    core::QueueId queue;  // of the call last talked with
    std::deque<StateChange> changes;
  };
  void on(core::Time now, const core::ContactChanged& change);
  void on(core::Time now, const core::HandlerChanged& change);
  void on(core::Time, const auto&) {}
  void ended(core::Time now, const core::ContactChanged& change);
  void note(core::Time now, const std::string& name, Handler& handler, core::HandlerState state, const std::string& reason);
  SeenHalfHour& half_hour(const core::QueueId& queue, core::Time at);

  core::Time from_ = core::never;
  std::map<core::QueueId, SeenQueue> queues_;
  std::map<core::ContactId, Call> calls_;  // not ended
  std::map<std::string, Handler> handlers_;
};

}  // namespace pledge::workforce
