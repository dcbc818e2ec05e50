#pragma once
// The voices of a call laid on one line of time: 8,000 samples a second from the start of the recording, the caller left,
// all whom the caller hears right. Where several of these speak at once their sum is taken, saturated; where one does, its bytes
// as they came. Each voice begins where its first packet arrived and goes on by its RTP timestamps, so that jitter and
// reordering leave no trace and lost packets leave silence of their own length. A sender that begins again (new SSRC), jumps,
// or whose timestamps stood still while it was silent is placed by its arrival anew. Pure; memory is bounded: three
// seconds of each voice, and none of one whose samples were all taken.
#include <optional>
#include <string>
#include <vector>

#include "sip/media/recording_tap.hpp"

namespace pledge::media {

class Timeline {
 public:
  static constexpr std::int64_t rate = 8000;

  explicit Timeline(Instant start);

  // Whether samples must be taken before more can be placed as of `now`.
  bool full(Instant now) const { return position(now) > taken_ + 2 * rate; }
  void add(const RecordedFrame& frame);
  // Appends to `out`, two bytes a sample, what can change no more at `now`: all but the last second. A packet that comes
  // later than that is counted as lost.
  void take(Instant now, std::string& out) { take_until(position(now) - rate, out); }
  // Appends the rest, up to the end.
  void finish(Instant end, std::string& out) { take_until(position(end), out); }

  // Packets that arrive in between are not heard.
  void pause(Instant from);
  void resume(Instant at);

  // Of the file: the first packet's, for all voices. A-law if there was none before the first second was taken.
  runtime::AudioCodec codec() const { return codec_.value_or(runtime::AudioCodec::pcma); }
  std::int64_t samples() const { return taken_; }
  // Packets that never came, came too late, or found the ring full. Known by their sequence numbers: those lost at the very
  // end of a stream are not counted.
  std::uint64_t lost() const;

 private:
  struct Voice {
    std::uint8_t turn = 0;
    bool placed = false;
    std::uint32_t ssrc = 0;
    std::uint32_t timestamp = 0;  // newest placed, and where
    std::int64_t position = 0;
    bool counting = false;
    std::uint32_t counted_ssrc = 0;
    std::uint16_t sequence = 0;  // newest
    std::uint64_t missing = 0;   // gaps that later packets may yet fill
    std::uint64_t late = 0;
    std::string samples;         // a ring of `window`, silence where nothing came; empty: none are to be taken
    std::int64_t end = 0;        // of these
  };
  struct Pause {
    Instant from;
    std::optional<Instant> to;
  };
  std::int64_t position(Instant at) const;
  bool paused(Instant at) const;
  bool count(Voice& voice, const RecordedFrame& frame);  // whether it is the newest
  std::optional<std::int64_t> place(Voice& voice, const RecordedFrame& frame, bool newest);
  void write(Voice& voice, std::int64_t position, const RecordedFrame& frame);
  char left(std::size_t at) const;   // a sample of the rings
  char right(std::size_t at) const;
  void take_until(std::int64_t end, std::string& out);
  void choose(runtime::AudioCodec codec);

  static constexpr std::int64_t window = 3 * rate;
  const Instant start_;
  std::int64_t taken_ = 0;
  std::optional<runtime::AudioCodec> codec_;
  std::vector<Voice> voices_{1};  // by channel; all but the first are on the right
  std::vector<Pause> pauses_;  // those that packets still to come may fall into, and the last
};

}  // namespace pledge::media
