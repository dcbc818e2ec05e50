// Tones in the audio, by spandsp. Its headers do not include what they need.
#include <cstdint>
#include <cstdio>

extern "C" {
#include <spandsp/telephony.h>
// then
#include <spandsp/logging.h>
#include <spandsp/queue.h>
#include <spandsp/complex.h>
#include <spandsp/tone_detect.h>
#include <spandsp/tone_generate.h>
#include <spandsp/super_tone_rx.h>
#include <spandsp/dtmf.h>
}

#include <algorithm>
#include <array>
#include <new>
#include <string_view>

#include "sip/media/g711.hpp"
#include "sip/media/keys.hpp"

namespace pledge::media {
namespace {

using runtime::AudioCodec;

constexpr std::uint32_t bridged = 320;   // samples that may be missing within a tone: two packets of 20 ms
constexpr std::size_t pause = 320;       // samples of silence that end any tone
constexpr std::size_t at_once = 160;     // samples decoded in one go
constexpr int most_digits = 16;          // told of one packet
constexpr std::string_view names = "0123456789*#ABCD";  // in the order of core::Key

}  // namespace

struct ToneKeys::Receiver {
  Receiver() : state(dtmf_rx_init(nullptr, nullptr, nullptr)) {
    if (state == nullptr) throw std::bad_alloc();
  }
  ~Receiver() { dtmf_rx_free(state); }
  Receiver(const Receiver&) = delete;
  dtmf_rx_state_t* state;
};

ToneKeys::ToneKeys() : receiver_(std::make_unique<Receiver>()) {}
ToneKeys::~ToneKeys() = default;

void ToneKeys::restart() {
  receiver_ = std::make_unique<Receiver>();
  next_.reset();
}

// A pause in the stream (a peer that sends nothing in silence) ends a tone; loss does not.
void ToneKeys::bridge(std::uint32_t missing) {
  if (missing == 0) return;
  constexpr std::array<std::int16_t, pause> silence{};
  if (missing <= bridged) dtmf_rx_fillin(receiver_->state, static_cast<int>(missing));
  else dtmf_rx(receiver_->state, silence.data(), static_cast<int>(silence.size()));
}

void ToneKeys::take(AudioCodec codec, std::uint32_t timestamp, std::span<const std::uint8_t> payload,
                    std::vector<core::Key>& pressed) {
  const std::uint32_t missing = next_ ? timestamp - *next_ : 0;
  if (missing >= 1u << 31) return;  // after its turn
  bridge(missing);
  next_ = timestamp + static_cast<std::uint32_t>(payload.size());
  const g711::LinearTable& linear = g711::to_linear(codec);
  std::array<std::int16_t, at_once> samples;
  while (!payload.empty()) {
    const auto part = payload.first(std::min(payload.size(), at_once));
    std::transform(part.begin(), part.end(), samples.begin(), [&](auto code) { return linear[code]; });
    dtmf_rx(receiver_->state, samples.data(), static_cast<int>(part.size()));
    payload = payload.subspan(part.size());
  }
  std::array<char, most_digits + 1> digits{};
  const std::size_t count = dtmf_rx_get(receiver_->state, digits.data(), most_digits);
  for (const char digit : std::string_view(digits.data(), count))
    if (const auto key = names.find(digit); key != names.npos) pressed.push_back(static_cast<core::Key>(key));
}

}  // namespace pledge::media
