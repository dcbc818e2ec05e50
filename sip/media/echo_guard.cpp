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

bool EchoGuard::may_be_echo(int peak, Instant now) const {
  const std::int64_t oldest = step_of(now) - static_cast<std::int64_t>(steps) + 1;
  return std::any_of(peaks_.begin(), peaks_.end(),
                     [&](const Peak& sent) { return sent.step >= oldest && peak * loss < sent.value; });
}

}  // namespace pledge::media
