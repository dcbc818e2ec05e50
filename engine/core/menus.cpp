// The caller is asked: a menu is heard, a key chooses, and whoever does not choose reaches a human. Nothing that a
// caller, a peer or a reload does keeps a call in a menu without end: each turn has its timer, and keys are counted.
#include <algorithm>

#include "core/state.hpp"
#include "core/triage.hpp"

namespace pledge::core {

namespace {
constexpr std::uint32_t most_keys = 32;  // of one call: beyond it the menu is no help, and a human is

std::string chosen(const MenuChoice& choice) {
  return " > " + std::string{name(choice.key)} + (choice.says.empty() ? "" : " \"" + choice.says + "\"");
}

void add_labels(std::vector<std::string>& labels, const std::vector<std::string>& more) {
  for (const auto& label : more)
    if (std::find(labels.begin(), labels.end(), label) == labels.end()) labels.push_back(label);
}
}  // namespace

// While the engine drains nobody new is asked anything: the queue of the humans turns the call away as it does others.
void Core::State::enter_menu(Contact& contact, const std::string& id) {
  const MenuOptions* menu = find_menu(directory.options(), id);
  if (!menu) {
    alarm("triage.no_menu", "triage rule " + contact.rule + " names a menu that is not configured");
    return reject(contact, service_unavailable, "no such menu", ContactEnd::rejected);
  }
  contact.rule = way_to_menu(contact.rule, id);
  if (draining) {
    const QueueIndex humans = queue_after_menu(menu->escape, menu->escape);
    return humans == no_index ? reject(contact, service_unavailable, name(Closed::draining), ContactEnd::rejected) : send_to(contact, humans);
  }
  contact.menu = {directory.snapshot(), menu, InMenu::Step::answering, contact.rule};
  contact.state = ContactState::menu;
  contact.accepted = true;
  explain(contact, DecisionKind::menu, contact.menu.path);
  answer_caller(contact, CallerAnswer::asked_while_waiting);
  changed(contact);
}

// From when the caller can hear it.
void Core::State::present(Contact& contact) {
  const MenuOptions& menu = *contact.menu.at;
  const TriageContext moment{now, service_state, std::nullopt};
  const auto wording = first_that_holds(menu.wordings, moment);
  play_turn(contact, wording ? menu.wordings[*wording].announcement : menu.announcement, InMenu::Step::prompt);
}

void Core::State::play_turn(Contact& contact, const std::string& sound, InMenu::Step step) {
  contact.menu.step = step;
  contact.sound = sound;
  contact.listened_to = true;
  emit(PlayToLeg{contact.caller_leg, sound, ++contact.turn, 0, 0, true});
  timers.cancel(contact.menu_timer);
  contact.menu_timer = timers.arm(now + contact.menu.at->heard_at_most, TimerKind::menu, contact.id.value);
}

Contact* Core::State::in_menu(LegId leg) {
  const auto at = legs.find(leg);
  Contact* contact = at == legs.end() ? nullptr : find(at->second.contact);
  const bool asked = contact && contact->caller_leg == leg && contact->state == ContactState::menu &&
                     contact->menu.step != InMenu::Step::answering;
  return asked ? contact : nullptr;
}

// A key cuts whatever is heard, by what is played next.
void Core::State::on(const KeyPressed& event) {
  const auto at = legs.find(event.leg);
  Contact* caller = at == legs.end() ? nullptr : find(at->second.contact);
  if (!caller || caller->caller_leg != event.leg) return;
  if (not_heard_yet(*caller)) return key_of_silent_caller(*caller, event.key);
  if (caller->state == ContactState::waiting) return choose_waiting(*caller, event.key);
  if (caller->state == ContactState::offered) return press_while_offered(*caller, event.key);
  Contact* contact = in_menu(event.leg);
  if (!contact) return;
  InMenu& menu = contact->menu;
  menu.informed = false;
  if (++menu.keys > most_keys) {
    menu.path += " > too many keys";
    return leave_menu(*contact, menu.at->escape);
  }
  const auto& choices = menu.at->choices;
  const auto choice = std::find_if(choices.begin(), choices.end(), [&](const auto& c) { return c.key == event.key; });
  if (choice == choices.end()) presentation_failed(*contact, "no choice " + std::string{name(event.key)});
  else choose(*contact, *choice);
}

void Core::State::on(const SoundFinished& event) {
  const auto at = legs.find(event.leg);
  Contact* contact = at == legs.end() ? nullptr : find(at->second.contact);
  if (!contact) return say_farewell(event.leg, event.turn);
  if (contact->caller_leg != event.leg || contact->turn != event.turn) return;
  if (contact->state == ContactState::menu) turn_over(*contact);
  else if (contact->asked_for_keys) wait_for_keys(*contact);
  else message_over(*contact);
}

void Core::State::choose(Contact& contact, const MenuChoice& choice) {
  InMenu& menu = contact.menu;
  if (choice.grade != Grade::none && !contact.graded_by_hand) contact.grade = choice.grade;
  contact.extra_skills.insert(contact.extra_skills.end(), choice.skills.begin(), choice.skills.end());
  add_labels(contact.labels, choice.labels);
  if (choice.repeat) return present(contact);
  if (!choice.announcement.empty()) {
    explain(contact, DecisionKind::menu, menu.path + chosen(choice));
    menu.informed = true;
    return play_turn(contact, choice.announcement, InMenu::Step::information);
  }
  menu.path += chosen(choice);
  const MenuOptions* next = choice.menu.empty() ? nullptr : find_menu(*menu.options, choice.menu);
  if (!next) return leave_menu(contact, choice.queue);
  menu.at = next;
  menu.failed = 0;
  explain(contact, DecisionKind::menu, menu.path);
  present(contact);
}

// Who was told what they asked for, then heard of the way to a human again and pressed nothing, needs no more.
void Core::State::presentation_failed(Contact& contact, const std::string& why) {
  InMenu& menu = contact.menu;
  if (++menu.failed < menu.at->presentations) {
    explain(contact, DecisionKind::menu, menu.path + " > " + why);
    return present(contact);
  }
  if (menu.informed) {
    release_caller(contact, "informed");
    return end(contact, ContactEnd::informed, "informed");
  }
  menu.path += " > " + why;
  leave_menu(contact, menu.at->escape);
}

void Core::State::turn_over(Contact& contact) {
  InMenu& menu = contact.menu;
  if (menu.step == InMenu::Step::information) {
    menu.failed = 0;
    return present(contact);
  }
  if (menu.step != InMenu::Step::prompt) return;
  menu.step = InMenu::Step::key;
  timers.cancel(contact.menu_timer);
  contact.menu_timer = timers.arm(now + menu.at->wait_for_key, TimerKind::menu, contact.id.value);
}

void Core::State::menu_timeout(Contact& contact) {
  if (contact.menu.step == InMenu::Step::key) presentation_failed(contact, "no key");
  else turn_over(contact);
}

// Where the wanted queue would refuse the call, or a reload has removed it, the menu's humans take it. Were those removed
// as well, a queue of the last class does: nobody gets before an emergency call by that.
QueueIndex Core::State::queue_after_menu(const QueueId& wanted, const QueueId& escape) const {
  const auto refuses = [&](QueueIndex at) {
    for (std::size_t step = 0; step <= waiting.size(); ++step) {
      if (at == no_index) return true;
      const Overflow& full = directory.queue(at).options.full;
      if (!is_full(at) || full.kind == OverflowKind::number) return false;
      if (full.kind != OverflowKind::queue) return true;
      at = directory.find_queue(full.target);
    }
    return true;  // full queues that send their calls round
  };
  const QueueIndex first = directory.find_queue(wanted.value), second = directory.find_queue(escape.value);
  if (!refuses(first)) return first;
  if (!refuses(second)) return second;
  if (first != no_index) return first;
  if (second != no_index) return second;
  QueueIndex last = no_index;
  for (QueueIndex at = 0; at < waiting.size(); ++at)
    if (directory.queue(at).configured && (last == no_index || directory.queue(at).class_rank > directory.queue(last).class_rank))
      last = at;
  return last;
}

void Core::State::leave_menu(Contact& contact, const QueueId& wanted) {
  const QueueIndex queue = queue_after_menu(wanted, contact.menu.at->escape);
  contact.rule = contact.menu.path;
  if (queue != directory.find_queue(wanted.value)) contact.rule += " > " + wanted.value + " is full or removed";
  close_menu(contact);
  if (queue != no_index) return send_to(contact, queue);
  alarm("menu.no_queue", "no queue is configured for the callers of a menu");
  reject(contact, service_unavailable, "no such queue", ContactEnd::rejected);
}

// What is promised to the caller is promised from the entry of the queue, not from the first word of the menu.
void Core::State::close_menu(Contact& contact) {
  timers.cancel(contact.menu_timer);
  contact.menu = {};
  contact.state = ContactState::arrived;
  contact.place = now;
}

}  // namespace pledge::core
