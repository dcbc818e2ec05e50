#include "sip/signalling/loop.hpp"

#include <catch2/catch.hpp>

using namespace pledge::signalling;
using namespace std::chrono_literals;

TEST_CASE("a SIP library without timers and without packets leaves the loop asleep", "[signalling]") {
  boost::asio::io_context io;
  SofiaLoop loop(io);
  REQUIRE(loop.start());
  while (io.poll() > 0) continue;  // the first look
  CHECK(io.run_for(200ms) <= 1);
}
