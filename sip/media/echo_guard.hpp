#pragma once
// Whether what comes from a peer may be an echo of what is sent there: a hybrid of an analogue line, or a loudspeaker beside a
// microphone. By the test of Geigel (Duttweiler, "A Twelve-Channel Digital Echo Canceler", IEEE Trans. Commun. 26(5), 1978):
// an echo is weaker by 6 dB at least than what it is the echo of, so that whatever has less than half the peak of what was
// sent lately proves nothing. Lately is half a second: the way to a mobile telephone and back, the peer's playout buffer, and
// the echo's own length.
//
// The noise of the handler's own line is always sent, and would hide a caller who whispers. Its echo is a noise, which is no
// speech anyway: so only what stands out of the quietest of two seconds sent is compared with.
//
// Peaks are kept for each 16 ms, so that a sample sent costs a comparison, and a question two looks at each peak, whatever a
// peer sends. Pure.
#include <array>
#include <chrono>
#include <cstdint>
#include <span>

#include "runtime/media_port.hpp"
#include "sip/media/reception.hpp"

namespace pledge::media {

class EchoGuard {
 public:
  static constexpr int loss = 2;       // least loss on the way, as a ratio: 6 dB
  static constexpr int stands_out = 3;  // above the noise that is sent, as a ratio: 9.5 dB; peaks of white noise differ by less
  static constexpr std::chrono::milliseconds window{512};
  static constexpr std::chrono::seconds noise_memory{2};

  // What was sent before `since` is not known: for a window from then on anything may be an echo of it.
  explicit EchoGuard(Instant since) : since_(since) {}
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
  static constexpr std::size_t steps = noise_memory / step_length + 1;  // the present one has only begun
  static std::int64_t step_of(Instant at) { return at.time_since_epoch() / step_length; }
  int noise(std::int64_t step) const;

  Instant since_;
  std::array<Peak, steps> peaks_{};
};

}  // namespace pledge::media
