#pragma once
// Session timers (RFC 4028), pure: what a peer wants and what we offer give who refreshes, how often, and when a
// session that nobody refreshed is over.
#include <cstdint>
#include <optional>
#include <string>

#include "runtime/signalling_options.hpp"

namespace pledge::signalling {

enum class Refresher : std::uint8_t { none, us, peer };

// What an INVITE, UPDATE or 2xx says of session timers.
struct TimerWish {
  std::uint32_t expires = 0;             // Session-Expires in seconds; 0 = absent
  std::optional<bool> refresher_is_uac;  // its ;refresher=, where given
  std::uint32_t min_se = 0;              // Min-SE; 0 = absent
  bool supported = false;                // Supported or Require: timer
};

struct SessionTimer {
  Refresher refresher = Refresher::none;  // none: no session timer runs
  std::uint32_t expires = 0;              // seconds
  bool peer_supports = false;

  // Seconds after the last refresh: until ours is due (half, §10), until the session is over (§10: a third, at most
  // 32 s, before the end). 0 = does not apply.
  std::uint32_t refresh_after() const { return refresher == Refresher::us ? expires / 2 : 0; }
  std::uint32_t over_after() const;
  // Our 2xx: "1800;refresher=uac"; empty = no timer. `require` then tells whether Require: timer belongs with it.
  std::string header(bool we_are_uac) const;
  bool require() const { return refresher == Refresher::peer; }

  friend bool operator==(const SessionTimer&, const SessionTimer&) = default;
};

// Answering a request: 422 with Min-SE where the wish is too short and the peer would understand (§9).
struct TimerAnswer {
  bool too_small = false;
  SessionTimer timer;
};
TimerAnswer answer_timer(const TimerWish& wish, const runtime::SessionTimerOptions& options);

// After a 2xx to a request of ours (§7.2).
SessionTimer agree_timer(const TimerWish& response, const runtime::SessionTimerOptions& options);

}  // namespace pledge::signalling
