#include <catch2/catch.hpp>

#include "packets.hpp"

using namespace pledge::media;
using namespace pledge::media::test;

TEST_CASE("a plain packet is parsed as it was written") {
  const auto packet = parse_rtp(rtp({101, true, 65535, 0x80000001, 0xCAFEBABE}, {1, 2, 3}));
  REQUIRE(packet);
  CHECK(packet->payload_type == 101);
  CHECK(packet->marker);
  CHECK(packet->sequence == 65535);
  CHECK(packet->timestamp == 0x80000001);
  CHECK(packet->ssrc == 0xCAFEBABE);
  CHECK(packet->payload_offset == 12);
  CHECK(packet->payload_size == 3);
}

TEST_CASE("CSRC list, extension and padding are stepped over") {
  Bytes bytes = rtp({8, false, 7, 160, 1}, {});
  bytes[0] |= 0x20 | 0x10 | 2;                                // padding, extension, two contributors
  bytes.insert(bytes.end(), 8, 0xEE);                         // the contributors
  bytes.insert(bytes.end(), {0xBE, 0xDE, 0, 1, 1, 2, 3, 4});  // an extension of one word
  bytes.insert(bytes.end(), {42, 43, 44, 0, 0, 3});           // payload and three bytes of padding
  const auto packet = parse_rtp(bytes);
  REQUIRE(packet);
  CHECK(packet->payload_offset == 28);
  CHECK(packet->payload_size == 3);
}

TEST_CASE("malformed packets are refused with the reason") {
  Bytes bytes = rtp({8, false, 7, 160, 1}, {1, 2, 3, 4});
  const auto fault = [&] { return std::string(name(parse_rtp(bytes).error())); };
  SECTION("nothing at all") {
    bytes.clear();
    CHECK(fault() == "too_short");
  }
  SECTION("cut in the header") {
    bytes.resize(11);
    CHECK(fault() == "too_short");
  }
  SECTION("version 1") {
    bytes[0] = 0x40;
    CHECK(fault() == "wrong_version");
  }
  SECTION("more contributors than bytes") {
    bytes[0] |= 15;
    CHECK(fault() == "csrc_overrun");
  }
  SECTION("no room for the extension's own header") {
    bytes.resize(14);
    bytes[0] |= 0x10;
    CHECK(fault() == "extension_overrun");
  }
  SECTION("an extension longer than the packet") {
    bytes[0] |= 0x10;
    bytes[14] = bytes[15] = 0xFF;
    CHECK(fault() == "extension_overrun");
  }
  SECTION("padding longer than the payload") {
    bytes[0] |= 0x20;
    bytes.back() = 5;
    CHECK(fault() == "bad_padding");
  }
  SECTION("padding of no length") {
    bytes[0] |= 0x20;
    bytes.back() = 0;
    CHECK(fault() == "bad_padding");
  }
  SECTION("padding and nothing else") {
    bytes[0] |= 0x20;
    bytes.back() = 4;
    CHECK(fault() == "empty");
  }
}
