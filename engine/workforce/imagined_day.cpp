#include "workforce/imagined_day.hpp"

#include <functional>

#include "workforce/agenda.hpp"
#include "workforce/either.hpp"

namespace pledge::workforce {

namespace {

using core::ContactId;
using core::Duration;
using core::HandlerId;
using core::LegId;
using core::Time;

class Run {
 public:
  Run(const ImaginedDay& day, DayLog& log) : day_(day), behaviour_(day.learnt.behaviour()), log_(log) {}

  std::vector<NotPossible> run() {
    step(day_.from, core::Configured{day_.options, {}});
    for (const RecordedEvent& kept : day_.learnt.kept())
      if (!replaced(kept.event)) plan(kept.at, [this, &kept](Time at) { repeat(at, kept.event); });
    if (day_.roster)
      for (RecordedEvent& own : rostered_events(*day_.roster, {day_.from, day_.to}, roles_of(day_.learnt.kept()),
                                                day_.options->not_ready_reasons))
        plan(own.at, [this, event = std::move(own.event)](Time at) { follow_roster(at, event); });
    plan(day_.to, [](Time) {});  // what is due until then still happens
    agenda_.run(day_.to, [this](Time at) { step(at, core::TimerDue{}); }, [](Time at, const Happening& what) { what(at); });
    return std::move(not_possible_);
  }

 private:
  using Happening = std::function<void(Time)>;
  struct Call {
    bool seen = false, queued = false;
    Time answered = core::never;
    std::map<HandlerId, std::size_t> offers;
    std::size_t menu_turns = 0, messages = 0, dialled = 0;
    std::uint32_t turn = 0;
    std::uint64_t answer_asked = 0;  // the latest AnswerLeg; 0 = none that must still be sent
  };
  struct Handler {
    core::HandlerState state = core::HandlerState::signed_off;
    LegId rung, line;
    std::size_t lines = 0;  // asked for
  };

  void plan(Time at, Happening what) { agenda_.plan(at, std::move(what)); }
  const core::Actions& step(Time at, const core::Event& event);
  core::Request request(const std::string& actor) { return {{++requests_}, actor, 0}; }

  // What was somebody's own doing, with the ids of now.
  void repeat(Time at, core::Event event);
  bool replaced(const core::Event& kept) const;  // by the roster
  void follow_roster(Time at, core::Event event);

  void on(Time at, const core::AnswerLeg& action);
  void on(Time at, const core::ContactChanged& action);
  void on(Time at, const core::OfferMade& action);
  void on(Time at, const core::RingPhone& action);
  void on(Time at, const core::DialOut& action);
  void on(Time at, const core::PlayToLeg& action);
  void on(Time at, const core::HandlerChanged& action);
  void look(Time at, const core::Action& action);

  void give_up_after(Time at, LegId leg, core::LegEnd how);
  void end_talk(Time at, ContactId contact, const core::Event& as);
  void react(Time at, const core::OfferMade& offer, const core::Event& as);
  void finish_wrap_up(Time at, const core::HandlerChanged& wrap_up, const core::Event& as);

  const ImaginedDay& day_;
  const Behaviour& behaviour_;
  DayLog& log_;
  core::Core core_;
  Agenda<Happening> agenda_;
  std::unordered_map<LegId, Call> calls_;
  std::unordered_map<HandlerId, Handler> handlers_;
  std::vector<NotPossible> not_possible_;
  std::uint64_t requests_ = std::uint64_t{1} << 63, answers_ = 0;  // beyond those of the day
};

const core::Actions& Run::step(Time at, const core::Event& event) {
  const core::Actions& actions = core_.step(at, event);
  log_.observe(at, event, actions, core_);
  for (const core::Action& action : actions) look(at, action);
  return actions;
}

void Run::look(Time at, const core::Action& action) {
  std::visit(Either{[&](const core::WakeAt& a) { agenda_.wake_at(a.due); },
                    [&](const core::AnswerLeg& a) { on(at, a); },
                    [&](const core::WithdrawAnswer& a) { calls_[a.leg].answer_asked = 0; },
                    [&](const core::ContactChanged& a) { on(at, a); },
                    [&](const core::OfferMade& a) { on(at, a); },
                    [&](const core::RingPhone& a) { on(at, a); },
                    [&](const core::DialOut& a) { on(at, a); },
                    [&](const core::PlayToLeg& a) { on(at, a); },
                    [&](const core::HandlerChanged& a) { on(at, a); },
                    [](const auto&) {}},
             action);
}

// ---- own doing ----------------------------------------------------------------------------------------------------

void Run::repeat(Time at, core::Event event) {
  core::RequestId id;
  std::visit(
      [&](auto& e) {
        if constexpr (requires { e.request.expected_version; }) {
          e.request.expected_version = 0;  // what the actor saw then has other versions now
          id = e.request.id;
        }
        if constexpr (requires { e.request; e.contact; }) {
          const CallLog* then = day_.then.call(e.contact);
          const CallLog* now = then ? log_.call(then->leg) : nullptr;
          e.contact = now ? now->contact : ContactId{};
        }
      },
      event);
  if (auto* lost = std::get_if<core::LegEnded>(&event))
    if (const auto handler = day_.learnt.line_of(lost->leg)) lost->leg = handlers_[*handler].line;
  for (const core::Action& action : step(at, event))
    if (const auto* reply = std::get_if<core::Replied>(&action);
        reply && reply->request == id && reply->refusal != core::Refusal::none && !day_.learnt.was_refused(id))
      not_possible_.push_back({at, event, reply->refusal, reply->detail});
}

// A held line that was lost was that of a sign-on of then.
bool Run::replaced(const core::Event& kept) const {
  if (!day_.roster) return false;
  const auto* lost = std::get_if<core::LegEnded>(&kept);
  return is_presence(kept) || (lost && day_.learnt.line_of(lost->leg));
}

void Run::follow_roster(Time at, core::Event event) {
  std::visit([&](auto& e) { if constexpr (requires { e.request; }) e.request.id = {++requests_}; }, event);
  const auto* ready = std::get_if<core::GoReady>(&event);
  const auto handler = ready ? core_.handler(ready->handler) : std::nullopt;
  const bool line_first = handler && handler->phone_mode == core::PhoneMode::nailed_up;  // ready when it is up
  for (const core::Action& action : step(at, event))
    if (const auto* reply = std::get_if<core::Replied>(&action); reply && reply->refusal != core::Refusal::none && !line_first)
      not_possible_.push_back({at, event, reply->refusal, reply->detail});
}

// ---- callers ------------------------------------------------------------------------------------------------------

void Run::on(Time at, const core::AnswerLeg& action) {
  const std::uint64_t asked = calls_[action.leg].answer_asked = ++answers_;
  plan(at + behaviour_.answer_sent(action.leg), [this, leg = action.leg, asked](Time now) {
    if (calls_[leg].answer_asked == asked) step(now, core::AnswerSent{leg});
  });
}

void Run::on(Time, const core::ContactChanged& action) {
  const CallLog* log = log_.call(action.contact);
  if (!log) return;
  Call& call = calls_[log->leg];
  if (!std::exchange(call.seen, true))
    if (const auto gives_up = behaviour_.gave_up_before_queue(log->leg))
      give_up_after(action.arrived + gives_up->after, log->leg, gives_up->how);
  if (!action.queue.empty() && !std::exchange(call.queued, true))
    if (const auto gives_up = behaviour_.patience(log->leg, action.queue))
      give_up_after(action.queued + gives_up->after, log->leg, gives_up->how);
  if (std::exchange(call.answered, action.answered) == action.answered || action.answered == core::never) return;
  const Talk talk = behaviour_.talk(log->leg, action.queue);
  plan(action.answered + talk.lasted,
       [this, contact = action.contact, answered = action.answered, as = talk.ended_by](Time now) {
         if (const auto call = core_.contact(contact); call && call->now.answered == answered) end_talk(now, contact, as);
       });
}

void Run::give_up_after(Time at, LegId leg, core::LegEnd how) {
  plan(at, [this, leg, how](Time now) {
    const CallLog* call = log_.call(leg);
    if (!call->was_answered() && call->ended == core::never) step(now, core::LegEnded{leg, how});
  });
}

// By the one who ended it then: the caller, or whoever has the other end now.
void Run::end_talk(Time at, ContactId contact, const core::Event& as) {
  const auto call = core_.contact(contact);
  if (!call) return;
  const auto* ended = std::get_if<core::LegEnded>(&as);
  if (ended && ended->leg == call->caller_leg) {
    step(at, *ended);
    return;
  }
  const auto handler = core_.handler(call->now.handler);
  const bool held = handler && handler->phone_mode == core::PhoneMode::nailed_up;
  const bool on_hold = call->parties && call->parties->held;  // where a phone that is put down brings the caller back
  if (handler && (!ended || held || on_hold)) step(at, core::ReleaseCall{request(handler->now.handler.value), handler->now.handler, contact});
  else step(at, core::LegEnded{call->handler_leg, ended ? ended->cause : core::LegEnd::hung_up});
}

void Run::on(Time at, const core::PlayToLeg& action) {
  Call& call = calls_[action.leg];
  call.turn = action.turn;
  const CallLog* log = log_.call(action.leg);
  if (action.turn == 0 || !log) return;
  const bool menu = log->state == core::ContactState::menu;
  const Reactions reactions = menu ? behaviour_.menu_turn(action.leg, action.sound, call.menu_turns++)
                                   : behaviour_.message(action.leg, action.sound, call.messages++);
  for (const Reaction& reaction : reactions.inputs)
    plan(at + reaction.after, [this, leg = action.leg, turn = action.turn, event = reaction.event](Time now) {
      if (calls_[leg].turn != turn) return;
      if (const auto* key = std::get_if<core::KeyPressed>(&event)) step(now, core::KeyPressed{leg, key->key});
      else step(now, core::SoundFinished{leg, turn});
    });
}

void Run::on(Time at, const core::DialOut& action) {
  const Reactions reactions = behaviour_.dialled(action.caller_leg, action.number, calls_[action.caller_leg].dialled++);
  for (const Reaction& reaction : reactions.inputs)
    plan(at + reaction.after, [this, leg = action.leg, event = reaction.event](Time now) mutable {
      std::visit([&](auto& e) { if constexpr (requires { e.leg = leg; }) e.leg = leg; }, event);
      step(now, event);
    });
}

// ---- handlers -----------------------------------------------------------------------------------------------------

void Run::on(Time at, const core::RingPhone& action) {
  Handler& handler = handlers_[action.handler];
  if (action.contact) {
    handler.rung = action.leg;
    return;
  }
  handler.line = action.leg;
  for (const Reaction& reaction : behaviour_.line(action.handler, handler.lines++).inputs)
    plan(at + reaction.after, [this, id = action.handler, leg = action.leg, event = reaction.event](Time now) mutable {
      std::visit([&](auto& e) { if constexpr (requires { e.leg = leg; }) e.leg = leg; }, event);
      step(now, event);
      if (day_.roster && std::holds_alternative<core::LegAnswered>(event)) follow_roster(now, core::GoReady{{{}, id.value, 0}, id});
    });
}

void Run::on(Time at, const core::OfferMade& action) {
  const CallLog* log = log_.call(action.contact);
  if (!log) return;
  const std::size_t n = calls_[log->leg].offers[action.handler]++;
  for (const Reaction& reaction : behaviour_.offer(log->leg, action.handler, action.mode, n).inputs)
    plan(at + reaction.after, [this, action, event = reaction.event](Time now) { react(now, action, event); });
}

void Run::react(Time at, const core::OfferMade& offer, const core::Event& as) {
  const auto handler = core_.handler(offer.handler);
  if (!handler || handler->offer != offer.offer) return;  // it is over
  const LegId phone = handlers_[offer.handler].rung;
  const auto by = [&] { return request(offer.handler.value); };
  if (std::holds_alternative<core::AcceptOffer>(as)) step(at, core::AcceptOffer{by(), offer.handler, offer.offer});
  else if (std::holds_alternative<core::DeclineOffer>(as)) step(at, core::DeclineOffer{by(), offer.handler, offer.offer});
  else if (std::holds_alternative<core::LegAnswered>(as)) step(at, core::LegAnswered{phone});
  else if (const auto* failed = std::get_if<core::LegFailed>(&as)) step(at, core::LegFailed{phone, failed->cause, failed->sip_status});
  else if (const auto* ended = std::get_if<core::LegEnded>(&as)) step(at, core::LegEnded{phone, ended->cause});
}

void Run::on(Time at, const core::HandlerChanged& action) {
  const auto before = std::exchange(handlers_[action.handler].state, action.state);
  const CallLog* log = log_.call(action.contact);
  if (action.state != core::HandlerState::wrap_up || before == core::HandlerState::wrap_up || !log) return;
  const Reactions reactions = behaviour_.wrap_up(log->leg, log->queue);
  for (const Reaction& reaction : reactions.inputs)
    plan(at + reaction.after, [this, action, event = reaction.event](Time now) { finish_wrap_up(now, action, event); });
  // One that lasts until the handler says so lasts as long as it did when it ended by itself.
  if (action.wrap_up_ends == core::never)
    plan(at + reactions.seen, [this, action](Time now) { finish_wrap_up(now, action, core::FinishWrapUp{}); });
}

void Run::finish_wrap_up(Time at, const core::HandlerChanged& wrap_up, const core::Event& as) {
  const auto handler = core_.handler(wrap_up.handler);
  if (!handler || handler->now.state != core::HandlerState::wrap_up || handler->now.contact != wrap_up.contact) return;
  const auto by = request(wrap_up.handler.value);
  if (const auto* extend = std::get_if<core::ExtendWrapUp>(&as)) step(at, core::ExtendWrapUp{by, wrap_up.handler, extend->by});
  else if (std::holds_alternative<core::GoReady>(as)) step(at, core::GoReady{by, wrap_up.handler});
  else step(at, core::FinishWrapUp{by, wrap_up.handler});
}

}  // namespace

namespace {
// The day does not tell how somebody who is called from here would answer: nobody is.
std::shared_ptr<const core::Options> without_calls_from_here(const core::Options& given) {
  auto options = std::make_shared<core::Options>(given);
  for (core::QueueOptions& queue : options->queues) {
    queue.ring_back = false;
    std::erase_if(queue.choices, [](const core::WaitingChoice& choice) { return choice.call_back; });
  }
  return options;
}
}  // namespace

std::vector<NotPossible> imagine(const ImaginedDay& day, DayLog& log) {
  ImaginedDay alone = day;
  alone.options = without_calls_from_here(*day.options);
  return Run{alone, log}.run();
}

}  // namespace pledge::workforce
