// What a waiting caller is told of the queue: the position, and the longest wait to reckon with. A message takes no part in
// any decision: a call is offered in the middle of one as if there were none.
#include <algorithm>
#include <cmath>

#include "core/spoken.hpp"
#include "core/state.hpp"

namespace pledge::core {

namespace {
constexpr Duration answers_over = 15min;   // the live rate of answer: as the rolling figures of the floor
constexpr std::uint64_t least_answers = 5;  // fewer tell nothing of the next ones
}  // namespace

void Core::State::tell(Contact& contact, const WaitMessage& message) {
  timers.cancel(contact.message_timer);
  PlayToLeg play{contact.caller_leg, message.announcement, ++contact.turn};
  if (message.position) play.position = position_of(contact);
  if (message.wait) play.wait_minutes = wait_to_tell(contact);
  play.keys = contact.may_choose;
  emit(std::move(play));
}

// Also of a call that is not in the index yet. One that is being offered is next, whoever else waits.
std::uint32_t Core::State::position_of(const Contact& contact) const {
  if (contact.queue == no_index || contact.state == ContactState::offered) return 1;
  const auto& by_grade = waiting[contact.queue].by_grade;
  const std::uint32_t its_grade = grade_rank(contact.grade);
  std::uint32_t position = 1 + by_grade[its_grade].rank(waiting_call(contact));
  for (std::uint32_t grade = 0; grade < its_grade; ++grade) position += static_cast<std::uint32_t>(by_grade[grade].size());
  return position;
}

// With answers at a constant rate the n-th from now comes after n/rate on average, and differs from that by √n/rate
// (Erlang's distribution): a mean and one deviation is kept five times in six. What was told before holds for as long as it
// is likely: only then is a caller told more.
std::uint32_t Core::State::wait_to_tell(Contact& contact) {
  if (contact.queue == no_index) return 0;
  RateMeter& answers = waiting[contact.queue].answers;
  answers.roll(now, answers_over);
  if (answers.counted() < least_answers) return 0;
  const double n = position_of(contact), rate = answers.per_second(answers_over);
  const double likely = n / rate, careful = (n + std::sqrt(n)) / rate;
  const double told = contact.told_until.ns == 0 ? 0 : seconds(contact.told_until - now);
  const double wait = careful > told && likely <= told ? told : careful;
  const double minutes = std::clamp(std::ceil(wait / 60), 1.0, most_spoken + 1.0);
  if (minutes > most_spoken) contact.told_until = {0};  // no time was told
  else if (wait != told) contact.told_until = now + duration(60 * minutes);
  return static_cast<std::uint32_t>(minutes);
}

// Of a return to the queue, or of a key that could not be served: whoever is told that hears it to the end, unless a key may cut it.
void Core::State::tell_first(Contact& contact, const std::string& sound, Keys keys) {
  if (sound.empty()) return;
  contact.told_first = true;
  contact.sound.clear();  // what the queue lets be heard begins again
  contact.listened_to = false;
  contact.may_choose = keys == Keys::yes;
  PlayToLeg play{contact.caller_leg, sound, ++contact.turn};
  play.keys = contact.may_choose;
  emit(std::move(play));
  timers.cancel(contact.message_timer);
  contact.message_timer = timers.arm(now + announcement_at_most, TimerKind::message, contact.id.value);
}

void Core::State::message_over(Contact& contact) {
  const WaitMessage* message = directory.wait_message(contact.sound);
  if (contact.told_first && (waits(contact.state) || contact.state == ContactState::dialling_out)) {
    timers.cancel(contact.message_timer);
    contact.told_first = false;
    return play_waiting(contact);
  }
  if (!message || !waits(contact.state) || message->repeat_after <= Duration{}) return;
  timers.cancel(contact.message_timer);
  contact.message_timer = timers.arm(now + message->repeat_after, TimerKind::message, contact.id.value);
}

void Core::State::message_due(Contact& contact) {
  if (contact.told_first) return message_over(contact);
  const WaitMessage* message = directory.wait_message(contact.sound);
  if (message && waits(contact.state)) tell(contact, *message);
}

void Core::State::count_answer(const Contact& contact) {
  if (contact.queue != no_index) waiting[contact.queue].answers.count(now, answers_over);
}

}  // namespace pledge::core
