#include "runtime/driver.hpp"

#include <utility>

#include "core/render.hpp"

namespace pledge::runtime {
namespace {
template <class... Fs>
struct Overloaded : Fs... {
  using Fs::operator()...;
};
template <class... Fs>
Overloaded(Fs...) -> Overloaded<Fs...>;

bool is_caller(core::LegId leg) { return leg.value % 2 == 0; }

// The sign to a caller that it rings, and the end of a caller's leg, make way for the telephone that is to ring next: each
// costs about as much time as its INVITE. A phone's own legs keep their order: the one that ends makes room on its line.
bool can_wait(const core::Action& action) {
  if (const auto* ended = std::get_if<core::ReleaseLeg>(&action)) return is_caller(ended->leg);
  return std::holds_alternative<core::AlertLeg>(action) || std::holds_alternative<core::RejectLeg>(action);
}
}  // namespace

template <class Work>
void Driver::run(Work&& work) {
  running_ = true;
  work();
  // An answer leaves when nothing is left to decide that happened before: it might be the end of the other leg.
  while (!queued_.empty() || !on_disk_.empty()) {
    if (queued_.empty()) {
      const Answer next = on_disk_.front();
      on_disk_.pop_front();
      answer(next);
      continue;
    }
    const core::Event event = std::move(queued_.front());
    queued_.pop_front();
    process(event);
  }
  running_ = false;
}

void Driver::submit(core::Event event) {
  if (running_) queued_.push_back(std::move(event));
  else run([&] { process(event); });
}

void Driver::wake() {
  // The core serves one timer an event, and asks again for the next.
  while (due_ <= clock_.now()) {
    due_ = core::never;
    submit(core::TimerDue{});
  }
}

void Driver::raise(core::Alarm alarm) {
  const core::Action action = std::move(alarm);
  for (auto* observer : observers_) observer->observe(clock_.now(), action);
}

void Driver::process(const core::Event& event) {
  const core::Time now = clock_.now();
  const core::Actions& actions = step_(now, event);
  ++events_;
  if (journal_ != nullptr) {
    bytes_.clear();
    encode(bytes_, actions);
    journal_->append(now, event, bytes_);
  }
  for (const bool later : {false, true})
    for (const auto& action : actions)
      if (can_wait(action) == later) carry_out(action);
  if (!answered_.empty()) {
    const auto release = [this, answers = std::exchange(answered_, {})] {
      on_disk_.insert(on_disk_.end(), answers.begin(), answers.end());
      if (!running_) run([] {});
    };
    if (journal_ == nullptr) release();
    else journal_->after_sync(release);
  }
  for (const auto& action : actions)
    for (auto* observer : observers_) observer->observe(now, action);
}

std::vector<core::Action>* Driver::held_for(core::LegId leg) {
  if (held_.empty()) return nullptr;
  const auto found = held_.find(leg);
  return found == held_.end() ? nullptr : &found->second.actions;
}

void Driver::hold_answer(const core::AnswerLeg& action) {
  held_[action.leg] = {++next_answer_, {action}};
  answered_.push_back({action.leg, next_answer_});
}

template <class LegAction>
void Driver::forward(const LegAction& action) {
  if (signalling_ != nullptr) signalling_->perform(action);
}

// Never held back: the core records what the caller hears, so that the 200 has left before.
template <class RecordingAction>
void Driver::record(const RecordingAction& action) {
  if (recorder_ != nullptr) recorder_->perform(action);
}

void Driver::carry_out(const core::Action& action) {
  const auto with_leg = [&](core::LegId leg, const auto& one) {
    if (auto* held = held_for(leg)) held->push_back(one);
    else forward(one);
  };
  const auto with_legs = [&](const auto& one) {
    if (auto* held = held_for(one.a)) held->push_back(one);
    else with_leg(one.b, one);
  };
  // A leg that ends needs no answer any more.
  const auto ending = [&](const auto& one) { held_.erase(one.leg), forward(one); };
  std::visit(
      Overloaded{[&](const core::AnswerLeg& a) { hold_answer(a); },
                 [&](const core::WithdrawAnswer& a) { held_.erase(a.leg); },
                 [&](const core::RejectLeg& a) { ending(a); }, [&](const core::ReleaseLeg& a) { ending(a); },
                 [&](const core::ConnectLegs& a) { with_legs(a); },
                 [&](const core::DisconnectLegs& a) { with_legs(a); },
                 [&](const core::PlayToLeg& a) { with_leg(a.leg, a); },
                 [&](const core::MixToLeg& a) {
                   auto* held = held_for(a.leg);
                   for (const core::LegId source : a.sources) held = held ? held : held_for(source);
                   if (held) held->push_back(a);
                   else forward(a);
                 },
                 [&](const core::ListenForSpeech& a) { with_leg(a.leg, a); }, [&](const core::AlertLeg& a) { forward(a); },
                 [&](const core::RingPhone& a) { forward(a); }, [&](const core::DialOut& a) { forward(a); },
                 [&](const core::StartRecording& a) { record(a); },
                 [&](const core::SilenceRecording& a) { record(a); },
                 [&](const core::StopRecording& a) { record(a); },
                 [&](const core::RecordLegs& a) { record(a); },
                 [&](const core::WakeAt& a) {
                   due_ = a.due;
                   if (waker_ != nullptr) waker_->wake_at(a.due);
                 },
                 [](const auto&) {}},  // for observers
      action);
}

void Driver::answer(const Answer& answer) {
  const auto found = held_.find(answer.leg);
  if (found == held_.end() || found->second.number != answer.number) return;  // released or withdrawn meanwhile
  const auto actions = std::move(found->second.actions);
  held_.erase(found);
  for (const auto& action : actions) {
    if (const auto* ok = std::get_if<core::AnswerLeg>(&action)) forward(*ok), submit(core::AnswerSent{ok->leg});
    else carry_out(action);  // the other leg of a pair may still wait
  }
}

}  // namespace pledge::runtime
