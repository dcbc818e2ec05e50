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
  Contact* contact = find(handler.contact);
  if (contact && handler.state == HandlerState::offered && handler.options.phone_mode != PhoneMode::ring && !handler.accepted)
    offer_failed(*contact, OfferEnd::unreachable);
  refresh_idle(at);
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
