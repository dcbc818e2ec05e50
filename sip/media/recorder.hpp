#pragma once
// Recordings: takes the core's actions on the loop, has the media thread copy the packets of their legs (recording_tap.hpp),
// and writes them on a thread of its own. Neither the loop nor the media thread ever waits for the disk: what does not fit is
// lost to the recording, counted, and told.
#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "runtime/ports.hpp"
#include "runtime/recording_options.hpp"
#include "sip/media/engine.hpp"
#include "sip/media/recording_writer.hpp"

namespace pledge::media {

class Recorder final : public runtime::RecordingPort {
 public:
  struct Told {  // on the loop
    std::function<void(core::RecordingFinished)> finished;
    std::function<void(core::Alarm)> alarm;
  };
  // `loop` and `media` must outlive the recorder. Its destructor completes the files of the recordings under way, which takes
  // as long as the disk needs.
  Recorder(boost::asio::any_io_executor loop, MediaEngine& media, const runtime::Clock& clock,
           const runtime::RecordingOptions& options, Told told);
  ~Recorder();
  // The same at once; what became of them is told before this returns. Nothing is recorded afterwards.
  void stop();

  void perform(const core::StartRecording& action) override;
  void perform(const core::SilenceRecording& action) override;
  void perform(const core::StopRecording& action) override;
  void perform(const core::RecordLegs& action) override;

  std::size_t recording() const;      // now
  std::uint64_t packets_lost() const;  // for want of room in the ring, since the start

 private:
  class Inside;
  std::shared_ptr<Inside> inside_;
};

}  // namespace pledge::media
