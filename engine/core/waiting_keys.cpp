// What a caller who waits may ask for by a key: to hear it again, another service, to be called back.
#include <algorithm>

#include "core/state.hpp"

namespace pledge::core {

namespace {
constexpr std::uint32_t most_waiting_keys = 100;  // of one call: beyond it keys do nothing any more
}

bool Core::State::has_choices(const Contact& contact) const {
  return contact.queue != no_index && !directory.queue(contact.queue).options.choices.empty();
}

void Core::State::choose_waiting(Contact& contact, Key key) {
  const auto& choices = directory.queue(contact.queue).options.choices;
  const auto choice = std::find_if(choices.begin(), choices.end(), [&](const auto& c) { return c.key == key; });
  if (choice == choices.end() || ++contact.waiting_keys > most_waiting_keys) return;
  const std::string pressed = "pressed " + std::string{name(key)} + (choice->says.empty() ? "" : " \"" + choice->says + "\"");
  if (choice->repeat) {
    contact.sound.clear();
    return play_waiting(contact);
  }
  if (choice->call_back) {
    if (contact.facts.caller.empty()) return note(contact, pressed + ": the number is withheld, nobody can call it back");
    note(contact, pressed);
    return ask_to_be_called_back(contact);
  }
  const QueueIndex to = directory.find_queue(choice->queue.value);
  if (to == no_index || to == contact.queue || is_full(to))
    return note(contact, pressed + ": " + choice->queue.value + " takes no more calls");
  explain(contact, DecisionKind::moved, pressed);
  unindex_call(contact);
  contact.queue = to;
  contact.queued = now;
  contact.sound.clear();
  place_in_queue(contact, to);
}

// The call gives its place to one from here. Its caller is told so, and released.
void Core::State::ask_to_be_called_back(Contact& contact) {
  if (slot_of.size() >= directory.options().limits.contacts || ring_backs.contains(contact.facts.caller)) return;
  unindex_call(contact);
  const LegId leg = contact.caller_leg;
  const std::string& sound = directory.queue(contact.queue).options.call_back_sound;
  if (sound.empty()) {
    release_caller(contact, "to be called back");
  } else {
    constexpr Duration heard_at_most = 60s;  // an announcement whose end is not told by then has ended
    emit(PlayToLeg{leg, sound, ++contact.turn});
    legs[leg] = {};
    farewells[leg] = timers.arm(now + heard_at_most, TimerKind::farewell, leg.value);
    contact.caller_leg = {};
  }
  const Contact former = contact;
  end(contact, ContactEnd::call_back, "to be called back");
  take_place_of(former, "call back", "call back");
}

void Core::State::say_farewell(LegId leg) {
  const auto at = farewells.find(leg);
  if (at == farewells.end()) return;
  timers.cancel(at->second);
  farewells.erase(at);
  legs.erase(leg);
  emit(ReleaseLeg{leg, "to be called back"});
}

}  // namespace pledge::core
