#include "core/core.hpp"

#include <cstdio>
#include <cstdlib>

#include "core/state.hpp"

namespace pledge::core {

Core::Core(Explanations explanations) : state_(std::make_unique<State>()) {
  state_->explains = explanations == Explanations::on;
}
Core::~Core() = default;
Core::Core(Core&&) noexcept = default;
Core& Core::operator=(Core&&) noexcept = default;

const Actions& Core::step(Time now, const Event& event) {
  State& s = *state_;
  if (now < s.now) {
    std::fputs("core: time went back between two events\n", stderr);
    std::abort();
  }
  s.now = now;
  s.actions.clear();
  std::visit([&](const auto& e) { s.on(e); }, event);
  s.look_behind_held_back();
  const Time wake = s.timers.next_due();
  // A timer that is still due asks again even at the same moment: one is served per event.
  if (wake != s.announced_wake || wake <= now) s.emit(WakeAt{wake});
  s.announced_wake = wake;
  return s.actions;
}

void Core::State::reply(const Request& request, Refusal refusal, std::string detail, std::uint64_t version) {
  emit(Replied{request.id, refusal, std::move(detail), version});
}

std::uint64_t Core::State::draw() {
  std::uint64_t z = (random += 0x9E3779B97F4A7C15ull);
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
  return z ^ (z >> 31);
}

void Core::State::serve_timer() {
  const auto due = timers.pop_due(now);
  if (!due) return;
  const auto handler = static_cast<HandlerIndex>(due->subject);
  Contact* contact = nullptr;
  switch (due->kind) {
    case TimerKind::widen:
    case TimerKind::late:
    case TimerKind::starvation:
    case TimerKind::test_call:
    case TimerKind::menu:
    case TimerKind::resume_recording:
    case TimerKind::message:
    case TimerKind::silent:
    case TimerKind::retry:
      contact = find(ContactId{due->subject});
      if (!contact) return;
      break;
    default: break;
  }
  switch (due->kind) {
    case TimerKind::offer:
      offer_over(handler, OfferEnd::no_answer);
      break;
    case TimerKind::wrap_up: finish_wrap_up(handler); break;
    case TimerKind::backoff:
      handlers[handler].backing_off = false;
      refresh_idle(handler);
      break;
    case TimerKind::console_grace: lose(handler, "console lost"); break;
    case TimerKind::registration_grace: lose(handler, "phone lost"); break;
    case TimerKind::widen: widen(*contact); break;
    case TimerKind::late: late(*contact); break;
    case TimerKind::starvation: lift(*contact); break;
    case TimerKind::test_call:
      emit(ReleaseLeg{contact->caller_leg, "test call over"});
      end(*contact, ContactEnd::tested, "test call over");
      break;
    case TimerKind::menu: menu_timeout(*contact); break;
    case TimerKind::silent: silent_timeout(*contact); break;
    case TimerKind::retry: try_again(*contact); break;
    case TimerKind::farewell: farewell_over(LegId{due->subject}); break;
    case TimerKind::message: message_due(*contact); break;
    case TimerKind::let_go:
      pools[due->subject].lets_go = never;
      match_pool(static_cast<PoolIndex>(due->subject));
      break;
    case TimerKind::resume_recording: resume_recording(*contact, "paused for as long as is allowed", {}); break;
    case TimerKind::reserve: recompute_reserves(); break;
    case TimerKind::sweep: sweep(static_cast<QueueIndex>(due->subject)); break;
    case TimerKind::wording:
      if (choose_wordings()) tell_wordings();
      break;
    case TimerKind::reword: tell_more_wordings(); break;
  }
}

}  // namespace pledge::core
