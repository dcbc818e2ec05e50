#include "sip/media/source.hpp"

#include <catch2/catch.hpp>

#include "packets.hpp"

using namespace pledge::media;
using namespace pledge::media::test;
using pledge::runtime::SourcePolicy;

namespace {

const auto signalled = address("192.0.2.10", 4000);
const Instant start{};
const auto believed = SourceVerdict::believed, learning = SourceVerdict::learning, stranger = SourceVerdict::stranger;

RtpPacket numbered(std::uint16_t sequence, std::uint32_t ssrc = 1) { return parsed({8, false, sequence, 0, ssrc}); }

// The source with a clock that stands still unless advanced.
struct Ear {
  Source source{{.stable_packets = 3, .learning_candidates = 2}};
  Instant now = start;
  SourceVerdict judge(const SocketAddress& from, const RtpPacket& packet) { return source.judge(from, packet, now); }
};

Ear expecting(SourcePolicy policy) {
  Ear ear;
  ear.source.expect(signalled, policy);
  return ear;
}

}  // namespace

TEST_CASE("signalled: the first source on the signalled host is believed, others are strangers") {
  Ear ear = expecting(SourcePolicy::signalled);
  CHECK(ear.judge(address("192.0.2.11", 4000), numbered(1)) == stranger);
  CHECK(ear.judge(address("192.0.2.10", 4008), numbered(1)) == believed);
  CHECK(ear.judge(address("192.0.2.10", 4010), numbered(1)) == stranger);
  CHECK(ear.judge(address("192.0.2.10", 4008), numbered(2)) == believed);
  CHECK(ear.source.destination() == signalled);
}

TEST_CASE("signalled: the exact address replaces another port of the same host for good") {
  Ear ear = expecting(SourcePolicy::signalled);
  CHECK(ear.judge(address("192.0.2.10", 4008), numbered(1)) == believed);
  CHECK(ear.judge(signalled, numbered(1)) == believed);
  CHECK(ear.judge(address("192.0.2.10", 4008), numbered(2)) == stranger);
}

TEST_CASE("nothing signalled, nothing believed") {
  Ear ear;
  CHECK(ear.judge(signalled, numbered(1)) == stranger);
  CHECK_FALSE(ear.source.destination());
  CHECK_FALSE(ear.source.may_report(signalled));
}

TEST_CASE("behind NAT: a source is believed after packets in sequence, and media then goes there") {
  Ear ear = expecting(SourcePolicy::behind_nat);
  const auto phone = address("198.51.100.7", 31'000);
  CHECK(ear.source.destination() == signalled);
  CHECK(ear.judge(phone, numbered(65'535)) == learning);
  CHECK(ear.judge(phone, numbered(0)) == learning);
  CHECK_FALSE(ear.source.may_report(phone));
  CHECK(ear.judge(phone, numbered(1)) == believed);
  CHECK(ear.source.destination() == phone);
  CHECK(ear.judge(address("198.51.100.7", 31'002), numbered(2)) == stranger);
  CHECK(ear.judge(signalled, numbered(2)) == stranger);
  CHECK(ear.source.may_report(address("198.51.100.7", 31'001)));
}

TEST_CASE("behind NAT: gaps and another SSRC start the count anew") {
  Ear ear = expecting(SourcePolicy::behind_nat);
  const auto phone = address("198.51.100.7", 31'000);
  CHECK(ear.judge(phone, numbered(1)) == learning);
  CHECK(ear.judge(phone, numbered(2)) == learning);
  CHECK(ear.judge(phone, numbered(4)) == learning);
  CHECK(ear.judge(phone, numbered(5)) == learning);
  CHECK(ear.judge(phone, numbered(6, 2)) == learning);
  CHECK(ear.judge(phone, numbered(7, 2)) == learning);
  CHECK(ear.judge(phone, numbered(8, 2)) == believed);
}

TEST_CASE("behind NAT: a spray of stray packets neither captures the leg nor keeps the phone out") {
  Ear ear = expecting(SourcePolicy::behind_nat);
  const auto phone = address("198.51.100.7", 31'000);
  std::uint16_t stray = 1024;
  CHECK(ear.judge(phone, numbered(1)) == learning);
  CHECK(ear.judge(phone, numbered(2)) == learning);
  for (int i = 0; i < 50; ++i) CHECK(ear.judge(address("203.0.113.5", ++stray), numbered(9)) == learning);
  CHECK(ear.judge(phone, numbered(3)) == believed);
}

TEST_CASE("behind NAT: the signalled address itself is believed at once") {
  Ear ear = expecting(SourcePolicy::behind_nat);
  CHECK(ear.judge(signalled, numbered(1)) == believed);
}

TEST_CASE("the same answer again keeps what was learned, another address starts anew") {
  Ear ear = expecting(SourcePolicy::signalled);
  CHECK(ear.judge(address("192.0.2.10", 4008), numbered(1)) == believed);
  ear.source.expect(signalled, SourcePolicy::signalled);
  CHECK(ear.source.believed() == address("192.0.2.10", 4008));
  ear.source.expect(address("192.0.2.20", 4000), SourcePolicy::signalled);
  CHECK_FALSE(ear.source.believed());
  CHECK(ear.judge(address("192.0.2.10", 4008), numbered(2)) == stranger);
  CHECK(ear.judge(address("192.0.2.20", 4000), numbered(3)) == believed);
}

TEST_CASE("IPv6 hosts are told apart by all their bytes") {
  Ear ear;
  ear.source.expect(address("2001:db8::1", 4000), SourcePolicy::signalled);
  CHECK(ear.judge(address("2001:db8::2", 4000), numbered(1)) == stranger);
  CHECK(ear.judge(address("2001:db8::1", 4000), numbered(1)) == believed);
}

TEST_CASE("a NAT that forgot its binding: another port of the same host takes over, but only from a silent source") {
  const auto policy = GENERATE(SourcePolicy::signalled, SourcePolicy::behind_nat);
  Ear ear = expecting(policy);
  const auto moved = address("192.0.2.10", 5555);
  CHECK(ear.judge(signalled, numbered(1)) == believed);
  ear.now += 1999ms;
  CHECK(ear.judge(moved, numbered(2)) == stranger);
  CHECK(ear.judge(signalled, numbered(2)) == believed);
  ear.now += 2000ms;
  CHECK(ear.judge(address("192.0.2.11", 4000), numbered(3)) == stranger);
  CHECK(ear.judge(moved, numbered(3)) == learning);
  CHECK(ear.judge(moved, numbered(4)) == learning);
  CHECK(ear.judge(moved, numbered(5)) == believed);
}
