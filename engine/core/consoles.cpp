// Consoles and phones that come and go.
#include "core/state.hpp"

namespace pledge::core {

void Core::State::on(const ConsoleAttached& event) {
  const HandlerIndex at = find(event.handler);
  if (at == no_index || handlers[at].state == HandlerState::signed_off || handlers[at].session != event.session) return;
  Handler& handler = handlers[at];
  handler.console_attached = true;
  handler.console_lost = false;
  timers.cancel(handler.console_timer);
  refresh_idle(at);
}

void Core::State::on(const ConsoleLost& event) {
  const HandlerIndex at = find(event.handler);
  if (at == no_index || handlers[at].state == HandlerState::signed_off || handlers[at].session != event.session) return;
  Handler& handler = handlers[at];
  handler.console_attached = false;
  handler.console_lost = true;
  timers.cancel(handler.console_timer);
  handler.console_timer = timers.arm(now + directory.options().offers.console_grace, TimerKind::console_grace, at);
  // Nobody can accept this offer any more: it goes to the next handler at once.
  if (handler.state == HandlerState::offered && handler.offered_mode != PhoneMode::ring && !handler.accepted)
    offer_over(at, OfferEnd::unreachable);
  refresh_idle(at);
}

void Core::State::hold_line(HandlerIndex at) {
  Handler& handler = handlers[at];
  if (handler.options.phone_mode != PhoneMode::nailed_up || handler.nailed_leg) return;
  handler.nailed_leg = new_leg({{}, at});
  emit(RingPhone{handler.nailed_leg, {}, {}, handler.options.id, handler.options.phone, true});
}

// A reload may have changed the phone mode. Nothing is done to a line or phone in use.
void Core::State::settle_line(HandlerIndex at) {
  Handler& handler = handlers[at];
  if ((handler.state != HandlerState::ready && handler.state != HandlerState::not_ready) || handler.monitors) return;
  if (handler.options.phone_mode == PhoneMode::nailed_up) {
    if (handler.state == HandlerState::ready) hold_line(at);
  } else if (handler.nailed_leg) {
    emit(ReleaseLeg{handler.nailed_leg, "the line is not held any more"});
    forget_leg(handler.nailed_leg);
    handler.nailed_up = false;
  }
}

void Core::State::on(const PhoneBound& event) {
  const HandlerIndex at = find(event.handler);
  if (at == no_index) return;
  Handler& handler = handlers[at];
  handler.phone_bound = true;
  timers.cancel(handler.phone_timer);
  if (handler.state != HandlerState::signed_off) hold_line(at);
  refresh_idle(at);
}

void Core::State::on(const PhoneUnbound& event) {
  const HandlerIndex at = find(event.handler);
  if (at == no_index) return;
  Handler& handler = handlers[at];
  handler.phone_bound = false;
  if (handler.state == HandlerState::signed_off || !handler.options.phone.empty()) return;
  timers.cancel(handler.phone_timer);
  handler.phone_timer = timers.arm(now + directory.options().offers.registration_grace, TimerKind::registration_grace, at);
  refresh_idle(at);
}

}  // namespace pledge::core
