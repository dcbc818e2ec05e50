#include "sip/media/echo_guard.hpp"

#include <algorithm>
#include <cstdlib>

#include "sip/media/g711.hpp"

namespace pledge::media {

void EchoGuard::sent(runtime::AudioCodec codec, std::span<const std::uint8_t> payload, Instant now) {
  const g711::LinearTable& linear = g711::to_linear(codec);
  const std::int64_t step = step_of(now);
  Peak& peak = peaks_[static_cast<std::size_t>(step) % steps];
  if (peak.step != step) peak = {step, 0};
  for (const std::uint8_t code : payload) peak.value = std::max(peak.value, std::abs(int{linear[code]}));
}

// The quietest that was sent lately; where little was, speech that has just begun may be the quietest of it: 0 then.
int EchoGuard::noise(std::int64_t step) const {
  constexpr std::size_t enough = steps / 4;
  std::size_t known = 0;
  int quietest = 32'768;
  for (const Peak& sent : peaks_) {
    if (sent.step < 0 || sent.step + static_cast<std::int64_t>(steps) <= step) continue;
    ++known;
    quietest = std::min(quietest, sent.value);
  }
  return known < enough ? 0 : quietest;
}

bool EchoGuard::may_be_echo(int peak, Instant now) const {
  if (now < since_ + window) return true;
  const std::int64_t step = step_of(now), oldest = step - window / step_length;
  const int above = stands_out * noise(step);
  return std::any_of(peaks_.begin(), peaks_.end(), [&](const Peak& sent) {
    return sent.step >= oldest && sent.value > above && peak * loss < sent.value;
  });
}

}  // namespace pledge::media
