// Legs in rtpengine: what it is told of them.
#include "sip/rtpengine/calls.hpp"

#include <catch2/catch.hpp>

#include "desk.hpp"

using namespace pledge;
using namespace pledge::rtpengine;
using namespace std::chrono_literals;
using core::LegId;
using rtpengine::test::Desk;
using rtpengine::test::leg, rtpengine::test::other, rtpengine::test::third;

TEST_CASE("before rtpengine has answered, no leg is in it; then calls are made ready") {
  Desk desk;
  desk.calls.watch(desk.now);
  CHECK_FALSE(desk.take(leg));
  desk.answer();
  CHECK(desk.daemon.log == "ping offer offer ");
  CHECK(desk.calls.ready() == 2);
  CHECK(desk.alarms.empty());
}

TEST_CASE("a leg has its port at once, and another call is made ready for the next") {
  Desk desk;
  desk.begin();
  CHECK(desk.take(leg) == 30'002);
  CHECK(desk.take(other) == 30'004);
  CHECK_FALSE(desk.take(third));  // too quick: it has a port of the engine
  desk.answer();
  CHECK(desk.calls.ready() == 2);
  CHECK(desk.take(third) == 30'006);
}

TEST_CASE("both ends are told when the format is known, and the engine then speaks to the inside port") {
  Desk desk;
  desk.begin();
  (void)desk.take(leg);
  desk.answer();
  desk.calls.set_format(leg, desk.format());
  desk.answer();
  CHECK(desk.negotiated().offer.find("c=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 20000 RTP/AVP 8 97\r\n") != std::string::npos);
  CHECK(desk.negotiated().answer.find("c=IN IP4 198.51.100.9\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8 97\r\n") != std::string::npos);
  REQUIRE(desk.joined.count(leg));
  CHECK(desk.joined[leg].remote == runtime::MediaAddress{"192.0.2.7", 31'002});
  CHECK(desk.joined[leg].event_payload_type == 97);
}

TEST_CASE("a peer behind NAT is learned by rtpengine, and the engine believes rtpengine only") {
  Desk desk;
  desk.begin();
  (void)desk.take(leg);
  auto format = desk.format();
  format.source = runtime::SourcePolicy::behind_nat;
  desk.calls.set_format(leg, format);
  desk.answer();
  CHECK(desk.joined[leg].source == runtime::SourcePolicy::signalled);
}

TEST_CASE("a hold is told to rtpengine, so that it does not wait for packets") {
  Desk desk;
  desk.begin();
  (void)desk.take(leg);
  auto held = desk.format();
  held.send = false;
  desk.calls.set_format(leg, held);
  desk.answer();
  CHECK(desk.negotiated().answer.find("a=sendonly\r\n") != std::string::npos);
  CHECK(desk.negotiated().offer.find("a=recvonly\r\n") != std::string::npos);
  CHECK_FALSE(desk.joined[leg].send);
}

TEST_CASE("of formats that change while rtpengine is being told the last one counts") {
  Desk desk;
  desk.begin();
  (void)desk.take(leg);
  desk.answer();
  desk.daemon.log.clear();
  for (const std::uint16_t port : {4000, 4002, 4004}) desk.calls.set_format(leg, desk.format(port));
  desk.answer();
  CHECK(desk.daemon.log == "offer answer offer answer ");
  CHECK(desk.negotiated().answer.find("m=audio 4004 ") != std::string::npos);
}

TEST_CASE("a leg that ends takes its call with it, and one that ends while rtpengine is being told does so afterwards") {
  Desk desk(1);
  desk.begin();
  (void)desk.take(leg);
  desk.answer();
  const bool early = GENERATE(true, false);
  desk.calls.set_format(leg, desk.format());
  if (!early) desk.answer();
  desk.calls.close(leg);
  CHECK_FALSE(desk.calls.has(leg));
  desk.answer();
  CHECK(desk.calls.legs() == 0);
  CHECK(desk.daemon.calls.size() == 1);  // the ready one
  CHECK(desk.joined.count(leg) == (early ? 0 : 1));
}

TEST_CASE("a leg that rtpengine refuses is lost to it, alone") {
  Desk desk;
  desk.begin();
  (void)desk.take(leg);
  (void)desk.take(other);
  desk.answer();
  desk.daemon.full = true;
  desk.calls.set_format(leg, desk.format());
  desk.answer();
  CHECK(desk.lost == std::vector{leg});
  CHECK(desk.calls.has(other));
  CHECK(desk.alarms.back() == "rtpengine at 127.0.0.1:2223 does not take leg 2: Ran out of ports");
}

TEST_CASE("ready calls are made anew before rtpengine forgets them") {
  Desk desk(1);
  desk.begin();
  const auto before = desk.daemon.calls.begin()->first;
  desk.now += 10min;
  desk.begin();
  REQUIRE(desk.daemon.calls.size() == 1);
  CHECK(desk.daemon.calls.begin()->first != before);
}

TEST_CASE("everything that it has there is removed at the end: ready, of legs, being made, and to be deleted") {
  Desk desk;
  desk.begin();
  desk.talk(leg);
  desk.take(other);
  desk.time_out();  // down: what it had is to be deleted later
  desk.begin();
  desk.talk(third);
  desk.take(leg);  // another is being made: rtpengine has done so, and its answer is not yet there
  for (const auto& [request, done] : desk.asked) (void)desk.daemon.serve(request);
  desk.calls.stop();
  CHECK(desk.daemon.calls.empty());
}

TEST_CASE("the sides of rtpengine are named with the offer, and not turned round with the answer") {
  runtime::RtpengineOptions options = Desk::options(1);
  options.inside_interface = "in", options.outside_interface = "out";
  Desk desk(options);
  desk.begin();
  desk.talk(leg);
  CHECK(desk.negotiated().direction == std::vector<std::string>{"in", "out"});
  CHECK(desk.negotiated().direction_by == "offer");
}

TEST_CASE("rtpengine learns where a peer behind NAT sends from, and believes others by their SDP, the engine too") {
  Desk desk;
  desk.begin();
  (void)desk.take(leg);
  desk.answer();
  auto format = desk.format();
  const bool behind_nat = GENERATE(true, false);
  if (behind_nat) format.source = runtime::SourcePolicy::behind_nat;
  desk.calls.set_format(leg, format);
  desk.answer();
  CHECK(desk.negotiated().offer_flags.back() == "endpoint-learning-off");
  CHECK(desk.negotiated().answer_flags.back() == (behind_nat ? "endpoint-learning-heuristic" : "endpoint-learning-off"));
  CHECK(desk.negotiated().answer_flags[1] == "strict-source");
}

TEST_CASE("a leg whose call rtpengine makes anew is lost to it: its peer was told another port") {
  Desk desk;
  desk.begin();
  desk.talk(leg);
  desk.daemon.calls.clear();
  desk.calls.set_format(leg, desk.format(4002));
  desk.answer();
  CHECK(desk.lost == std::vector{leg});
  CHECK(desk.joined[leg].remote.port == 31'002);  // of the first time
  CHECK(desk.alarms == std::vector<std::string>{"rtpengine at 127.0.0.1:2223 had forgotten leg 2 and gave it another port: it is moved to "
                                                "the engine's own"});
  CHECK(desk.daemon.calls.empty());  // nor is the new one left there
}

TEST_CASE("a leg is not lost for want of room for requests, but told at the next watch") {
  Desk desk;
  desk.begin();
  (void)desk.take(leg);
  desk.answer();
  desk.calls.set_format(leg, desk.format());
  desk.fail({Failure::Kind::full, "64 requests are open"});
  CHECK(desk.lost.empty());
  CHECK(desk.joined.empty());
  desk.begin();
  CHECK(desk.joined.count(leg));
  CHECK(desk.alarms.empty());
}

TEST_CASE("calls are deleted a few at a time, and again where that was not sent or not answered") {
  Desk desk(64);
  desk.begin();
  for (std::uint64_t id = 0; id < 40; ++id) (void)desk.take(LegId{id});
  desk.answer();
  for (std::uint64_t id = 0; id < 40; ++id) desk.calls.close(LegId{id});
  CHECK(desk.asked.size() == 16);  // a quarter of requests_open
  desk.fail(GENERATE(Failure{Failure::Kind::full, "64 requests are open"}, Failure{Failure::Kind::timeout, "no answer"}));
  CHECK(desk.asked.empty());  // at the next watch
  desk.begin();
  CHECK(desk.daemon.calls.size() == 64);  // the ready ones
}

TEST_CASE("a call whose making was not answered, or too late, is deleted when rtpengine answers again") {
  Desk desk;
  desk.begin();
  (void)desk.take(leg);
  (void)desk.take(other);  // two are being made
  REQUIRE(desk.asked.size() == 2);
  for (const auto& [request, done] : desk.asked) (void)desk.daemon.serve(request);
  const bool late = GENERATE(true, false);
  if (late) {
    auto first = desk.asked.front();
    desk.asked.erase(desk.asked.begin());
    desk.time_out();
    first.second(rtpengine::test::dictionary({{"result", "ok"}, {"sdp", rtpengine::test::sdp(30'006)}}));
  } else {
    desk.time_out();
  }
  CHECK(desk.daemon.calls.size() == 4);
  desk.begin();  // it answers again, and two are made ready
  CHECK(desk.daemon.calls.size() == 2);
  CHECK(desk.calls.ready() == 2);
}
