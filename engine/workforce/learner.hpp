#pragma once
// Reads a recorded day as it goes through the core: which inputs were somebody's own doing at that time, and which followed from
// what the engine did, by how much. Pure.
//
// Own doing, and kept at its time: calls that arrive; sign-on and sign-off, ready and not-ready; phones and consoles that come
// and go; supervisors' and operators' requests. All else follows from the engine's actions and is kept as Behaviour: answers,
// refusals and acceptances of offers, ends of calls, wrap-up, keys and ends of prompts. Reloads, timers and the recorder's reports
// are no inputs of a day under another configuration.
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "workforce/behaviour.hpp"
#include "workforce/day_log.hpp"

namespace pledge::workforce {

struct RecordedEvent {
  core::Time at;
  core::Event event;
};

class Learner {
 public:
  explicit Learner(std::uint64_t seed) : behaviour_(seed) {}

  // After the step; `log` has seen it as well.
  void observe(core::Time now, const core::Event& event, const core::Actions& actions, const DayLog& log);
  // The day is over at `end`.
  void finish(core::Time end, const DayLog& log);

  const Behaviour& behaviour() const { return behaviour_; }
  const std::vector<RecordedEvent>& kept() const { return kept_; }
  // Whose held line a leg of the day was; none: it was none.
  std::optional<core::HandlerId> line_of(core::LegId leg) const;
  bool was_refused(core::RequestId request) const { return refused_.contains(request); }

 private:
  struct Leg {  // not a caller's
    core::LegId call;  // the caller's leg; none: of no caller's call
    core::HandlerId handler;
    bool outside = false;
    core::Time opened;
    bool line = false;  // held for a shift
  };
  struct Handler {
    core::HandlerState state = core::HandlerState::signed_off;
    core::Time since;
    core::LegId call;  // the caller's leg, of an offer, talk or wrap-up
    core::OfferId offer;
    std::size_t offer_at = 0;  // in the call's offers
    core::Time offered;
  };
  struct Turn {
    bool menu = false;
    std::size_t at = 0;
    core::Time begun;
  };

  // Events, before their actions are looked at. False: kept as it is.
  bool follows(core::Time now, const core::Event& event, const DayLog& log);
  void leg_reacted(core::Time now, core::LegId leg, const core::Event& event);
  bool leg_ended(core::Time now, const core::LegEnded& event, const DayLog& log);
  void caller_left(core::Time now, const core::LegEnded& event, const CallLog& call);
  void talk_ended(core::Time now, const CallLog& call, const core::Event& event);
  void offer_reacted(core::Time now, Handler& handler, const core::Event& event);
  void wrap_up_reacted(core::Time now, const core::HandlerId& handler, const core::Event& event);
  void heard(core::Time now, core::LegId leg, const core::Event& event);

  void on(core::Time now, const core::RingPhone& action, const DayLog& log);
  void on(core::Time now, const core::OfferMade& action, const DayLog& log);
  void on(core::Time now, const core::OfferEnded& action);
  void on(core::Time now, const core::PlayToLeg& action, const DayLog& log);
  void on(core::Time now, const core::HandlerChanged& action, const DayLog& log);
  void on(core::Time now, const core::Action& action, const DayLog& log);

  Behaviour behaviour_;
  std::vector<RecordedEvent> kept_;
  std::unordered_map<core::LegId, Leg> legs_;
  std::unordered_map<core::LegId, core::Time> answers_asked_;
  std::unordered_map<core::LegId, Turn> turns_;
  std::unordered_map<core::HandlerId, Handler> handlers_;
  std::unordered_set<core::RequestId> refused_;
  core::OfferId reacted_;  // the offer that the event of this step is part of
};

}  // namespace pledge::workforce
