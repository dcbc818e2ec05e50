#pragma once
// Turns events into actions and actions into calls on ports: stamp, decide, journal, carry out, tell. Runs on the
// loop's thread; knows neither sockets nor threads, so that tests drive it on a virtual clock.
#include <deque>
#include <functional>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/actions.hpp"
#include "runtime/clock.hpp"
#include "runtime/ports.hpp"

namespace pledge::runtime {

class Driver final : public EventSink {
 public:
  // core::Core::step. Its answer is valid until the next call.
  using Step = std::function<const core::Actions&(core::Time, const core::Event&)>;

  Driver(Step step, const Clock& clock) : step_(std::move(step)), clock_(clock) {}

  // Before the first event. Each part may be missing; then what it would do is not done.
  void connect(JournalPort& journal) { journal_ = &journal; }
  void connect(SignallingPort& signalling) { signalling_ = &signalling; }
  void connect(RecordingPort& recorder) { recorder_ = &recorder; }
  void connect(Waker& waker) { waker_ = &waker; }
  void add(Observer& observer) { observers_.push_back(&observer); }

  // The event's actions are carried out before this returns, except when called from inside a port or observer: then
  // after the present actions, in order of submission. Of one event's actions the signs to callers that they ring, and
  // the ends of callers' legs, come last, so that a telephone rings first; all else is done in the core's order. A 200
  // to a caller (AnswerLeg) leaves when the journal is on disk and every event submitted before has been decided, unless
  // one of them withdrew it; what concerns the media of that leg waits with it, nothing else does. Its departure is an
  // event (AnswerSent), decided before any later one: the core is never wrong about what the caller has heard.
  void submit(core::Event event) override;
  // The waker's call: serves every timer that is due.
  void wake();
  // Something an adapter noticed that an operator should look at: told to the observers like the core's own alarms.
  void raise(core::Alarm alarm);

  std::uint64_t events() const { return events_; }  // since the start

 private:
  template <class Work>
  void run(Work&& work);
  void process(const core::Event& event);
  void carry_out(const core::Action& action);
  template <class LegAction>
  void forward(const LegAction& action);
  template <class RecordingAction>
  void record(const RecordingAction& action);
  void hold_answer(const core::AnswerLeg& action);
  // A 200 that waits for the disk: the AnswerLeg, and what came for the media of its leg since. One that was withdrawn and
  // asked for again is another answer, of a later record.
  struct Answer {
    core::LegId leg;
    std::uint64_t number = 0;
  };
  struct Held {
    std::uint64_t number = 0;
    std::vector<core::Action> actions;
  };
  void answer(const Answer& answer);
  std::vector<core::Action>* held_for(core::LegId leg);

  const Step step_;
  const Clock& clock_;
  JournalPort* journal_ = nullptr;
  SignallingPort* signalling_ = nullptr;
  RecordingPort* recorder_ = nullptr;
  Waker* waker_ = nullptr;
  std::vector<Observer*> observers_;

  bool running_ = false;
  std::deque<core::Event> queued_;
  core::Time due_ = core::never;  // the core's last wish to be woken
  std::string bytes_;             // canonical bytes of the present actions, reused
  std::uint64_t events_ = 0;
  std::unordered_map<core::LegId, Held> held_;
  std::uint64_t next_answer_ = 0;
  std::vector<Answer> answered_;  // in the present step
  std::deque<Answer> on_disk_;    // may leave
};

}  // namespace pledge::runtime
