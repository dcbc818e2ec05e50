#pragma once
// Audio played to waiting callers: encoded once in both laws, cut into packets of 20 ms, and shared by every leg that
// hears it. Ring tone, recorded prompts and announcements composed of them are all Sounds.
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "runtime/media_options.hpp"
#include "runtime/media_port.hpp"

namespace pledge::media {

inline constexpr std::uint32_t sample_rate = 8000;  // Hz, G.711
inline constexpr std::uint32_t packet_ms = 20;      // RFC 3551 §4.2: the default packet
inline constexpr std::uint32_t packet_samples = sample_rate / 1000 * packet_ms;
using Frame = std::array<std::uint8_t, packet_samples>;  // one byte a sample

class Sound;
using SharedSound = std::shared_ptr<const Sound>;

class Sound {
 public:
  // Linear samples at 8 kHz; an incomplete last packet is filled with silence. It repeats without end.
  explicit Sound(std::span<const std::int16_t> samples);
  // The parts one after the other, then the background. The whole begins again when the background was heard for so
  // many packets; with 0 only the background repeats. Refers to the packets of its parts: a sentence made for one caller
  // costs no copy of what it is made of.
  Sound(std::span<const SharedSound> parts, const Sound& background, std::size_t repeat_after);

  std::size_t packets() const { return packets_; }
  // How many packets are heard before nothing but the background is, for ever; none: it has no such end.
  std::optional<std::size_t> ends_at() const { return ends_at_; }
  // `position` counts packets from the start, without end.
  const Frame& frame(runtime::AudioCodec codec, std::uint64_t position) const;

 private:
  struct Recording {
    std::vector<Frame> alaw, mulaw;  // never empty
  };
  struct Piece {
    std::size_t from;  // the packet of the whole at which it begins
    std::shared_ptr<const Recording> recording;
  };
  void append(const Sound& other, std::size_t packets);

  std::vector<Piece> pieces_;  // never empty
  std::size_t packets_ = 0;
  std::size_t again_from_ = 0;  // what comes after the last packet; less than packets_
  std::optional<std::size_t> ends_at_;
};

// Packets that last as long as `time`, rounded.
std::size_t packets_in(std::chrono::milliseconds time);
// One period of the ringing tone of the options.
std::vector<std::int16_t> ringback_samples(const runtime::MediaOptions& options);
// One period of the comfort tone on hold: the beep swells and fades, so that it has no click in it.
std::vector<std::int16_t> hold_samples(const runtime::MediaOptions& options);
// The tone while a supervisor listens, in whole packets; likewise without a click.
std::vector<std::int16_t> monitor_samples(const runtime::MediaOptions& options);

}  // namespace pledge::media
