#pragma once
// Whether somebody speaks: the energy of 20 ms frames against the line's own noise, which is the quietest frame of the last
// two seconds. Energy alone would take ring tone, a noise that begins or a click for a voice. Of half a second, `enough`
// frames must be like a voice:
//
//  loud      above the noise by `above_noise`, and above `least_level`, so that the hiss after digital silence says nothing;
//  no tone   not foretold by the four samples before, as two sine waves together are (linear prediction, covariance method);
//  no echo   of what the peer is sent, which is loudest when the handler asks whether anybody is there (echo_guard.hpp);
//  together  at least four in a row: a click fills one or two, and the edges of a key's tone three;
//  moving    from frame to frame by `least_step` on average, in energy and in what is not foretold of it: syllables are
//            unsteady, a noise that begins is not, nor is a rumble once its colour is taken away.
//
// Pauses between syllables and words lie within the half second: it is the hangover, so that one word is enough. All of it is
// judged anew with every frame: who speaks at once is heard as soon as a pause shows the noise. Thresholds were chosen with 45
// prompts of a speech engine at -20 to -42 dBm0 (all but 7 of 270 told, after 0.3 s; single short words among the quietest are
// missed) against noises of four colours, call progress and key tones, and up to 10 clicks a second (none told). Pure.
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "runtime/media_port.hpp"
#include "sip/media/echo_guard.hpp"
#include "sip/media/playout.hpp"

namespace pledge::media {

class SpeechDetector {
 public:
  static constexpr double above_noise = 9;     // dB
  static constexpr double least_level = -50;   // dBm0; a whisper into a handset reaches -45
  static constexpr double most_foretold = 18;  // dB of prediction gain: tones in G.711 have 20 to 35
  static constexpr double least_step = 1.5;    // dB; white noise moves by 0.6
  static constexpr std::size_t enough = 8;     // frames, 160 ms

  // From `since` on; before it, the peer may have been sent what it now sends back.
  explicit SpeechDetector(Instant since) : echo_(since) {}
  // The next packet of the peer in G.711. True if with it somebody speaks.
  bool take(runtime::AudioCodec codec, std::span<const std::uint8_t> payload, Instant now);
  // What the peer is sent meanwhile.
  void sent(runtime::AudioCodec codec, std::span<const std::uint8_t> payload, Instant now) { echo_.sent(codec, payload, now); }

 private:
  struct Frame {
    double level = 0;  // dBm0
    double unforetold = 0;  // dBm0
    bool tone = false, echo = false;
  };
  static constexpr std::size_t memory = 100;  // frames: the quietest of two seconds is the noise
  static constexpr std::size_t window = 25;   // frames looked at: half a second

  void judge_frame(Instant now);
  bool speech() const;
  bool like_voice(std::size_t frames_ago, double least) const;
  const Frame& ago(std::size_t frames) const { return frames_[(count_ - 1 - frames) % memory]; }
  double noise() const;

  EchoGuard echo_;
  Samples samples_{};
  std::size_t filled_ = 0;
  std::array<Frame, memory> frames_{};
  std::size_t count_ = 0;  // frames so far
};

}  // namespace pledge::media
