#include "sip/media/reception.hpp"

#include <catch2/catch.hpp>

#include "packets.hpp"

using namespace pledge::media;
using namespace pledge::media::test;

namespace {

const Instant start{};
RtpPacket numbered(std::uint16_t sequence, std::uint32_t ssrc = 1, std::uint32_t timestamp = 0) {
  return parsed({8, false, sequence, timestamp, ssrc});
}

}  // namespace

TEST_CASE("arrivals are named by RFC 3550 appendix A.1") {
  Reception reception(3000, 100);
  CHECK(reception.take(numbered(65'534), start) == Arrival::started);
  CHECK(reception.take(numbered(65'535), start) == Arrival::in_order);
  CHECK(reception.take(numbered(65'535), start) == Arrival::duplicate);
  CHECK(reception.take(numbered(2), start) == Arrival::in_order);
  CHECK(reception.take(numbered(1), start) == Arrival::late);
  CHECK(reception.take(numbered(20'000), start) == Arrival::jumped);
  CHECK(reception.take(numbered(3), start) == Arrival::in_order);
  CHECK(reception.take(numbered(20'000), start) == Arrival::jumped);
  CHECK(reception.take(numbered(20'001), start) == Arrival::started);
  CHECK(reception.take(numbered(20'002, 2), start) == Arrival::started);
}

TEST_CASE("loss is reported for the interval and in total") {
  Reception reception(3000, 100);
  for (std::uint16_t sequence : {65'534, 65'535, 0, 1}) reception.take(numbered(sequence), start);
  for (std::uint16_t sequence : {4, 5}) reception.take(numbered(sequence), start);
  ReceptionReport report = reception.report();
  CHECK(report.lost == 2);
  CHECK(report.fraction_lost == 256 * 2 / 8);
  CHECK(report.highest_sequence == 0x10005);
  reception.take(numbered(6), start);
  report = reception.report();
  CHECK(report.lost == 2);
  CHECK(report.fraction_lost == 0);
}

TEST_CASE("an even stream has no jitter, an uneven one its deviation") {
  Reception even(3000, 100), uneven(3000, 100);
  for (std::uint16_t i = 0; i < 500; ++i) {
    even.take(numbered(i, 1, i * 160u), start + i * 20ms);
    uneven.take(numbered(i, 1, i * 160u), start + i * 20ms + (i % 2) * 5ms);  // 40 samples to and fro
  }
  CHECK(even.report().jitter == 0);
  CHECK(uneven.report().jitter == Approx(40).margin(1));
}
