#include "sip/signalling/session_timer.hpp"

#include <catch2/catch.hpp>

using namespace pledge::signalling;

namespace {

const pledge::runtime::SessionTimerOptions defaults;

TimerWish wish(std::uint32_t expires, std::optional<bool> uac = {}, bool supported = true) {
  return {expires, uac, 0, supported};
}

}  // namespace

TEST_CASE("a peer that knows session timers refreshes, unless it names us") {
  CHECK(answer_timer(wish(1800), defaults).timer == SessionTimer{Refresher::peer, 1800, true});
  CHECK(answer_timer(wish(1800, true), defaults).timer.header(false) == "1800;refresher=uac");
  CHECK(answer_timer(wish(1800, false), defaults).timer == SessionTimer{Refresher::us, 1800, true});
  CHECK(answer_timer(wish(1800, false), defaults).timer.header(false) == "1800;refresher=uas");
}

TEST_CASE("a peer that knows nothing of session timers is refreshed by us") {
  const auto timer = answer_timer(wish(0, {}, false), defaults).timer;
  CHECK(timer == SessionTimer{Refresher::us, 1800, false});
  CHECK_FALSE(timer.require());
}

TEST_CASE("an interval under Min-SE gets 422 where the peer understands it, else is raised") {
  CHECK(answer_timer(wish(30), defaults).too_small);
  CHECK(answer_timer(wish(30, {}, false), defaults).timer.expires == 90);
}

TEST_CASE("longer wishes are shortened, but never under the peer's own Min-SE") {
  CHECK(answer_timer(wish(7200), defaults).timer.expires == 1800);
  CHECK(answer_timer({7200, {}, 3600, true}, defaults).timer.expires == 3600);
}

TEST_CASE("no timer runs when none is wanted") {
  pledge::runtime::SessionTimerOptions off;
  off.offered = false;
  CHECK(answer_timer(wish(0), off).timer.refresher == Refresher::none);
  CHECK(agree_timer(wish(0), defaults).refresher == Refresher::none);
}

TEST_CASE("a 200 says who refreshes") {
  CHECK(agree_timer(wish(600, true), defaults).refresher == Refresher::us);
  CHECK(agree_timer(wish(600, false), defaults).refresher == Refresher::peer);
  CHECK(agree_timer(wish(600), defaults).refresher == Refresher::us);
}

TEST_CASE("refresh is due at half the interval, the end a third or 32 s before it") {
  CHECK(SessionTimer{Refresher::us, 1800, true}.refresh_after() == 900);
  CHECK(SessionTimer{Refresher::peer, 1800, true}.refresh_after() == 0);
  CHECK(SessionTimer{Refresher::peer, 1800, true}.over_after() == 1768);
  CHECK(SessionTimer{Refresher::peer, 90, true}.over_after() == 60);
}
