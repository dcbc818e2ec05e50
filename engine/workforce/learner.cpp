#include "workforce/learner.hpp"

#include <algorithm>

#include "workforce/either.hpp"

namespace pledge::workforce {

using core::Duration;
using core::HandlerState;
using core::LegId;
using core::Time;

namespace {

LegId leg_of(const DayLog& log, core::ContactId contact) {
  const CallLog* call = log.call(contact);
  return call ? call->leg : LegId{};
}

}  // namespace

void Learner::observe(Time now, const core::Event& event, const core::Actions& actions, const DayLog& log) {
  reacted_ = {};
  if (!follows(now, event, log)) kept_.push_back({now, event});
  for (const core::Action& action : actions) on(now, action, log);
}

std::optional<core::HandlerId> Learner::line_of(LegId leg) const {
  const auto at = legs_.find(leg);
  if (at == legs_.end() || !at->second.line) return std::nullopt;
  return at->second.handler;
}

// ---- events -------------------------------------------------------------------------------------------------------

bool Learner::follows(Time now, const core::Event& event, const DayLog& log) {
  const auto of_offer = [&](const auto& e) {
    Handler& handler = handlers_[e.handler];
    if (handler.offer && handler.offer == e.offer) offer_reacted(now, handler, event);
    return true;
  };
  const auto of_wrap_up = [&](const core::HandlerId& id) {
    if (handlers_[id].state != HandlerState::wrap_up) return false;
    wrap_up_reacted(now, id, event);
    return true;
  };
  return std::visit(
      Either{[&](const core::LegAnswered& e) { return leg_reacted(now, e.leg, event), true; },
             [&](const core::LegFailed& e) { return leg_reacted(now, e.leg, event), true; },
             [&](const core::LegEnded& e) { return leg_ended(now, e, log); },
             [&](const core::AnswerSent& e) {
               if (const auto asked = answers_asked_.find(e.leg); asked != answers_asked_.end())
                 behaviour_.call(e.leg).answer_sent = now - asked->second;
               return true;
             },
             [&](const core::AcceptOffer& e) { return of_offer(e); },
             [&](const core::DeclineOffer& e) { return of_offer(e); },
             [&](const core::ReleaseCall& e) {
               if (const CallLog* call = log.call(e.contact); call && call->ended == now) talk_ended(now, *call, event);
               return true;
             },
             [&](const core::ExtendWrapUp& e) { return of_wrap_up(e.handler), true; },
             [&](const core::FinishWrapUp& e) { return of_wrap_up(e.handler), true; },
             [&](const core::GoReady& e) { return of_wrap_up(e.handler); },
             [&](const core::KeyPressed& e) { return heard(now, e.leg, event), true; },
             [&](const core::SoundFinished& e) { return heard(now, e.leg, event), true; },
             [](const core::Configured&) { return true; },
             [](const core::TimerDue&) { return true; },
             [](const core::LegRinging&) { return true; },
             [](const core::LegHeld&) { return true; },
             [](const core::PauseRecording&) { return true; },
             [](const core::ResumeRecording&) { return true; },
             [](const core::RecordingFinished&) { return true; },
             [](const core::HearRecording&) { return true; },
             // What was done with calls in progress, and calls from here, are of that day's legs.
             [](const core::HoldCall&) { return true; },
             [](const core::MuteCall&) { return true; },
             [](const core::ConsultCall&) { return true; },
             [](const core::TransferCall&) { return true; },
             [](const core::JoinCall&) { return true; },
             [](const core::DropParty&) { return true; },
             [](const core::MonitorCall&) { return true; },
             [](const core::CallOut&) { return true; },
             [](const core::CloseTask&) { return true; },
             [](const core::MarkWrongUse&) { return true; },
             [](const core::NotReached&) { return true; },
             [](const core::AskForKeys&) { return true; },
             [](const core::MediaTimeout&) { return true; },
             [](const core::SpeechHeard&) { return true; },
             [](const core::OperatorLeft&) { return true; },
             [](const core::HandedOver&) { return true; },
             [](const auto&) { return false; }},
      event);
}

void Learner::leg_reacted(Time now, LegId leg, const core::Event& event) {
  const auto at = legs_.find(leg);
  if (at == legs_.end()) return;
  const Leg& owner = at->second;
  if (owner.outside) {
    Reactions& reactions = behaviour_.call(owner.call).dialled.back().reactions;
    reactions.inputs.push_back({now - owner.opened, event});
    reactions.to_the_end = true;
  } else if (owner.line) {
    behaviour_.add_line(owner.handler, {{{now - owner.opened, event}}, now - owner.opened, true});
  } else if (Handler& handler = handlers_[owner.handler]; handler.offer && handler.call == owner.call) {
    offer_reacted(now, handler, event);
  }
}

void Learner::offer_reacted(Time now, Handler& handler, const core::Event& event) {
  behaviour_.call(handler.call).offers[handler.offer_at].reactions.inputs.push_back({now - handler.offered, event});
  reacted_ = handler.offer;
}

// False: a held line was lost, which is the network's doing.
bool Learner::leg_ended(Time now, const core::LegEnded& event, const DayLog& log) {
  if (const CallLog* call = log.call(event.leg)) return caller_left(now, event, *call), true;
  const auto at = legs_.find(event.leg);
  // A caller's second leg, of a call presented again, is the network's doing too.
  if (at == legs_.end()) return event.leg.value % 2 != 0;
  if (at->second.line) return false;
  const CallLog* call = log.call(at->second.call);
  if (call && call->was_answered() && call->ended == now) talk_ended(now, *call, event);
  else leg_reacted(now, event.leg, event);
  return true;
}

void Learner::caller_left(Time now, const core::LegEnded& event, const CallLog& call) {
  if (call.ended != now) return;  // it had ended before
  if (call.was_answered()) return talk_ended(now, call, event);
  CallBehaviour& own = behaviour_.call(call.leg);
  own.gave_up = now - (call.entered == core::never ? call.arrived : call.entered);
  own.gave_up_how = event.cause;
}

void Learner::talk_ended(Time now, const CallLog& call, const core::Event& event) {
  if (call.was_answered()) behaviour_.call(call.leg).talk = Talk{now - call.answered, true, event};
}

void Learner::wrap_up_reacted(Time now, const core::HandlerId& id, const core::Event& event) {
  const Handler& handler = handlers_[id];
  if (auto& wrap_up = behaviour_.call(handler.call).wrap_up) wrap_up->inputs.push_back({now - handler.since, event});
}

void Learner::heard(Time now, LegId leg, const core::Event& event) {
  const auto turn = turns_.find(leg);
  if (turn == turns_.end()) return;
  CallBehaviour& call = behaviour_.call(leg);
  Heard& heard = (turn->second.menu ? call.menu_turns : call.messages)[turn->second.at];
  heard.reactions.inputs.push_back({now - turn->second.begun, event});
  if (std::holds_alternative<core::SoundFinished>(event)) heard.reactions.to_the_end = true;
}

// ---- actions ------------------------------------------------------------------------------------------------------

void Learner::on(Time now, const core::Action& action, const DayLog& log) {
  std::visit(Either{[&](const core::RingPhone& a) { on(now, a, log); },
                    [&](const core::OfferMade& a) { on(now, a, log); },
                    [&](const core::OfferEnded& a) { on(now, a); },
                    [&](const core::PlayToLeg& a) { on(now, a, log); },
                    [&](const core::HandlerChanged& a) { on(now, a, log); },
                    [&](const core::Replied& a) {
                      if (a.refusal != core::Refusal::none) refused_.insert(a.request);
                    },
                    [&](const core::AnswerLeg& a) { answers_asked_[a.leg] = now; },
                    [&](const core::DialOut& a) {
                      legs_[a.leg] = {a.caller_leg, {}, true, now};
                      behaviour_.call(a.caller_leg).dialled.push_back({a.number, {{}, {}, false}});
                    },
                    [](const auto&) {}},
             action);
}

void Learner::on(Time now, const core::RingPhone& action, const DayLog& log) {
  legs_[action.leg] = {leg_of(log, action.contact), action.handler, false, now, !action.contact};
}

void Learner::on(Time now, const core::OfferMade& action, const DayLog& log) {
  Handler& handler = handlers_[action.handler];
  handler.offer = {};
  if (!leg_of(log, action.contact)) return;  // a call from here
  auto& offers = behaviour_.call(leg_of(log, action.contact)).offers;
  handler.call = leg_of(log, action.contact);
  handler.offer = action.offer;
  handler.offer_at = offers.size();
  handler.offered = now;
  offers.push_back({action.handler, action.mode, {{}, {}, false}});
}

// Accepted, let go by, or refused by what the handler or the phone did: seen to the end. Else cut off: the caller went, the
// handler asked to be not-ready or signed off, the console broke.
void Learner::on(Time now, const core::OfferEnded& action) {
  Handler& handler = handlers_[action.handler];
  if (handler.offer != action.offer) return;
  Reactions& reactions = behaviour_.call(handler.call).offers[handler.offer_at].reactions;
  reactions.seen = now - handler.offered;
  reactions.to_the_end = action.end == core::OfferEnd::no_answer || reacted_ == action.offer;
  handler.offer = {};
}

void Learner::on(Time now, const core::PlayToLeg& action, const DayLog& log) {
  if (action.turn == 0) {
    turns_.erase(action.leg);
    return;
  }
  const CallLog* call = log.call(action.leg);
  if (!call) return;
  const bool menu = call->state == core::ContactState::menu;
  auto& turns = menu ? behaviour_.call(action.leg).menu_turns : behaviour_.call(action.leg).messages;
  turns_[action.leg] = {menu, turns.size(), now};
  turns.push_back({action.sound, {{}, {}, false}});
}

void Learner::on(Time now, const core::HandlerChanged& action, const DayLog& log) {
  Handler& handler = handlers_[action.handler];
  const bool left = handler.state == HandlerState::wrap_up && action.state != HandlerState::wrap_up;
  if (left) {
    Reactions& wrap_up = *behaviour_.call(handler.call).wrap_up;
    wrap_up.seen = now - handler.since;
    wrap_up.to_the_end = true;
  }
  if (action.state == HandlerState::wrap_up && handler.state != HandlerState::wrap_up) {
    handler.call = leg_of(log, action.contact);
    behaviour_.call(handler.call).wrap_up = Reactions{{}, {}, false};
  }
  handler.state = action.state;
  handler.since = action.since;
}

// ---- the end of the day -------------------------------------------------------------------------------------------

void Learner::finish(Time end, const DayLog& log) {
  std::map<LegId, core::QueueId> queues;
  for (const CallLog& call : log.calls()) {
    CallBehaviour& own = behaviour_.call(call.leg);
    own.queued = call.entered != core::never;
    if (own.queued) queues.emplace(call.leg, call.queue);
    own.waited = std::min({call.answered, call.ended, end}) - (own.queued ? call.entered : call.arrived);
    if (call.was_answered() && !own.talk)
      own.talk = Talk{std::min(call.ended, end) - call.answered, false, core::LegEnded{call.leg, core::LegEnd::hung_up}};
    if (own.wrap_up && !own.wrap_up->to_the_end) own.wrap_up->seen = Duration{};
  }
  behaviour_.finish(queues);
}

}  // namespace pledge::workforce
