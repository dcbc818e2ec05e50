#include "sip/media/outbound.hpp"

#include <catch2/catch.hpp>

#include "packets.hpp"

using namespace pledge::media;
using namespace pledge::media::test;

namespace {

const Instant start{};
struct Stream {
  Outbound out{{0xABCD, 65'533, 1000}, start};
  // "sequence timestamp marker", or "dropped".
  std::string place(std::uint16_t sequence, std::uint32_t timestamp, Instant now, bool marker = false) {
    const auto p = out.place({sequence, timestamp, marker}, now);
    if (!p) return "dropped";
    return std::to_string(p->sequence) + " " + std::to_string(p->timestamp) + (p->marker ? " M" : "");
  }
};

}  // namespace

TEST_CASE("one source: numbers shift, wrap, and keep the gaps that loss made") {
  Stream s;
  CHECK(s.place(100, 5000, start) == "65534 1160 M");
  CHECK(s.place(101, 5160, start + 20ms) == "65535 1320");
  CHECK(s.place(104, 5640, start + 80ms) == "2 1800");
  CHECK(s.place(103, 5480, start + 81ms) == "1 1640");  // reordered: keeps its place
  CHECK(s.place(105, 5800, start + 100ms) == "3 1960");
}

TEST_CASE("a switch: no gap in numbers, time runs on, marker set") {
  Stream s;
  s.place(100, 5000, start);
  s.place(101, 5160, start + 20ms);
  s.out.cut();
  CHECK(s.place(9, 70'000, start + 520ms) == "0 5320 M");  // 500 ms are 4000 samples
  CHECK(s.place(10, 70'160, start + 540ms) == "1 5480");
  s.out.cut();
  CHECK(s.place(102, 9000, start + 541ms) == "2 5640 M");  // never less than a packet's time
}

TEST_CASE("a packet from before the switch that comes late is dropped") {
  Stream s;
  s.place(100, 5000, start);
  s.out.cut();
  s.place(101, 5160, start + 20ms);
  CHECK(s.place(100, 5000, start + 21ms) == "dropped");
  CHECK(s.place(102, 5320, start + 40ms) == "0 1480");
}

TEST_CASE("a packet that is not sent on leaves no gap") {
  Stream s;
  s.place(100, 5000, start);
  s.out.skip(101);
  s.out.skip(101);  // its duplicate
  CHECK(s.place(102, 5320, start + 40ms) == "65535 1480");
}

TEST_CASE("an hour of one source stays continuous through all wraps") {
  Stream s;
  std::uint16_t sequence = 40'000, expected = 65'534;
  std::uint32_t timestamp = 0xFFFF0000;
  Instant now = start;
  for (int i = 0; i < 180'000; ++i, ++sequence, ++expected, timestamp += 160, now += 20ms) {
    const auto p = s.out.place({sequence, timestamp, false}, now);
    REQUIRE(p);
    REQUIRE(p->sequence == expected);
    REQUIRE(p->timestamp == 1160 + 160u * static_cast<std::uint32_t>(i));
  }
}
