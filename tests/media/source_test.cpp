#include "sip/media/source.hpp"

#include <catch2/catch.hpp>

#include "packets.hpp"

using namespace pledge::media;
using namespace pledge::media::test;
using pledge::runtime::SourcePolicy;

namespace {

const auto signalled = address("192.0.2.10", 4000);
const auto believed = SourceVerdict::believed, learning = SourceVerdict::learning, stranger = SourceVerdict::stranger;

RtpPacket numbered(std::uint16_t sequence, std::uint32_t ssrc = 1) { return parsed({8, false, sequence, 0, ssrc}); }

Source expecting(SourcePolicy policy) {
  Source source(3, 2);
  source.expect(signalled, policy);
  return source;
}

}  // namespace

TEST_CASE("signalled: the first source on the signalled host is believed, others are strangers") {
  Source source = expecting(SourcePolicy::signalled);
  CHECK(source.judge(address("192.0.2.11", 4000), numbered(1)) == stranger);
  CHECK(source.judge(address("192.0.2.10", 4008), numbered(1)) == believed);
  CHECK(source.judge(address("192.0.2.10", 4010), numbered(1)) == stranger);
  CHECK(source.judge(address("192.0.2.10", 4008), numbered(2)) == believed);
  CHECK(source.destination() == signalled);
}

TEST_CASE("signalled: the exact address replaces another port of the same host for good") {
  Source source = expecting(SourcePolicy::signalled);
  CHECK(source.judge(address("192.0.2.10", 4008), numbered(1)) == believed);
  CHECK(source.judge(signalled, numbered(1)) == believed);
  CHECK(source.judge(address("192.0.2.10", 4008), numbered(2)) == stranger);
}

TEST_CASE("nothing signalled, nothing believed") {
  Source source(3, 2);
  CHECK(source.judge(signalled, numbered(1)) == stranger);
  CHECK_FALSE(source.destination());
  CHECK_FALSE(source.may_report(signalled));
}

TEST_CASE("behind NAT: a source is believed after packets in sequence, and media then goes there") {
  Source source = expecting(SourcePolicy::behind_nat);
  const auto phone = address("198.51.100.7", 31'000);
  CHECK(source.destination() == signalled);
  CHECK(source.judge(phone, numbered(65'535)) == learning);
  CHECK(source.judge(phone, numbered(0)) == learning);
  CHECK_FALSE(source.may_report(phone));
  CHECK(source.judge(phone, numbered(1)) == believed);
  CHECK(source.destination() == phone);
  CHECK(source.judge(address("198.51.100.7", 31'002), numbered(2)) == stranger);
  CHECK(source.judge(signalled, numbered(2)) == stranger);
  CHECK(source.may_report(address("198.51.100.7", 31'001)));
}

TEST_CASE("behind NAT: gaps and another SSRC start the count anew") {
  Source source = expecting(SourcePolicy::behind_nat);
  const auto phone = address("198.51.100.7", 31'000);
  CHECK(source.judge(phone, numbered(1)) == learning);
  CHECK(source.judge(phone, numbered(2)) == learning);
  CHECK(source.judge(phone, numbered(4)) == learning);
  CHECK(source.judge(phone, numbered(5)) == learning);
  CHECK(source.judge(phone, numbered(6, 2)) == learning);
  CHECK(source.judge(phone, numbered(7, 2)) == learning);
  CHECK(source.judge(phone, numbered(8, 2)) == believed);
}

TEST_CASE("behind NAT: a spray of stray packets neither captures the leg nor keeps the phone out") {
  Source source = expecting(SourcePolicy::behind_nat);
  const auto phone = address("198.51.100.7", 31'000);
  std::uint16_t stray = 1024;
  CHECK(source.judge(phone, numbered(1)) == learning);
  CHECK(source.judge(phone, numbered(2)) == learning);
  for (int i = 0; i < 50; ++i) CHECK(source.judge(address("203.0.113.5", ++stray), numbered(9)) == learning);
  CHECK(source.judge(phone, numbered(3)) == believed);
}

TEST_CASE("behind NAT: the signalled address itself is believed at once") {
  Source source = expecting(SourcePolicy::behind_nat);
  CHECK(source.judge(signalled, numbered(1)) == believed);
}

TEST_CASE("the same answer again keeps what was learned, another address starts anew") {
  Source source = expecting(SourcePolicy::signalled);
  CHECK(source.judge(address("192.0.2.10", 4008), numbered(1)) == believed);
  source.expect(signalled, SourcePolicy::signalled);
  CHECK(source.believed() == address("192.0.2.10", 4008));
  source.expect(address("192.0.2.20", 4000), SourcePolicy::signalled);
  CHECK_FALSE(source.believed());
  CHECK(source.judge(address("192.0.2.10", 4008), numbered(2)) == stranger);
  CHECK(source.judge(address("192.0.2.20", 4000), numbered(3)) == believed);
}

TEST_CASE("IPv6 hosts are told apart by all their bytes") {
  Source source(3, 2);
  source.expect(address("2001:db8::1", 4000), SourcePolicy::signalled);
  CHECK(source.judge(address("2001:db8::2", 4000), numbered(1)) == stranger);
  CHECK(source.judge(address("2001:db8::1", 4000), numbered(1)) == believed);
}
