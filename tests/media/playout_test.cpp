#include "sip/media/playout.hpp"

#include <catch2/catch.hpp>
#include <vector>

#include "sip/media/g711.hpp"

using namespace pledge::media;
using pledge::runtime::AudioCodec;

namespace {

constexpr auto pcma = AudioCodec::pcma;

// A stream whose every packet of 20 ms is one level, so that what comes out tells which packet it was: `n` thousand for the
// packet n, 0 for silence, and the half of it for what is faded.
struct Stream {
  Playout playout;
  std::uint64_t period = 0;

  static std::uint8_t code(int packet) { return g711::encode_alaw(static_cast<std::int16_t>(packet * 1000)); }
  void put(int packet, std::size_t samples = packet_samples) {
    playout.put(pcma, static_cast<std::uint32_t>(packet) * packet_samples, std::vector<std::uint8_t>(samples, code(packet)));
  }
  double take(std::size_t sample = 0) {
    const double level = playout.take(period++)[sample] / 1000.0;
    return level < 0.3 ? 0 : level;
  }
};

Approx about(double level) { return Approx(level).margin(0.1); }

}  // namespace

TEST_CASE("a packet is heard 40 ms after it came, and the same by all who ask in one period") {
  Stream s;
  CHECK(s.take() == 0);
  s.put(1);
  CHECK(s.take() == 0);
  s.put(2);
  CHECK(s.take() == 0);
  s.put(3);
  CHECK(s.take() == about(1));
  --s.period;
  CHECK(s.take() == about(1));
  CHECK(s.take() == about(2));
}

TEST_CASE("packets up to 40 ms late, reordered, longer or of another law leave no trace") {
  Stream s;
  s.put(1);
  s.take();
  s.take();
  s.put(3);
  s.put(2);  // after the next one
  CHECK(s.take() == about(1));
  CHECK(s.take() == about(2));
  s.playout.put(AudioCodec::pcmu, 4 * packet_samples, std::vector<std::uint8_t>(2 * packet_samples, g711::encode_mulaw(4000)));
  CHECK(s.take() == about(3));
  CHECK(s.take() == about(4));
  s.put(6);
  CHECK(s.take(159) == about(4));  // the second half of the long packet
  CHECK(s.take() == about(6));
}

TEST_CASE("a lost packet is the one before at half its level; a stream that pauses fades away, and comes back after the delay") {
  Stream s;
  s.put(4);
  s.put(6);
  for (int i = 0; i < 2; ++i) s.take();
  s.put(7);
  CHECK(s.take() == about(4));
  CHECK(s.take() == about(2));
  s.put(5);  // too late
  CHECK(s.take() == about(6));
  CHECK(s.take() == about(7));
  CHECK(s.take() == about(3.5));
  CHECK(s.take() == about(1.75));
  for (int i = 0; i < 20; ++i) s.take();
  CHECK(s.take() == 0);
  s.put(9);
  CHECK(s.take() == 0);
  CHECK(s.take() == 0);
  CHECK(s.take() == about(9));
}

TEST_CASE("of a burst after a stall the oldest is passed over: no more than 80 ms wait, and the packet just come") {
  Stream s;
  s.put(1);
  for (int i = 0; i < 3; ++i) s.take();
  for (int packet = 2; packet <= 12; ++packet) s.put(packet);
  CHECK(s.take() == about(9));
  s.put(13);
  CHECK(s.take() == about(10));
}

TEST_CASE("a sender whose clock runs fast is heard no later, one that jumps is heard on") {
  Stream s;
  double delay = 0;
  for (int packet = 1, i = 0; packet < 29; ++i) {
    s.put(packet++);
    if (i % 5 == 4) s.put(packet++);  // a fifth too many
    const double heard = s.take();
    if (i >= 3) delay = std::max(delay, packet - 1 - heard);
  }
  CHECK(delay > 3.5);
  CHECK(delay < 5.1);
  s.put(1'000'000);  // its level is nonsense, its place is not
  s.take();
  s.take();
  CHECK(s.playout.take(s.period)[0] == g711::alaw_to_linear[Stream::code(1'000'000)]);
}

TEST_CASE("timestamps wrap around, a stream begins anew below the old one, and no datagram is too long") {
  Playout playout;
  std::uint64_t period = 0;
  const std::vector<std::uint8_t> loud(packet_samples, 0x2A);
  const auto linear = g711::alaw_to_linear[0x2A];
  const auto heard = [&](std::uint32_t first, int packets) {
    int good = 0;
    for (int i = 0; i < packets; ++i) {
      playout.put(pcma, first + static_cast<std::uint32_t>(i) * packet_samples, loud);
      good += playout.take(period++)[80] == linear;
    }
    return good;
  };
  CHECK(heard(0xFFFFFF00, 10) == 8);
  playout.restart();
  CHECK(heard(5, 10) >= 8);
  for (const std::size_t length : {1, 2036, 3776, 3777, 10'000})
    for (std::uint32_t i = 0; i < 50; ++i) playout.put(pcma, i * i * 977, std::vector<std::uint8_t>(length, 0x2A));
  playout.restart();
  CHECK(heard(77, 10) >= 8);
}
