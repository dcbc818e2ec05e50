#include "sip/signalling/session_timer.hpp"

#include <algorithm>

namespace pledge::signalling {
namespace {

constexpr std::uint32_t least_ever = 90;  // RFC 4028 §5

std::uint32_t seconds(core::Duration duration) {
  return static_cast<std::uint32_t>(std::chrono::duration_cast<std::chrono::seconds>(duration).count());
}
std::uint32_t our_least(const runtime::SessionTimerOptions& options) {
  return std::max(least_ever, seconds(options.least));
}

}  // namespace

std::uint32_t SessionTimer::over_after() const {
  if (refresher == Refresher::none) return 0;
  return expires - std::min<std::uint32_t>(32, expires / 3);
}

std::string SessionTimer::header(bool we_are_uac) const {
  if (refresher == Refresher::none) return {};
  const bool uac = (refresher == Refresher::us) == we_are_uac;
  return std::to_string(expires) + (uac ? ";refresher=uac" : ";refresher=uas");
}

TimerAnswer answer_timer(const TimerWish& wish, const runtime::SessionTimerOptions& options) {
  const std::uint32_t least = our_least(options);
  if (wish.expires != 0 && wish.expires < least && wish.supported) return {true, {}};
  if (wish.expires == 0 && !options.offered) return {};
  const std::uint32_t ours = options.offered ? seconds(options.expires) : wish.expires;
  std::uint32_t expires = wish.expires == 0 ? ours : std::min(wish.expires, std::max(ours, least));
  expires = std::max({expires, wish.min_se, least});
  // A peer that knows nothing of timers cannot refresh; one that does keeps the role it names, else takes it.
  const bool peer = wish.supported && wish.refresher_is_uac.value_or(true);
  return {false, {peer ? Refresher::peer : Refresher::us, expires, wish.supported}};
}

SessionTimer agree_timer(const TimerWish& response, const runtime::SessionTimerOptions& options) {
  if (response.expires == 0) return {};
  const bool us = response.refresher_is_uac.value_or(true);
  return {us ? Refresher::us : Refresher::peer, std::max(response.expires, std::min(our_least(options), least_ever)),
          true};
}

}  // namespace pledge::signalling
