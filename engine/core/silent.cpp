// Callers of the emergency number who do not speak, or had no need to call it.
#include <algorithm>

#include "core/state.hpp"

namespace pledge::core {

namespace {
constexpr std::string_view silent_label = "silent", pressed_label = "pressed 55", spoke_label = "spoke", wrong_use = "wrong use";
bool has(const std::vector<std::string>& labels, std::string_view label) {
  return std::find(labels.begin(), labels.end(), label) != labels.end();
}
}  // namespace

void Core::State::label(Contact& contact, std::string_view text) {
  if (!has(contact.labels, text)) contact.labels.emplace_back(text);
}

// From when the caller hears the handler. While the operator is on the line too, whose speech it is cannot be told: from when that
// one has left.
void Core::State::listen_to_caller(Contact& contact) {
  const SilentOptions& options = directory.options().silent;
  if (options.after <= Duration{} || contact.outgoing || contact.spoke || contact.operator_present || contact.asked_for_keys) return;
  if (contact.state != ContactState::talking || directory.queue(contact.queue).class_rank != 0) return;
  emit(ListenForSpeech{contact.caller_leg});
  timers.cancel(contact.silent_timer);
  contact.silent_timer = timers.arm(now + options.after, TimerKind::silent, contact.id.value);
}

// Off hold: the time begins anew, unless the caller is known to be silent.
void Core::State::listen_again(Contact& contact) {
  if (!has(contact.labels, silent_label)) listen_to_caller(contact);
}

void Core::State::on(const SpeechHeard& event) {
  const auto at = legs.find(event.leg);
  Contact* contact = at == legs.end() ? nullptr : find(at->second.contact);
  if (!contact || contact->caller_leg != event.leg || contact->spoke) return;
  contact->spoke = true;
  if (!contact->asked_for_keys) timers.cancel(contact->silent_timer);
  if (!has(contact->labels, silent_label)) return;
  label(*contact, spoke_label);
  note(*contact, "the caller speaks");
  changed(*contact);
}

// No speech since the answer, or no key since the announcement: the handler goes on listening.
void Core::State::silent_timeout(Contact& contact) {
  if (contact.asked_for_keys) return stop_asking(contact, "no key pressed");
  if (contact.held || consulted(contact)) return listen_to_caller(contact);  // is not asked anything meanwhile
  label(contact, silent_label);
  note(contact, "no speech is heard of the caller");
  const SilentOptions& options = directory.options().silent;
  const bool asks = options.ask == AskSilent::all || (options.ask == AskSilent::mobiles && contact.facts.mobile);
  if (asks && !options.announcement.empty()) return ask_for_keys(contact, {});
  changed(contact);
}

void Core::State::ask_for_keys(Contact& contact, const std::string& actor) {
  label(contact, silent_label);
  contact.asked_for_keys = true;
  contact.keys.clear();
  ++contact.turn;
  timers.cancel(contact.silent_timer);
  contact.silent_timer = timers.arm(now + announcement_at_most, TimerKind::silent, contact.id.value);
  note(contact, "asked for the keys " + directory.options().silent.keys, actor);
  rearrange(contact);
  changed(contact);
}

void Core::State::on(const AskForKeys& event) {
  Contact* contact = call_for_request(event.request, event.handler, event.contact);
  if (!contact) return;
  const std::uint64_t version = handlers[contact->handler].version;
  if (contact->held || contact->asked_for_keys)
    return reply(event.request, Refusal::wrong_state, contact->held ? "take the caller off hold first" : "the caller is being asked", version);
  if (directory.options().silent.announcement.empty())
    return reply(event.request, Refusal::wrong_state, "no announcement is configured that asks for keys", version);
  ask_for_keys(*contact, event.request.actor);
  reply(event.request, Refusal::none, {}, version);
}

void Core::State::wait_for_keys(Contact& contact) {
  timers.cancel(contact.silent_timer);
  contact.silent_timer = timers.arm(now + directory.options().silent.wait_for_keys, TimerKind::silent, contact.id.value);
}

void Core::State::stop_asking(Contact& contact, std::string text) {
  timers.cancel(contact.silent_timer);
  contact.asked_for_keys = false;
  note(contact, std::move(text));
  rearrange(contact);
}

// A caller who has not spoken since the answer may be told by the handler, or may know, which keys to press.
bool Core::State::not_heard_yet(const Contact& contact) const {
  if (contact.asked_for_keys) return true;
  return contact.state == ContactState::talking && !contact.outgoing && !contact.spoke && directory.options().silent.after > Duration{} &&
         directory.queue(contact.queue).class_rank == 0;
}

void Core::State::key_of_silent_caller(Contact& contact, Key key) {
  const std::string& wanted = directory.options().silent.keys;
  contact.keys += name(key);
  if (contact.keys.size() > wanted.size()) contact.keys.erase(0, contact.keys.size() - wanted.size());
  if (wanted.empty() || contact.keys != wanted) return;
  label(contact, silent_label);
  label(contact, pressed_label);
  contact.grade = Grade::immediate;
  contact.keys.clear();
  if (contact.asked_for_keys) stop_asking(contact, "pressed " + wanted);
  else timers.cancel(contact.silent_timer), note(contact, "pressed " + wanted);
  changed(contact);
}

void Core::State::on(const MarkWrongUse& event) {
  Handler* handler = for_request(event.request, event.handler);
  if (!handler) return;
  Contact* contact = find(handler->contact);
  if (!contact || contact->id != event.contact || contact->handler != index_of(*handler) || contact->state != ContactState::talking)
    return reply(event.request, Refusal::not_in_call, "this call is over, or another handler has it", handler->version);
  if (contact->ring_back || has(contact->labels, silent_label) || has(contact->labels, "abandoned"))
    return reply(event.request, Refusal::wrong_state, "silent and abandoned calls are never wrong use", handler->version);
  if (directory.queue(contact->queue).class_rank != 0)
    return reply(event.request, Refusal::wrong_state, "this was no emergency call", handler->version);
  if (not_heard_yet(*contact))
    return reply(event.request, Refusal::wrong_state, "nothing has been heard of the caller yet: silent calls are never wrong use", handler->version);
  label(*contact, wrong_use);
  note(*contact, "wrong use of the emergency number", event.request.actor);
  changed(*contact);
  reply(event.request, Refusal::none, {}, handler->version);
}

}  // namespace pledge::core
