// In which words those who wait are told so: by time and by state of the service. A change is heard by those who wait already.
#include <algorithm>
#include <utility>

#include "core/state.hpp"
#include "core/triage.hpp"

namespace pledge::core {

namespace {
// Of one event: a change of words for thousands never stalls the loop.
constexpr std::uint32_t told_at_once = 32;
constexpr CallSlot looked_at_at_once = 1024;
}  // namespace

bool Core::State::choose_wordings() {
  const TriageContext moment{now, service_state, std::nullopt};
  std::vector<std::optional<std::uint32_t>> chosen;
  Time next = never;
  for (const Queue& queue : directory.queues()) {
    chosen.push_back(first_that_holds(queue.options.wordings, moment));
    for (const QueueWording& wording : queue.options.wordings)
      if (wording.timed) next = std::min(next, next_change(wording.windows, now));
  }
  timers.cancel(wordings.next_choice);
  if (next != never) wordings.next_choice = timers.arm(next, TimerKind::wording, 0);
  const bool others = chosen != wordings.chosen;
  wordings.chosen = std::move(chosen);
  return others;
}

const std::string& Core::State::worded(QueueIndex queue, std::string QueueWording::*sound, std::string QueueOptions::*own) const {
  const QueueOptions& options = directory.queue(queue).options;
  const auto chosen = wordings.chosen[queue];
  return !chosen || (options.wordings[*chosen].*sound).empty() ? options.*own : options.wordings[*chosen].*sound;
}

const std::string& Core::State::waiting_sound(QueueIndex queue) const {
  return worded(queue, &QueueWording::waiting_sound, &QueueOptions::waiting_sound);
}

void Core::State::tell_wordings() {
  wordings.told = 0;
  if (slot_of.empty() || std::exchange(wordings.telling, true)) return;
  timers.arm(now, TimerKind::reword, 0);
}

// Whoever comes meanwhile hears the new words at once. What is told first is heard to its end, and then they are.
void Core::State::tell_more_wordings() {
  const CallSlot all = static_cast<CallSlot>(contacts.size());
  const CallSlot last = std::min(all, wordings.told + looked_at_at_once);
  for (std::uint32_t heard = 0; wordings.told < last && heard < told_at_once; ++wordings.told) {
    Contact& contact = contacts[wordings.told];
    if (!contact.id || !waits(contact.state) || !contact.hears_waiting_sound || contact.sound == waiting_sound(contact.queue)) continue;
    play_waiting(contact);
    ++heard;
  }
  wordings.telling = wordings.told < all;
  if (wordings.telling) timers.arm(now, TimerKind::reword, 0);
}

}  // namespace pledge::core
