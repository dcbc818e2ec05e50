#include "sip/media/recorder.hpp"

#include <boost/asio/post.hpp>
#include <mutex>

namespace pledge::media {

// The loop's side: which legs each recording has.
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
  std::size_t recording() const { return numbers_.size(); }
  std::uint64_t lost() const { return ring_->lost(); }

 private:
  struct Recorded {
    core::RecordingId name;
    core::LegId caller, handler;
  };
  void untap(const Recorded& one);
  void finish(std::uint64_t number, const core::RecordingFinished& finished);
  void tell_finished();

  MediaEngine& media_;
  const runtime::Clock& clock_;
  const std::shared_ptr<FrameRing> ring_;
  const Told told_;
  std::uint64_t last_ = 0;
  std::unordered_map<std::string, std::uint64_t> numbers_;  // by name; those not stopped
  std::unordered_map<std::uint64_t, Recorded> recorded_;    // by number; those not finished
  std::mutex mutex_;
  std::vector<std::pair<std::uint64_t, core::RecordingFinished>> done_;  // guarded by mutex_: not told yet
  std::unique_ptr<RecordingWriter> writer_;                              // last: it tells until it ends
};

void Recorder::Inside::start(const core::StartRecording& action) {
  if (!writer_) return;  // the engine is being stopped
  const std::uint64_t number = ++last_;
  writer_->post(BeginRecording{number, action, clock_.now(), std::chrono::steady_clock::now()});
  media_.record(action.caller_leg, {ring_, number, 0});
  media_.record(action.handler_leg, {ring_, number, 1});
  numbers_[action.recording.value] = number;
  recorded_.emplace(number, Recorded{action.recording, action.caller_leg, action.handler_leg});
}

void Recorder::Inside::silence(const core::SilenceRecording& action) {
  const auto at = numbers_.find(action.recording.value);
  if (at == numbers_.end() || !writer_) return;
  writer_->post(PauseOrResume{at->second, action.on, action.reason, clock_.now(), std::chrono::steady_clock::now()});
}

// A leg that is gone needs no more; the line of a handler who holds one goes on to the next call.
void Recorder::Inside::untap(const Recorded& one) {
  media_.record(one.caller, {});
  media_.record(one.handler, {});
}

void Recorder::Inside::stop(const core::StopRecording& action) {
  const auto at = numbers_.find(action.recording.value);
  if (at == numbers_.end() || !writer_) return;
  writer_->post(EndRecording{at->second, clock_.now(), std::chrono::steady_clock::now()});
  untap(recorded_.at(at->second));
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
  const auto node = recorded_.extract(number);
  if (numbers_.erase(finished.recording.value) > 0) untap(node.mapped());
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
std::size_t Recorder::recording() const { return inside_->recording(); }
std::uint64_t Recorder::packets_lost() const { return inside_->lost(); }

}  // namespace pledge::media
