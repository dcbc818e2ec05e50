// Callers of the emergency number who do not speak, or had no need to call it. Who does not speak is known from when somebody has
// spoken to them and hears them: a handler who has answered, or an operator who has left the line of a call that waits.
#include <algorithm>
#include <utility>

#include "core/state.hpp"

namespace pledge::core {

namespace {
constexpr std::string_view silent_label = "silent", pressed_label = "pressed 55", spoke_label = "spoke", wrong_use = "wrong use";
bool has(const std::vector<std::string>& labels, std::string_view label) {
  return std::find(labels.begin(), labels.end(), label) != labels.end();
}
// The engine itself, of a caller who is known to be silent.
bool asks(const SilentOptions& options, const Contact& contact) {
  const bool whom = options.ask == AskSilent::all || (options.ask == AskSilent::mobiles && contact.facts.mobile);
  return whom && !options.announcement.empty() && !contact.asked_before && !has(contact.labels, pressed_label);
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

// ---- while the call waits ------------------------------------------------------------------------------------------

bool Core::State::unheard_since_operator(const Contact& contact) const {
  if (contact.operator_left == never || contact.operator_present || contact.outgoing || contact.queue == no_index) return false;
  if (contact.spoke || contact.voice_while_waiting || directory.options().silent.after <= Duration{}) return false;
  return directory.queue(contact.queue).class_rank == 0;
}

// The operator has spoken to the caller, and nobody else has yet. Before its 200 nothing is heard of a leg: it is answered, hears what
// its queue lets be heard, and is listened to from when the 200 has left.
void Core::State::listen_while_waiting(Contact& contact) {
  const SilentOptions& options = directory.options().silent;
  if (!waits(contact.state) || contact.asked_for_keys || !unheard_since_operator(contact) || !asks(options, contact)) return;
  if (contact.caller_answer == CallerAnswer::none) {
    answer_caller(contact, CallerAnswer::asked_while_waiting);
    play_waiting(contact);
  }
  if (contact.caller_answer != CallerAnswer::sent) return;
  emit(ListenForSpeech{contact.caller_leg});
  timers.cancel(contact.silent_timer);
  contact.silent_timer = timers.arm(now + options.after, TimerKind::silent, contact.id.value);
}

// ---- while a handler has the call ----------------------------------------------------------------------------------

// Off hold: the time begins anew, unless the caller is known to be silent.
void Core::State::listen_again(Contact& contact) {
  if (!has(contact.labels, silent_label)) listen_to_caller(contact);
}

// Whose voice it is while the call waits nobody has heard: the handler's listening begins anew.
void Core::State::on(const SpeechHeard& event) {
  const auto at = legs.find(event.leg);
  Contact* contact = at == legs.end() ? nullptr : find(at->second.contact);
  if (!contact || contact->caller_leg != event.leg || contact->spoke) return;
  if (!contact->asked_for_keys) timers.cancel(contact->silent_timer);
  if (waits(contact->state)) {
    if (!std::exchange(contact->voice_while_waiting, true)) note(*contact, "a voice is heard while the call waits");
    return;
  }
  contact->spoke = true;
  if (!has(contact->labels, silent_label)) return;
  label(*contact, spoke_label);
  note(*contact, "the caller speaks");
  changed(*contact);
}

// No speech since the answer, or no key since the announcement: the handler goes on listening, or the caller waiting for one.
void Core::State::silent_timeout(Contact& contact) {
  if (contact.asked_for_keys) {
    contact.asked_before = true;
    return stop_asking(contact, "no key pressed");
  }
  if (waits(contact.state)) {
    if (unheard_since_operator(contact) && asks(directory.options().silent, contact)) ask_for_keys(contact, {});
    return;
  }
  if (contact.state == ContactState::talking && contact.answered == never) return;  // nobody has spoken to the caller yet
  if (contact.held || consulted(contact)) return listen_to_caller(contact);  // is not asked anything meanwhile
  label(contact, silent_label);
  note(contact, "no speech is heard of the caller");
  if (asks(directory.options().silent, contact)) return ask_for_keys(contact, {});
  changed(contact);
}

// Whoever waits for an answer need not speak: only with a handler, or by the keys, is the caller labelled silent.
void Core::State::ask_for_keys(Contact& contact, const std::string& actor) {
  const bool waiting = waits(contact.state);
  if (!waiting) label(contact, silent_label);
  contact.asked_for_keys = true;
  contact.keys.clear();
  ++contact.turn;
  timers.cancel(contact.silent_timer);
  contact.silent_timer = timers.arm(now + announcement_at_most, TimerKind::silent, contact.id.value);
  note(contact, "asked for the keys " + directory.options().silent.keys + (waiting ? " while the call waits" : ""), actor);
  if (waiting) {
    timers.cancel(contact.message_timer);
    contact.told_first = contact.may_choose = false;
    contact.listened_to = true;
    contact.sound = directory.options().silent.announcement;
    emit(PlayToLeg{contact.caller_leg, contact.sound, contact.turn, 0, 0, true});
  } else {
    rearrange(contact);
  }
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

void Core::State::stop_asking(Contact& contact, std::string_view why) {
  cut_asking(contact, why);
  if (waits(contact.state)) play_waiting(contact);
  else rearrange(contact);
}

// What the caller hears from now on is told by who calls this. Nor is the caller's silence waited for any longer.
void Core::State::cut_asking(Contact& contact, std::string_view why) {
  timers.cancel(contact.silent_timer);
  if (std::exchange(contact.asked_for_keys, false)) note(contact, std::string{why});
}

// A caller who has not spoken since the answer may be told by the handler, or may know, which keys to press. So may one who waits since
// the operator has left, where keys do not choose something else.
bool Core::State::not_heard_yet(const Contact& contact) const {
  if (contact.asked_for_keys) return true;
  if (waits(contact.state)) return unheard_since_operator(contact) && !has_choices(contact);
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
  const bool indexed = contact.indexed;
  unindex_call(contact);
  contact.grade = Grade::immediate;
  contact.keys.clear();
  if (contact.asked_for_keys) stop_asking(contact, "pressed " + wanted);
  else timers.cancel(contact.silent_timer), note(contact, "pressed " + wanted);
  if (waits(contact.state)) explain(contact, DecisionKind::graded, "pressed " + wanted);
  changed(contact);
  if (indexed) wait(contact);  // at its place among those of the grade
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
