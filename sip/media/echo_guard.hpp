#pragma once
// Whether what comes from a peer may be an echo of what is sent there: a hybrid of an analogue line, or a loudspeaker beside a
// microphone. By the test of Geigel (Duttweiler, "A Twelve-Channel Digital Echo Canceler", IEEE Trans. Commun. 26(5), 1978):
// an echo is weaker by 6 dB at least than what it is the echo of, so that whatever has less than half the peak of what was
// sent lately proves nothing. Lately is 256 ms: the way there and back, the peer's playout buffer, and the echo's own length.
// Peaks are kept for each 16 ms, so that a sample sent costs a comparison and a question 17, whatever a peer sends. Pure.
#include <array>
#include <chrono>
#include <cstdint>
#include <span>

#include "runtime/media_port.hpp"
#include "sip/media/reception.hpp"

namespace pledge::media {

class EchoGuard {
 public:
  static constexpr int loss = 2;  // least loss on the way, as a ratio: 6 dB
  static constexpr std::chrono::milliseconds window{256};

  // G.711 on its way to the peer.
  void sent(runtime::AudioCodec codec, std::span<const std::uint8_t> payload, Instant now);
  // Whether a stretch of speech with this peak (of linear samples) may be an echo.
  bool may_be_echo(int peak, Instant now) const;

 private:
  struct Peak {
    std::int64_t step = -1;  // of 16 ms, counted from the clock's zero
    int value = 0;
  };
  static constexpr std::chrono::milliseconds step_length{16};
  static constexpr std::size_t steps = window / step_length + 1;  // the present one has only begun
  static std::int64_t step_of(Instant at) { return at.time_since_epoch() / step_length; }

  std::array<Peak, steps> peaks_{};
};

}  // namespace pledge::media
