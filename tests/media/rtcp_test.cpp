#include "sip/media/rtcp.hpp"

#include <catch2/catch.hpp>

#include "packets.hpp"
#include "sip/media/bytes.hpp"

using namespace pledge::media;
using namespace pledge::media::test;

namespace {

const std::array<char, cname_size> cname{'0', '1', '2', '3', '4', '5', '6', '7',
                                         '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'};

Bytes written(const RtcpReport& report) {
  std::array<std::uint8_t, rtcp_report_capacity> out;
  const std::size_t size = write_rtcp(report, cname, out);
  return {out.begin(), out.begin() + static_cast<long>(size)};
}

RtcpReport full_report() {
  RtcpReport report{0x11223344, std::nullopt, std::nullopt};
  report.sent = {WallClock(1'500'000'000s + 250ms), 8000, 50, 8000};
  report.received = {{0x55667788, 64, -2, 0x10005, 40}, 0xAAAABBBB, 1500ms};
  return report;
}

}  // namespace

TEST_CASE("a sender report has the layout of RFC 3550 section 6.4.1") {
  const Bytes bytes = written(full_report());
  REQUIRE(bytes.size() == 28 + 24 + 28);
  CHECK(read32(&bytes[0]) == 0x81C8000C);  // version 2, one block, SR, 13 words
  CHECK(read32(&bytes[4]) == 0x11223344);
  CHECK(read32(&bytes[8]) == 1'500'000'000u + 2'208'988'800u);
  CHECK(read32(&bytes[12]) == 0x40000000);  // a quarter of a second
  CHECK(read32(&bytes[20]) == 50);
  CHECK(read32(&bytes[28]) == 0x55667788);
  CHECK(read32(&bytes[32]) == 0x40FFFFFE);  // a quarter lost, -2 in 24 bits
  CHECK(read32(&bytes[36]) == 0x10005);
  CHECK(read32(&bytes[44]) == 0xAAAABBBB);
  CHECK(read32(&bytes[48]) == 65'536 * 3 / 2);
  CHECK(read32(&bytes[52]) == 0x81CA0006);  // SDES, one source, 7 words
  CHECK(std::string(bytes.begin() + 62, bytes.begin() + 78) == "0123456789abcdef");
}

TEST_CASE("what we write passes our own check, and a sender report's time is kept for the echo") {
  const auto sender = parse_rtcp(written(full_report()));
  REQUIRE(sender);
  CHECK(sender->ssrc == 0x11223344);
  CHECK(sender->sender_report == ((1'500'000'000u + 2'208'988'800u) << 16 | 0x4000));
  const auto receiver = parse_rtcp(written({1, std::nullopt, std::nullopt}));
  REQUIRE(receiver);
  CHECK_FALSE(receiver->sender_report);
}

TEST_CASE("malformed RTCP is refused") {
  Bytes bytes = written(full_report());
  SECTION("short") { bytes.resize(7); }
  SECTION("cut in the middle") { bytes.resize(60); }
  SECTION("a length that overruns") { bytes[3] = 0xFF; }
  SECTION("a sender report too short for one") {
    bytes.resize(8);
    bytes[3] = 1;
  }
  SECTION("wrong version") { bytes[0] = 0x41; }
  SECTION("wrong version further on") { bytes[52] = 0x41; }
  SECTION("begins with something else") { bytes[1] = 202; }
  SECTION("padding in front") { bytes[0] |= 0x20; }
  CHECK_FALSE(parse_rtcp(bytes));
}
