#include "sip/media/recorder.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <limits>
#include <mutex>

namespace pledge::media {

// The loop's side: which legs each recording has. A leg is in one recording at most: the last that asked for it.
class Recorder::Inside {
 public:
  Inside(MediaEngine& media, const runtime::Clock& clock, const runtime::RecordingOptions& options, Told told)
      : media_(media), clock_(clock), ring_(std::make_shared<FrameRing>(options.packets_waiting)), told_(std::move(told)) {}

  // Posts to the loop hold only a weak reference: the recorder may be gone when they run.
  void start(const std::shared_ptr<Inside>& self, boost::asio::any_io_executor loop, const std::string& directory) {
    const auto on_loop = [weak = std::weak_ptr(self), loop](auto work) {
      boost::asio::post(loop, [weak, work = std::move(work)] {
        if (const auto inside = weak.lock()) work(*inside);
      });
    };
    writer_ = std::make_unique<RecordingWriter>(
        directory, ring_,
        RecordingWriter::Told{[this, on_loop](std::uint64_t number, core::RecordingFinished finished) {
                                {
                                  const std::lock_guard lock(mutex_);
                                  done_.emplace_back(number, std::move(finished));
                                }
                                on_loop([](Inside& inside) { inside.tell_finished(); });
                              },
                              [on_loop](core::Alarm alarm) { on_loop([alarm](Inside& inside) { inside.told_.alarm(alarm); }); }});
  }
  void stop() {
    writer_.reset();
    tell_finished();
  }

  void start(const core::StartRecording& action);
  void silence(const core::SilenceRecording& action);
  void stop(const core::StopRecording& action);
  void hear(const core::RecordLegs& action);
  std::size_t recording() const { return numbers_.size(); }
  std::uint64_t lost() const { return ring_->lost(); }

 private:
  struct Recorded {
    core::RecordingId name;
    std::vector<core::LegId> legs;  // by channel: the caller's, then those on the right; none: the channel is free
    std::uint8_t turn = 0;          // of the last leg that got a channel
  };
  void tap(std::uint64_t number, Recorded& one, core::LegId leg);
  void untap(std::uint64_t number, core::LegId& leg);
  void untap(std::uint64_t number, Recorded& one);
  void finish(std::uint64_t number, const core::RecordingFinished& finished);
  void tell_finished();

  MediaEngine& media_;
  const runtime::Clock& clock_;
  const std::shared_ptr<FrameRing> ring_;
  const Told told_;
  std::uint64_t last_ = 0;
  std::unordered_map<std::string, std::uint64_t> numbers_;  // by name; those not stopped
  std::unordered_map<std::uint64_t, Recorded> recorded_;    // by number; those not finished
  std::unordered_map<core::LegId, std::uint64_t> tapped_;   // in which recording each leg is
  std::mutex mutex_;
  std::vector<std::pair<std::uint64_t, core::RecordingFinished>> done_;  // guarded by mutex_: not told yet
  std::unique_ptr<RecordingWriter> writer_;                              // last: it tells until it ends
};

void Recorder::Inside::start(const core::StartRecording& action) {
  if (!writer_) return;  // the engine is being stopped
  const std::uint64_t number = ++last_;
  writer_->post(BeginRecording{number, action, clock_.now(), std::chrono::steady_clock::now()});
  numbers_[action.recording.value] = number;
  Recorded& recorded = recorded_[number];
  recorded.name = action.recording;
  tap(number, recorded, action.caller_leg);
  tap(number, recorded, action.handler_leg);
}

// In the first channel that is free, so that there are no more than legs at a time. What the leg before in it said is in the
// ring before anything of this one.
void Recorder::Inside::tap(std::uint64_t number, Recorded& one, core::LegId leg) {
  const auto free = std::find(one.legs.begin(), one.legs.end(), core::LegId{});
  const auto channel = static_cast<std::size_t>(free - one.legs.begin());
  if (channel > std::numeric_limits<std::uint8_t>::max()) return;
  if (free == one.legs.end()) one.legs.push_back(leg);
  else *free = leg;
  tapped_[leg] = number;
  media_.record(leg, {ring_, number, static_cast<std::uint8_t>(channel), ++one.turn});
}

// A leg that is gone needs no more; the line of a handler who holds one goes on to the next call.
void Recorder::Inside::untap(std::uint64_t number, core::LegId& leg) {
  if (const auto at = tapped_.find(leg); at != tapped_.end() && at->second == number) {
    media_.record(leg, {});
    tapped_.erase(at);
  }
  leg = {};
}

void Recorder::Inside::hear(const core::RecordLegs& action) {
  const auto at = numbers_.find(action.recording.value);
  if (at == numbers_.end() || !writer_) return;
  Recorded& recorded = recorded_.at(at->second);
  const auto in = [](const std::vector<core::LegId>& legs, core::LegId leg) {
    return std::find(legs.begin(), legs.end(), leg) != legs.end();
  };
  for (std::size_t channel = 1; channel < recorded.legs.size(); ++channel)
    if (!in(action.legs, recorded.legs[channel])) untap(at->second, recorded.legs[channel]);
  for (const core::LegId leg : action.legs)
    if (!in(recorded.legs, leg)) tap(at->second, recorded, leg);
}

void Recorder::Inside::silence(const core::SilenceRecording& action) {
  const auto at = numbers_.find(action.recording.value);
  if (at == numbers_.end() || !writer_) return;
  writer_->post(PauseOrResume{at->second, action.on, action.reason, clock_.now(), std::chrono::steady_clock::now()});
}

void Recorder::Inside::untap(std::uint64_t number, Recorded& one) {
  for (core::LegId& leg : one.legs) untap(number, leg);
}

void Recorder::Inside::stop(const core::StopRecording& action) {
  const auto at = numbers_.find(action.recording.value);
  if (at == numbers_.end() || !writer_) return;
  writer_->post(EndRecording{at->second, clock_.now(), std::chrono::steady_clock::now()});
  untap(at->second, recorded_.at(at->second));
  numbers_.erase(at);
}

void Recorder::Inside::tell_finished() {
  std::vector<std::pair<std::uint64_t, core::RecordingFinished>> done;
  {
    const std::lock_guard lock(mutex_);
    done.swap(done_);
  }
  for (const auto& [number, finished] : done) finish(number, finished);
}

// Without a stop before: it failed.
void Recorder::Inside::finish(std::uint64_t number, const core::RecordingFinished& finished) {
  auto node = recorded_.extract(number);
  if (numbers_.erase(finished.recording.value) > 0) untap(number, node.mapped());
  told_.finished(finished);
}

Recorder::Recorder(boost::asio::any_io_executor loop, MediaEngine& media, const runtime::Clock& clock,
                   const runtime::RecordingOptions& options, Told told)
    : inside_(std::make_shared<Inside>(media, clock, options, std::move(told))) {
  inside_->start(inside_, std::move(loop), options.directory);
}
Recorder::~Recorder() { inside_->stop(); }
void Recorder::stop() { inside_->stop(); }

void Recorder::perform(const core::StartRecording& action) { inside_->start(action); }
void Recorder::perform(const core::SilenceRecording& action) { inside_->silence(action); }
void Recorder::perform(const core::StopRecording& action) { inside_->stop(action); }
void Recorder::perform(const core::RecordLegs& action) { inside_->hear(action); }
std::size_t Recorder::recording() const { return inside_->recording(); }
std::uint64_t Recorder::packets_lost() const { return inside_->lost(); }

}  // namespace pledge::media
