// What becomes of legs, and of calls made ahead, when rtpengine fails.
#include <catch2/catch.hpp>

#include "desk.hpp"

using namespace pledge;
using namespace pledge::rtpengine;
using namespace std::chrono_literals;
using core::LegId;
using rtpengine::test::Desk;
using rtpengine::test::leg, rtpengine::test::other, rtpengine::test::third;

TEST_CASE("without an answer it is down: an alarm, its legs are lost to it, and none enters it until it answers") {
  Desk desk;
  desk.begin();
  (void)desk.take(leg);
  desk.answer();
  desk.calls.watch(desk.now);
  desk.time_out();
  REQUIRE(desk.alarms.size() == 1);
  CHECK(desk.alarms[0] == "rtpengine at 127.0.0.1:2223: no answer within 500 ms: new legs have ports of the engine until it "
                          "answers; 1 legs were in it");
  CHECK(desk.lost == std::vector{leg});
  CHECK_FALSE(desk.calls.has(leg));
  CHECK_FALSE(desk.take(other));
  desk.calls.watch(desk.now);
  desk.time_out();
  CHECK(desk.alarms.size() == 1);  // told once

  desk.begin();  // it answers: what it still has of before is removed
  CHECK(desk.alarms.back() == "rtpengine at 127.0.0.1:2223 answers again");
  desk.begin();
  CHECK(desk.daemon.calls.size() == 2);
  CHECK(desk.take(other));
}

TEST_CASE("a restart between two looks at it is noticed, by a call that it does not know") {
  Desk desk;
  desk.begin();
  (void)desk.take(leg);
  desk.answer();
  desk.daemon.calls.clear();
  desk.begin();
  REQUIRE(desk.alarms.size() == 1);
  CHECK(desk.alarms[0] == "rtpengine at 127.0.0.1:2223 has forgotten its calls (was it restarted?): 1 legs were in it");
  CHECK(desk.lost == std::vector{leg});
  CHECK(desk.calls.ready() == 2);
  CHECK(desk.daemon.calls.size() == 2);
}

TEST_CASE("a call deleted while it is being asked for is no restart") {
  Desk desk(1);
  desk.begin();
  (void)desk.take(leg);
  desk.asked.clear();  // no other is ready: the leg's own is asked for
  desk.calls.watch(desk.now);
  auto query = desk.asked.back();
  desk.calls.close(leg);
  query.second(tl::unexpected(Failure{Failure::Kind::refused, "Unknown call-id"}));
  CHECK(desk.alarms.empty());
}


TEST_CASE("one call that is unknown is no restart: a leg alone is moved, a ready call replaced") {
  Desk desk;
  desk.begin();
  const auto port = desk.talk(leg);
  desk.talk(other);
  SECTION("of a leg") {
    desk.daemon.calls.erase(desk.id_at(port));
    desk.begin();
    CHECK(desk.lost == std::vector{leg});
    CHECK(desk.calls.has(other));
    CHECK(desk.alarms == std::vector<std::string>{"rtpengine at 127.0.0.1:2223 has ended leg 2, which is moved to a port of the engine: "
                                                  "is its --timeout more than three times refresh_after?"});
  }
  SECTION("ready, and the oldest") {
    desk.calls.close(leg), desk.calls.close(other), desk.answer();
    desk.daemon.calls.erase(desk.daemon.calls.begin());
    desk.begin();
    CHECK(desk.lost.empty());
    CHECK(desk.calls.ready() == 2);
    CHECK(desk.daemon.calls.size() == 2);
    CHECK(desk.alarms.size() == 1);
  }
}

TEST_CASE("a restart is noticed by the oldest call, also where the ready ones were made after it") {
  Desk desk(1);
  desk.begin();
  desk.talk(leg);
  desk.daemon.calls.clear();
  (void)desk.take(other);  // the last that was ready, and unknown too
  desk.answer();           // another is made, by the new one
  REQUIRE(desk.daemon.calls.size() == 1);
  desk.begin();
  CHECK(desk.lost == std::vector{leg});
  desk.begin();
  CHECK(desk.lost == std::vector{leg, other});
  CHECK(desk.calls.ready() == 1);  // the one that is there
}

TEST_CASE("legs that rtpengine has ended, however many, are no restart while it knows a ready call") {
  Desk desk(4);
  desk.begin();
  std::vector<int> ports;
  for (std::uint64_t id = 0; id < 4; ++id) ports.push_back(desk.talk(LegId{id}));
  for (const auto port : {ports[0], ports[1], ports[2]}) desk.daemon.calls.erase(desk.id_at(port));
  desk.begin(), desk.begin();
  CHECK(desk.lost == std::vector{LegId{0}, LegId{1}, LegId{2}});
  CHECK(desk.calls.has(LegId{3}));
}

TEST_CASE("a leg without packets is offered again in time, and nothing else is done to it") {
  Desk desk;
  desk.begin();
  const auto id = desk.id_at(desk.talk(leg));
  desk.daemon.log.clear();
  desk.pass(14s);
  CHECK(desk.daemon.log == "query ");  // whether it is there
  desk.joined.clear();
  desk.pass(1s);
  CHECK(desk.daemon.log == "query query query offer ");
  desk.daemon.calls[id].packets = 50;
  desk.daemon.log.clear();
  desk.pass(15s);
  CHECK(desk.daemon.log == "query query ");  // it talks
  desk.daemon.log.clear();
  desk.pass(15s);
  CHECK(desk.daemon.log == "query query offer ");
  CHECK(desk.joined.empty());
  desk.calls.set_format(leg, desk.format(4002));
  desk.answer();
  CHECK(desk.joined.count(leg));
}

TEST_CASE("a leg that rtpengine knows no more is moved, alone, though older calls are there") {
  Desk desk;
  desk.begin();
  desk.talk(leg), desk.talk(other);
  const auto port = desk.talk(third);
  desk.daemon.calls.erase(desk.id_at(port));
  desk.begin();
  CHECK(desk.lost.empty());
  desk.pass(15s);
  CHECK(desk.lost == std::vector{third});
  CHECK(desk.calls.has(leg));
}

TEST_CASE("a leg that is closed, or told of another format, while it is offered again") {
  Desk desk(1);
  desk.begin();
  desk.talk(leg);
  desk.now += 15s;
  desk.calls.watch(desk.now);
  while (desk.asked.back().first.text("command") != "offer") {
    auto [request, done] = desk.asked.back();
    desk.asked.pop_back();
    done(desk.daemon.serve(request));
    REQUIRE_FALSE(desk.asked.empty());
  }
  SECTION("closed") {
    desk.calls.close(leg);
    desk.answer();
    CHECK(desk.daemon.calls.size() == 1);
    CHECK(desk.calls.legs() == 0);
  }
  SECTION("told") {
    desk.calls.set_format(leg, desk.format(4002));
    desk.answer();
    CHECK(desk.negotiated().answer.find("m=audio 4002 ") != std::string::npos);
  }
}

TEST_CASE("legs are asked for a few at a time") {
  Desk desk(64);
  desk.begin();
  for (std::uint64_t id = 0; id < 40; ++id) (void)desk.take(LegId{id});
  desk.answer();
  desk.now += 15s;
  desk.calls.watch(desk.now);
  CHECK(desk.asked.size() == 17);  // a quarter of requests_open, and the oldest call
}

TEST_CASE("without ports there one call is tried at each watch, and it is told once, and when there are some again") {
  Desk desk;
  desk.daemon.full = true;
  desk.begin();
  CHECK(desk.daemon.log == "ping offer offer ");
  CHECK(desk.alarms == std::vector<std::string>{"rtpengine at 127.0.0.1:2223 makes no more calls, new legs have ports of the engine: Ran "
                                                "out of ports"});
  desk.begin();
  CHECK(desk.daemon.log == "ping offer offer offer ping ");
  CHECK(desk.alarms.size() == 1);
  desk.daemon.full = false;
  desk.begin();
  CHECK(desk.calls.ready() == 2);
  REQUIRE(desk.alarms.size() == 2);
  CHECK(desk.alarms.back() == "rtpengine at 127.0.0.1:2223 makes calls again: new legs have its ports");
}
