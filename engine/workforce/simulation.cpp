#include "workforce/simulation.hpp"

#include <algorithm>
#include <map>
#include <unordered_map>

#include "workforce/agenda.hpp"
#include "workforce/workload.hpp"

namespace pledge::workforce {

namespace {

using core::Duration;
using core::LegId;
using core::Time;

struct Happening {
  enum class Kind : std::uint8_t { sign_on, sign_off, back, arrival, answer, give_up, hang_up };
  using enum Kind;
  Kind kind{};
  std::uint64_t subject = 0;  // shift, call or leg
};

class Run {
 public:
  explicit Run(const Simulation& simulation) : in_(simulation), outcomes_(simulation.calls.size()), who_(simulation.shifts.size()) {
    if (!in_.idle_leave_first) return;
    for (const Shift& shift : in_.shifts) {
      auto& names = names_[shift.group];
      if (std::find(names.begin(), names.end(), shift.handler) == names.end()) names.push_back(shift.handler);
    }
  }

  std::vector<Outcome> run() {
    step(core::Configured{std::make_shared<const core::Options>(in_.options), {}}, in_.start);
    for (std::size_t i = 0; i < in_.shifts.size(); ++i) {
      plan(in_.start + in_.shifts[i].from, Happening::sign_on, i);
      plan(in_.start + in_.shifts[i].to, Happening::sign_off, i);
    }
    for (std::size_t i = 0; i < in_.calls.size(); ++i) plan(in_.start + in_.calls[i].at, Happening::arrival, i);
    agenda_.run(core::never, [this](Time at) { step(core::TimerDue{}, at); },
                [this](Time at, const Happening& next) { happen(next, at); });
    return std::move(outcomes_);
  }

 private:
  static LegId caller_leg(std::uint64_t call) { return {2 * (call + 1)}; }
  static std::uint64_t call_of(LegId leg) { return leg.value / 2 - 1; }

  void plan(Time at, Happening::Kind kind, std::uint64_t subject) { agenda_.plan(at, {kind, subject}); }

  core::Request request(const core::HandlerId& handler) { return {{++requests_}, handler.value, 0}; }

  void happen(const Happening& next, Time at) {
    switch (next.kind) {
      case Happening::sign_on: return sign_on(next.subject, at);
      case Happening::sign_off: return sign_off(next.subject, at);
      case Happening::back: return come_back(who_[next.subject], at);
      case Happening::arrival: return arrive(next.subject, at);
      case Happening::answer: return step(core::LegAnswered{{next.subject}}, at);
      case Happening::give_up: return give_up(next.subject, at);
      case Happening::hang_up: return step(core::LegEnded{caller_leg(next.subject), core::LegEnd::hung_up}, at);
    }
  }
  void sign_on(std::uint64_t shift, Time at) {
    if (who_[shift].empty()) who_[shift] = who_comes(in_.shifts[shift]);
    const auto& handler = who_[shift];
    on_[handler] = shift;
    step(core::SignOn{request(handler), handler, {}, "simulation", true}, at);
    step(core::GoReady{request(handler), handler}, at);
  }
  void sign_off(std::uint64_t shift, Time at) {
    const auto own = who_[shift], leaves = who_leaves(shift);
    if (leaves != own) {
      const std::uint64_t rest = on_.at(leaves);
      who_[rest] = own;
      on_[own] = rest;
    }
    on_.erase(leaves);
    step(core::SignOff{request(leaves), leaves, "end of shift"}, at);
  }
  // Of a group: rather one who still finishes a call of a shift that has ended.
  core::HandlerId who_comes(const Shift& shift) const {
    if (!in_.idle_leave_first) return shift.handler;
    const core::HandlerId* comes = nullptr;
    for (const auto& handler : names_.at(shift.group)) {
      if (on_.contains(handler)) continue;
      if (!comes || state_of(handler) != core::HandlerState::signed_off) comes = &handler;
    }
    return *comes;  // there is one: shifts at the same time have different handlers
  }
  core::HandlerId who_leaves(std::uint64_t shift) const {
    using enum core::HandlerState;
    const auto& own = who_[shift];
    if (const auto state = state_of(own); !in_.idle_leave_first || (state != offered && state != talking && state != wrap_up)) return own;
    for (const auto& handler : names_.at(in_.shifts[shift].group))
      if (on_.contains(handler) && state_of(handler) == ready) return handler;
    return own;
  }
  core::HandlerState state_of(const core::HandlerId& handler) const {
    const auto known = states_.find(handler);
    return known == states_.end() ? core::HandlerState::signed_off : known->second;
  }
  // Who finished a call of the former shift after this one had begun comes back at once.
  void signed_off(const core::HandlerId& handler, Time at) {
    if (const auto shift = on_.find(handler); shift != on_.end()) plan(at, Happening::sign_on, shift->second);
  }
  // Who has not answered and was made not-ready; the core refuses it of who has signed off.
  void come_back(const core::HandlerId& handler, Time at) { step(core::GoReady{request(handler), handler}, at); }
  void ring(const core::RingPhone& phone, Time at) {
    const std::uint64_t call = call_of(phone.caller_leg);
    const bool taken = in_.unanswered <= 0 || Random{seed_of_day(seed_of_day(in_.seed, call), offers_[call]++)}.uniform() > in_.unanswered;
    if (taken) plan(at + in_.answer_after, Happening::answer, phone.leg.value);
  }
  void changed(const core::HandlerChanged& change, Time at) {
    if (in_.idle_leave_first) states_[change.handler] = change.state;
    if (change.state == core::HandlerState::signed_off) signed_off(change.handler, at);
    if (change.state != core::HandlerState::not_ready || in_.unanswered <= 0) return;
    if (const auto shift = on_.find(change.handler); shift != on_.end()) plan(at + in_.away, Happening::back, shift->second);
  }
  void arrive(std::uint64_t call, Time at) {
    core::CallFacts facts;
    facts.dialled = in_.calls[call].dialled;
    facts.provenance = core::Provenance::from;
    if (in_.calls[call].patience > Duration{}) plan(at + in_.calls[call].patience, Happening::give_up, call);
    step(core::CallArrived{caller_leg(call), facts}, at);
  }
  void give_up(std::uint64_t call, Time at) {
    if (outcomes_[call].answered) return;
    outcomes_[call].wait = in_.calls[call].patience;
    step(core::LegEnded{caller_leg(call), core::LegEnd::cancelled}, at);
  }

  void step(const core::Event& event, Time at) {
    std::vector<LegId> answers;
    for (const core::Action& action : core_.step(at, event)) {
      if (const auto* answer = std::get_if<core::AnswerLeg>(&action)) answers.push_back(answer->leg);
      if (const auto* wake = std::get_if<core::WakeAt>(&action)) agenda_.wake_at(wake->due);
      if (const auto* phone = std::get_if<core::RingPhone>(&action)) ring(*phone, at);
      if (const auto* connect = std::get_if<core::ConnectLegs>(&action)) answered(call_of(connect->a), at);
      if (const auto* change = std::get_if<core::HandlerChanged>(&action)) changed(*change, at);
    }
    for (const LegId leg : answers) step(core::AnswerSent{leg}, at);  // its disk takes no time
  }
  void answered(std::uint64_t call, Time at) {
    outcomes_[call] = {true, at - in_.start - in_.calls[call].at};
    plan(at + in_.calls[call].handling, Happening::hang_up, call);
  }

  const Simulation& in_;
  core::Core core_{core::Explanations::off};
  std::vector<Outcome> outcomes_;
  Agenda<Happening> agenda_;
  std::unordered_map<core::HandlerId, std::uint64_t> on_;  // shift of who is to be there
  std::vector<core::HandlerId> who_;                       // has the shift; empty before it begins
  std::map<std::string, std::vector<core::HandlerId>> names_;  // by group, and their states: where it asks for them
  std::unordered_map<core::HandlerId, core::HandlerState> states_;
  std::unordered_map<std::uint64_t, std::uint64_t> offers_;  // so far, by call
  std::uint64_t requests_ = 0;
};

}  // namespace

std::vector<Outcome> simulate(const Simulation& simulation) { return Run{simulation}.run(); }

std::vector<Shift> shifts_of(const std::vector<std::uint32_t>& staff, Duration interval, const std::string& group) {
  std::vector<Shift> shifts;
  const std::uint32_t most = staff.empty() ? 0 : *std::max_element(staff.begin(), staff.end());
  for (std::uint32_t n = 1; n <= most; ++n) {
    bool on = false;
    for (std::size_t i = 0; i < staff.size(); ++i) {
      const auto from = interval * static_cast<std::int64_t>(i);
      if (staff[i] < n) {
        on = false;
      } else if (on) {
        shifts.back().to += interval;
      } else {
        shifts.push_back({{group + "-" + std::to_string(n)}, from, from + interval, group});
        on = true;
      }
    }
  }
  return shifts;
}

}  // namespace pledge::workforce
