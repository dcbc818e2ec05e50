#pragma once
// Audio played to waiting callers: encoded once in both laws, cut into packets of 20 ms, and shared by every leg that
// hears it. Recorded prompts and composed messages are further Sounds.
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "runtime/media_options.hpp"
#include "runtime/media_port.hpp"

namespace pledge::media {

inline constexpr std::uint32_t sample_rate = 8000;  // Hz, G.711
inline constexpr std::uint32_t packet_ms = 20;      // RFC 3551 §4.2: the default packet
inline constexpr std::uint32_t packet_samples = sample_rate / 1000 * packet_ms;
using Frame = std::array<std::uint8_t, packet_samples>;  // one byte a sample

class Sound {
 public:
  // Linear samples at 8 kHz; an incomplete last packet is filled with silence.
  explicit Sound(std::span<const std::int16_t> samples);

  std::size_t packets() const { return alaw_.size(); }
  // The sound repeats without end: `position` counts packets from its start.
  const Frame& frame(runtime::AudioCodec codec, std::uint64_t position) const {
    const auto& frames = codec == runtime::AudioCodec::pcma ? alaw_ : mulaw_;
    return frames[position % frames.size()];
  }

 private:
  std::vector<Frame> alaw_, mulaw_;  // never empty
};
using SharedSound = std::shared_ptr<const Sound>;

// One period of the ringing tone of the options.
std::vector<std::int16_t> ringback_samples(const runtime::MediaOptions& options);

}  // namespace pledge::media
