#pragma once
// The playout buffer of one peer's audio (RFC 3550 §6.4.4 calls its delay the playout delay): packets go in as they come, and
// 20 ms of linear samples come out whenever they are asked for. Packets of any length, reordered ones, those of the other law
// after a re-INVITE are all laid on one line by their timestamps. What is missing is heard as the 20 ms before at half their
// level, which fades a lost packet over and ends a stream that pauses (or sends comfort noise) softly.
//
// The first packet of a stream, or after a pause, is heard `delay` later: jitter up to that is not heard, what comes later is
// lost. When more than `delay` and two packets wait (a burst after a stall, a sender whose clock runs fast) the oldest are
// passed over: talk is never delayed by more. Pure; memory is bounded.
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "runtime/media_port.hpp"
#include "sip/media/sound.hpp"

namespace pledge::media {

using Samples = std::array<std::int16_t, packet_samples>;  // 20 ms

class Playout {
 public:
  static constexpr std::uint32_t delay = 2 * packet_samples;  // 40 ms; a packet may also wait up to 20 ms for its turn

  Playout() { forget(); }

  void put(runtime::AudioCodec codec, std::uint32_t timestamp, std::span<const std::uint8_t> payload);
  // The peer's stream began anew: its timestamps compare with none before.
  void restart() { forget(); }
  // The next 20 ms, for all who ask in this period of 20 ms. Valid until the next call.
  const Samples& take(std::uint64_t period);

 private:
  static constexpr std::uint32_t capacity = 4096;     // samples: half a second, and twice the longest datagram
  static constexpr std::int16_t nothing = INT16_MIN;  // no code of G.711 stands for it

  std::int16_t& at(std::uint32_t timestamp) { return samples_[timestamp % capacity]; }
  bool empty() const { return static_cast<std::int32_t>(end_ - next_) <= 0; }
  void forget();
  void start_at(std::uint32_t timestamp);
  void pass_over(std::uint32_t payload);

  std::array<std::int16_t, capacity> samples_;
  std::uint32_t next_ = 0;  // timestamp of the next sample to be taken
  std::uint32_t end_ = 0;   // of what would follow the newest that came
  Samples taken_{};
  std::uint64_t period_ = ~std::uint64_t{0};  // in which they were
};

}  // namespace pledge::media
