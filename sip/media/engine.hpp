#pragma once
// The embedded media engine: runtime::MediaPort over RTP sockets of its own and one thread. See worker.hpp for how
// packets move, relay.hpp for what is decided about them.
//
//   pledge::media::MediaEngine media(io.get_executor(), options.media, std::random_device{}());
//
// All functions are called on the loop's thread and never block. The destructor stops the thread; callbacks of
// close() not yet delivered are then dropped. The loop must outlive the engine.
#include <boost/asio/any_io_executor.hpp>
#include <cstdint>
#include <memory>
#include <utility>  // before Asio: Boost 1.74 with g++ 12 in C++20 forgets it
#include <vector>

#include "core/events.hpp"
#include "runtime/media_faults.hpp"
#include "runtime/media_options.hpp"
#include "runtime/media_port.hpp"
#include "sip/media/recording_tap.hpp"

namespace pledge::media {

class MediaEngine final : public runtime::MediaPort {
 public:
  // `loop`: where callbacks run. `seed`: of SSRCs, first sequence numbers and timestamps (RFC 3550 §5.1 wants them
  // unguessable: pass std::random_device's). Throws std::system_error if the system has no descriptors left.
  MediaEngine(boost::asio::any_io_executor loop, const runtime::MediaOptions& options, std::uint64_t seed);
  ~MediaEngine();

  // Errors: no_buffer_space (range used up, or the media thread stalled), invalid_argument (not an IP address),
  // already_connected (the leg is open), or the system's own.
  tl::expected<runtime::MediaLocal, std::error_code> open(core::LegId leg, const std::string& local_ip) override;
  void set_format(core::LegId leg, const runtime::MediaFormat& format) override;
  void connect(core::LegId a, core::LegId b) override;
  void disconnect(core::LegId a, core::LegId b) override;
  // Reads the files of all announcements, which replace those used before; legs that hear one hear it on. On an error,
  // which names the file, nothing has changed. Takes time in proportion to the audio: for start and reload.
  tl::expected<void, std::string> use(const std::vector<runtime::Announcement>& announcements);
  void mix(core::LegId leg, std::span<const core::LegId> sources, core::Duration tone_every) override;
  void listen_for_speech(core::LegId leg) override;
  // Heard instead of other legs, until connect() or mix().
  void play(const core::PlayToLeg& what) override;
  void close(core::LegId leg, std::function<void(runtime::MediaCounters)> last) override;

  // What the leg sends goes to the tap too, until it is closed or told otherwise (an empty tap).
  void record(core::LegId leg, const RecordingTap& tap);

  // `heard_of` is told on the loop's thread, many legs at a time where many fall silent together; legs closed meanwhile are
  // left out. Empty = nobody is told.
  void on_silence(std::function<void(const std::vector<runtime::LegSilence>&)> heard_of);

  // KeyPressed and SoundFinished of legs in a turn of a dialogue, SpeechHeard and MediaTimeout, told likewise.
  void on_event(std::function<void(core::Event)> heard_of);

  std::uint64_t keys_beyond_bound() const;  // key-presses not told: more than MediaOptions::keys_a_second of one leg
  std::size_t free_pairs() const;  // port pairs not in use: for metrics and alarms

 private:
  class Legs;
  std::shared_ptr<Legs> legs_;
};

}  // namespace pledge::media
