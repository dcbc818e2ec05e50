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

// A phone rings already: the key counts if nobody answers it.
void Core::State::press_while_offered(Contact& contact, Key key) {
  if (contact.pressed == key || !has_choices(contact)) return;
  contact.pressed = key;
  note(contact, "pressed " + std::string{name(key)} + " while a handler is called: it counts if nobody answers");
}

void Core::State::choose_waiting(Contact& contact, Key key) {
  const auto& choices = directory.queue(contact.queue).options.choices;
  const auto choice = std::find_if(choices.begin(), choices.end(), [&](const auto& c) { return c.key == key; });
  if (choice == choices.end() || ++contact.waiting_keys > most_waiting_keys) return;
  const std::string pressed = "pressed " + std::string{name(key)} + (choice->says.empty() ? "" : " \"" + choice->says + "\"");
  if (choice->repeat) {
    contact.told_first = false;
    contact.sound.clear();
    return play_waiting(contact);
  }
  if (choice->call_back) {
    if (contact.facts.caller.empty()) return refuse_key(contact, pressed + ": the number is withheld, nobody can call it back");
    note(contact, pressed);
    return ask_to_be_called_back(contact);
  }
  const QueueIndex to = directory.find_queue(choice->queue.value);
  if (to == no_index || to == contact.queue || is_full(to))
    return refuse_key(contact, pressed + ": " + choice->queue.value + " takes no more calls");
  unindex_call(contact);
  const bool upwards = directory.queue(to).class_rank < directory.queue(contact.queue).class_rank;
  if (upwards) contact.place = now;  // the wait for another class is no claim before those who wait for this one
  contact.queue = to;
  contact.queued = now;
  explain(contact, DecisionKind::moved, pressed);
  contact.told_first = false;
  contact.sound.clear();
  place_in_queue(contact);
}

// A key that seems to do nothing is pressed again and again. Place and clocks are those of before.
void Core::State::refuse_key(Contact& contact, const std::string& why) {
  note(contact, why);
  if (contact.caller_answer == CallerAnswer::none) return;
  tell_first(contact, worded(contact.queue, &QueueWording::key_refused_sound, &QueueOptions::key_refused_sound), Keys::yes);
}

bool Core::State::may_be_called_back(const Contact& contact) const {
  return !contact.facts.caller.empty() && room_for_ring_back() && !ring_backs.contains(contact.facts.caller);
}

// By a key that waits for the outcome of an offer.
bool Core::State::asked_to_be_called_back(const Contact& contact) const {
  if (contact.state != ContactState::offered || !contact.pressed) return false;
  const auto& choices = directory.queue(contact.queue).options.choices;
  const auto choice = std::find_if(choices.begin(), choices.end(), [&](const auto& c) { return c.key == *contact.pressed; });
  return choice != choices.end() && choice->call_back && may_be_called_back(contact);
}

// Who has hung up meanwhile was promised it by the key.
void Core::State::give_way_to_call_back(Contact& contact) {
  place_first([&] {
    withdraw_offer(contact);
    const Contact former = contact;
    end(contact, ContactEnd::call_back, "to be called back");
    try_again(take_place_of(former, "call back", "call back"));
  });
}

// The call gives its place to one from here, which begins when the caller's own line is free again. The caller is told so, and
// released.
void Core::State::ask_to_be_called_back(Contact& contact) {
  if (!may_be_called_back(contact))
    return refuse_key(contact, "cannot be called back: too many are to be already, or this caller is");
  unindex_call(contact);
  const LegId leg = contact.caller_leg;
  const std::string& sound = worded(contact.queue, &QueueWording::call_back_sound, &QueueOptions::call_back_sound);
  if (sound.empty()) {
    release_caller(contact, "to be called back");
  } else {
    emit(PlayToLeg{leg, sound, ++contact.turn});
    contact.caller_leg = {};  // the leg outlives its contact
  }
  const Contact former = contact;
  end(contact, ContactEnd::call_back, "to be called back");
  Contact& task = take_place_of(former, "call back", "call back");
  if (sound.empty()) return try_again(task);
  task.state = ContactState::unreached;
  changed(task);
  legs[leg] = {};
  farewells[leg] = {timers.arm(now + announcement_at_most, TimerKind::farewell, leg.value), former.turn, task.id};
}

void Core::State::say_farewell(LegId leg, std::uint32_t turn) {
  if (const auto at = farewells.find(leg); at != farewells.end() && at->second.turn == turn) farewell_over(leg);
}

void Core::State::farewell_over(LegId leg, bool gone) {
  auto told = farewells.extract(leg);
  if (told.empty()) return;
  timers.cancel(told.mapped().timer);
  legs.erase(leg);
  if (!gone) emit(ReleaseLeg{leg, "to be called back"});
  if (Contact* task = find(told.mapped().task); task && task->state == ContactState::unreached) try_again(*task);
}

}  // namespace pledge::core
