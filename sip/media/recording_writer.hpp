#pragma once
// The recorder's thread: timelines and files. It is addressed by value messages and answers with events.
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <variant>
#include <vector>

#include "core/actions.hpp"
#include "sip/media/recording_file.hpp"
#include "sip/media/timeline.hpp"

namespace pledge::media {

struct BeginRecording {
  std::uint64_t recording;  // the ring's number for it
  core::StartRecording what;
  core::Time at;
  Instant start;
};
struct PauseOrResume {
  std::uint64_t recording;
  bool pause;
  std::string reason;
  core::Time at;
  Instant when;
};
struct EndRecording {
  std::uint64_t recording;
  core::Time at;
  Instant when;
};
using RecordingMessage = std::variant<BeginRecording, PauseOrResume, EndRecording>;

class RecordingWriter {
 public:
  struct Told {  // on the writer's thread
    std::function<void(std::uint64_t, core::RecordingFinished)> finished;
    std::function<void(core::Alarm)> alarm;
  };
  RecordingWriter(std::string directory, std::shared_ptr<FrameRing> ring, Told told);
  ~RecordingWriter();  // completes what is open

  // Any thread; never waits for the disk.
  void post(RecordingMessage message);

 private:
  struct PauseMade {
    core::Time from;
    std::optional<core::Time> to;
    std::string reason;
  };
  struct Open {
    BeginRecording begun;
    Timeline timeline;
    RecordingFile file;
    std::vector<PauseMade> pauses;
    std::string failure;  // it cannot be written any more
  };
  void run();
  bool round();  // false: it is time to stop
  std::vector<RecordingMessage> take(bool& stopping);
  void keep_up();
  void serve_frames(std::uint64_t end);
  void write_full(Instant now);
  void write_if_full(Open& open, Instant now);
  void apply(BeginRecording& message);
  void apply(PauseOrResume& message);
  void apply(EndRecording& message);
  void finish(const EndRecording& end);
  core::RecordingFinished complete(Open& open, const EndRecording& end);
  std::string describe(const Open& open, const EndRecording& end, const core::RecordingFinished& finished) const;
  void tell_lost();

  const std::string directory_;
  const std::shared_ptr<FrameRing> ring_;
  const Told told_;
  std::map<std::uint64_t, Open> open_;
  std::vector<EndRecording> ending_;  // since the last round: packets of before may still have been on their way
  std::string samples_;               // scratch
  Instant written_;                   // when all that were full were written
  std::uint64_t lost_told_ = 0;

  std::mutex mutex_;
  std::condition_variable posted_;
  std::vector<RecordingMessage> messages_;  // guarded by mutex_; at most some for each call
  bool stopping_ = false;                   // guarded by mutex_
  std::thread thread_;
};

}  // namespace pledge::media
