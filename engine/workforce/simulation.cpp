#include "workforce/simulation.hpp"

#include <algorithm>
#include <queue>
#include <unordered_map>

namespace pledge::workforce {

namespace {

using core::Duration;
using core::LegId;
using core::Time;

enum class Happening : std::uint8_t { sign_on, sign_off, arrival, answer, give_up, hang_up };

struct Next {
  Time at;
  std::uint64_t order = 0;  // of scheduling: ties repeat exactly
  Happening what{};
  std::uint64_t subject = 0;  // shift, call or leg
  friend bool operator<(const Next& a, const Next& b) { return a.at != b.at ? a.at > b.at : a.order > b.order; }
};

class Run {
 public:
  explicit Run(const Simulation& simulation) : in_(simulation), outcomes_(simulation.calls.size()) {}

  std::vector<Outcome> run() {
    step(core::Configured{std::make_shared<const core::Options>(in_.options)}, in_.start);
    for (std::size_t i = 0; i < in_.shifts.size(); ++i) {
      plan(in_.start + in_.shifts[i].from, Happening::sign_on, i);
      plan(in_.start + in_.shifts[i].to, Happening::sign_off, i);
    }
    for (std::size_t i = 0; i < in_.calls.size(); ++i) plan(in_.start + in_.calls[i].at, Happening::arrival, i);
    while (!plan_.empty()) {
      // A timer may bring about something that happens before what is planned next: look again after each.
      if (wake_ <= plan_.top().at) {
        step(core::TimerDue{}, std::max(wake_, now_));
        continue;
      }
      const Next next = plan_.top();
      plan_.pop();
      happen(next);
    }
    return std::move(outcomes_);
  }

 private:
  static LegId caller_leg(std::uint64_t call) { return {2 * (call + 1)}; }
  static std::uint64_t call_of(LegId leg) { return leg.value / 2 - 1; }

  void plan(Time at, Happening what, std::uint64_t subject) { plan_.push({at, order_++, what, subject}); }

  core::Request request(const core::HandlerId& handler) { return {{++requests_}, handler.value, 0}; }

  void happen(const Next& next) {
    switch (next.what) {
      case Happening::sign_on: return sign_on(in_.shifts[next.subject].handler, next.at);
      case Happening::sign_off: {
        const auto& handler = in_.shifts[next.subject].handler;
        return step(core::SignOff{request(handler), handler, "end of shift"}, next.at);
      }
      case Happening::arrival: return arrive(next.subject, next.at);
      case Happening::answer: return step(core::LegAnswered{{next.subject}}, next.at);
      case Happening::give_up: return give_up(next.subject, next.at);
      case Happening::hang_up: return step(core::LegEnded{caller_leg(next.subject), core::LegEnd::hung_up}, next.at);
    }
  }
  void sign_on(const core::HandlerId& handler, Time at) {
    step(core::SignOn{request(handler), handler, {}, "simulation", true}, at);
    step(core::GoReady{request(handler), handler}, at);
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
    now_ = at;
    std::vector<LegId> answers;
    for (const core::Action& action : core_.step(at, event)) {
      if (const auto* answer = std::get_if<core::AnswerLeg>(&action)) answers.push_back(answer->leg);
      if (const auto* wake = std::get_if<core::WakeAt>(&action)) wake_ = wake->due;
      if (const auto* ring = std::get_if<core::RingPhone>(&action)) plan(at + in_.answer_after, Happening::answer, ring->leg.value);
      if (const auto* connect = std::get_if<core::ConnectLegs>(&action)) answered(call_of(connect->a), at);
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
  std::priority_queue<Next> plan_;
  Time now_, wake_ = core::never;
  std::uint64_t order_ = 0, requests_ = 0;
};

}  // namespace

std::vector<Outcome> simulate(const Simulation& simulation) { return Run{simulation}.run(); }

std::vector<Shift> shifts_of(const std::vector<std::uint32_t>& staff, Duration interval, const std::string& prefix) {
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
        shifts.push_back({{prefix + std::to_string(n)}, from, from + interval});
        on = true;
      }
    }
  }
  return shifts;
}

}  // namespace pledge::workforce
