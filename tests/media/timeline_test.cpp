// The voices of a call on one line of time, whatever the network does to their packets.
#include "sip/media/timeline.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <random>
#include <set>

#include "sip/media/g711.hpp"

using namespace pledge::media;
using namespace std::chrono_literals;
using pledge::runtime::AudioCodec;

namespace {

constexpr char silent = '\xD5';
const Instant start{1000s};

RecordedFrame frame(std::uint8_t channel, std::uint16_t sequence, std::uint32_t timestamp, Instant arrival, std::uint8_t code) {
  RecordedFrame f{};
  f.arrival = arrival.time_since_epoch().count();
  f.ssrc = 7;
  f.sequence = sequence;
  f.timestamp = timestamp;
  f.channel = channel;
  f.codec = AudioCodec::pcma;
  f.samples = frame_samples;
  f.audio.fill(code);
  return f;
}

// One channel of what was taken, one letter for each 20 ms: '.' silence, else the code's letter, '?' mixed.
std::string letters(const std::string& samples, std::size_t channel) {
  std::string out;
  for (std::size_t at = 0; at + 2 * frame_samples <= samples.size(); at += 2 * frame_samples) {
    const char first = samples[at + channel];
    bool same = true;
    for (std::size_t i = 0; i < frame_samples; ++i) same = same && samples[at + 2 * i + channel] == first;
    out += !same ? '?' : first == silent ? '.' : first;
  }
  return out;
}

struct Call {
  Timeline timeline{start};
  std::string out;
  // A packet of 20 ms numbered from 0, that arrives as its last sample is spoken, and `late` after that.
  void say(std::uint8_t channel, unsigned number, char letter, Instant::duration late = 0ms, std::uint32_t timestamps_from = 0,
           std::uint16_t sequences_from = 0) {
    const Instant arrival = start + 20ms * (number + 1) + late;
    if (timeline.full(arrival)) timeline.take(arrival, out);
    timeline.add(frame(channel, static_cast<std::uint16_t>(sequences_from + number), timestamps_from + 160 * number, arrival,
                       static_cast<std::uint8_t>(letter)));
  }
  std::string finish(Instant::duration length, std::size_t channel) {
    timeline.finish(start + length, out);
    return letters(out, channel);
  }
};

}  // namespace

TEST_CASE("both voices stand where they were spoken, each in its channel") {
  Call c;
  for (unsigned i = 0; i < 4; ++i) c.say(0, i, static_cast<char>('a' + i));
  for (unsigned i = 2; i < 6; ++i) c.say(1, i, static_cast<char>('A' + i));
  CHECK(c.finish(160ms, 0) == "abcd....");
  CHECK(c.finish(160ms, 1) == "..CDEF..");
  CHECK(c.timeline.samples() == 8 * 160);
  CHECK(c.timeline.lost() == 0);
}

TEST_CASE("lost packets leave silence of their own length and are counted") {
  Call c;
  for (const unsigned i : {0u, 1u, 4u, 5u}) c.say(0, i, static_cast<char>('a' + i));
  CHECK(c.finish(120ms, 0) == "ab..ef");
  CHECK(c.timeline.lost() == 2);
}

TEST_CASE("reordered and jittered packets are put where they belong, and are not lost") {
  Call c;
  c.say(0, 0, 'a');
  c.say(0, 2, 'c', 300ms);
  c.say(0, 1, 'b', 330ms);
  c.say(0, 3, 'd', 290ms);
  CHECK(c.finish(80ms, 0) == "abcd");
  CHECK(c.timeline.lost() == 0);
}

TEST_CASE("timestamps and sequence numbers may wrap around") {
  Call c;
  for (unsigned i = 0; i < 6; ++i) c.say(0, i, static_cast<char>('a' + i), 0ms, 0xFFFFFFFFu - 300, 0xFFFD);
  CHECK(c.finish(120ms, 0) == "abcdef");
  CHECK(c.timeline.lost() == 0);
}

TEST_CASE("silence suppression: timestamps that go on leave silence between") {
  Call c;
  c.say(0, 0, 'a');
  const Instant later = start + 400ms;
  c.timeline.add(frame(0, 1, 160 * 19, later, 'b'));
  const auto said = c.finish(400ms, 0);
  CHECK(said == "a" + std::string(18, '.') + "b");
  CHECK(c.timeline.lost() == 0);
}

TEST_CASE("timestamps that stood still in a long silence are placed by arrival") {
  Call c;
  c.say(0, 0, 'a');
  const Instant later = start + 6s;
  REQUIRE(c.timeline.full(later));
  c.timeline.take(later, c.out);
  c.timeline.add(frame(0, 1, 160, later, 'b'));
  const auto said = c.finish(6s, 0);
  CHECK(said.size() == 300);
  CHECK(said.front() == 'a');
  CHECK(said.back() == 'b');
  CHECK(std::count(said.begin(), said.end(), '.') == 298);
}

TEST_CASE("a sender that begins again, or jumps, goes on where it arrives") {
  Call c;
  c.say(0, 0, 'a');
  auto again = frame(0, 40'000, 99'000'000, start + 40ms, 'b');
  again.ssrc = 8;
  c.timeline.add(again);
  auto jumped = frame(0, 40'001, 3, start + 60ms, 'c');
  jumped.ssrc = 8;
  c.timeline.add(jumped);
  CHECK(c.finish(80ms, 0) == "abc.");
  CHECK(c.timeline.lost() == 0);
}

TEST_CASE("a packet reordered by more than the second that is held back is lost") {
  Call c;
  c.say(0, 0, 'a');
  for (unsigned i = 2; i < 150; ++i) c.say(0, i, 'x');
  c.say(0, 1, 'b', 3s);
  CHECK(c.finish(3s, 0).substr(0, 3) == "a.x");
  CHECK(c.timeline.lost() == 1);
}

TEST_CASE("what arrives in a pause is not heard, in either channel") {
  Call c;
  for (unsigned i = 0; i < 10; ++i) {
    if (i == 3) c.timeline.pause(start + 70ms);
    if (i == 7) c.timeline.resume(start + 145ms);
    c.say(0, i, 'a');
    c.say(1, i, 'A');
  }
  CHECK(c.finish(200ms, 0) == "aaa....aaa");
  CHECK(c.finish(200ms, 1) == "AAA....AAA");
  CHECK(c.timeline.lost() == 0);
}

TEST_CASE("a pause that is told after its packets came holds for them all the same") {
  Call c;
  c.say(0, 0, 'a');
  c.timeline.pause(start + 30ms);
  c.timeline.resume(start + 50ms);
  c.timeline.pause(start + 70ms);
  for (unsigned i = 1; i < 5; ++i) c.say(0, i, 'a');
  CHECK(c.finish(100ms, 0) == "a.a..");
}

TEST_CASE("the file has the codec of the first packet; the other leg's is converted") {
  Call c;
  auto mulaw = frame(1, 0, 0, start + 20ms, g711::encode_mulaw(8000));
  mulaw.codec = AudioCodec::pcmu;
  c.timeline.add(mulaw);
  c.say(0, 1, static_cast<char>(g711::encode_alaw(-4000)));
  c.timeline.finish(start + 40ms, c.out);
  CHECK(c.timeline.codec() == AudioCodec::pcmu);
  const auto at = [&](std::size_t sample, std::size_t channel) {
    return g711::decode_mulaw(static_cast<std::uint8_t>(c.out[2 * sample + channel]));
  };
  CHECK(at(80, 1) == Approx(8000).epsilon(0.05));
  CHECK(at(80, 0) == 0);
  CHECK(at(240, 0) == Approx(-4000).epsilon(0.05));
}

TEST_CASE("all on the right stand in one channel: alone as they came, together as their sum") {
  Call c;
  const auto code = [](int level) { return static_cast<char>(g711::encode_alaw(static_cast<std::int16_t>(level))); };
  c.say(0, 0, 'a');
  for (unsigned i = 0; i < 4; ++i) c.say(1, i, code(4000));
  for (unsigned i = 2; i < 6; ++i) c.say(2, i, code(-1000));
  c.say(3, 3, code(500));
  CHECK(c.finish(140ms, 0) == "a......");
  const auto right = [&](unsigned packet) { return c.out[2 * (160 * packet + 80) + 1]; };
  for (const unsigned alone : {0u, 1u}) CHECK(right(alone) == code(4000));
  for (const unsigned alone : {4u, 5u}) CHECK(right(alone) == code(-1000));
  CHECK(g711::decode_alaw(static_cast<std::uint8_t>(right(2))) == Approx(3000).epsilon(0.05));
  CHECK(g711::decode_alaw(static_cast<std::uint8_t>(right(3))) == Approx(3500).epsilon(0.05));
  CHECK(right(6) == silent);
  CHECK(c.timeline.lost() == 0);
}

TEST_CASE("a sum is never larger than the codec's largest sample") {
  Call c;
  const char loudest = '\xAA', softest = '\x2A';  // +32256 and -32256
  for (const std::uint8_t channel : {1, 2, 3}) {
    c.say(channel, 0, loudest);
    c.say(channel, 1, softest);
  }
  c.finish(40ms, 1);
  CHECK(c.out[2 * 80 + 1] == loudest);
  CHECK(c.out[2 * 240 + 1] == softest);
}

TEST_CASE("voices of another codec than the file's are summed in the file's") {
  Call c;
  c.say(0, 0, 'a');
  auto mulaw = frame(1, 0, 0, start + 20ms, g711::encode_mulaw(6000));
  mulaw.codec = AudioCodec::pcmu;
  c.timeline.add(mulaw);
  c.say(2, 0, static_cast<char>(g711::encode_alaw(-2000)));
  c.timeline.finish(start + 20ms, c.out);
  CHECK(c.timeline.codec() == AudioCodec::pcma);
  CHECK(g711::decode_alaw(static_cast<std::uint8_t>(c.out[2 * 80 + 1])) == Approx(4000).epsilon(0.1));
}

// Of the same leg too: what it said while the caller did not hear it is no loss.
TEST_CASE("who has a channel after another is placed and counted anew; what the other said and lost stays") {
  Call c;
  for (const unsigned i : {0u, 2u}) c.say(1, i, 'A');
  for (unsigned i = 100; i < 103; ++i) {
    auto next = frame(1, static_cast<std::uint16_t>(i), 160 * i, start + 20ms * (i - 94), 'B');
    next.turn = 1;
    c.timeline.add(next);
  }
  CHECK(c.finish(180ms, 1) == "A.A..BBB.");
  CHECK(c.timeline.lost() == 1);
}

TEST_CASE("one who leaves is in the file to the end, whoever goes on") {
  Call c;
  for (unsigned i = 0; i < 50; ++i) c.say(0, i, 'a');
  for (unsigned i = 0; i < 50; ++i) c.say(2, i, 'B');
  for (unsigned i = 50; i < 400; ++i) c.say(1, i, 'A');
  const auto right = c.finish(8s, 1);
  CHECK(right == std::string(50, 'B') + std::string(350, 'A'));
}

TEST_CASE("packets without audio are counted, so that key presses are no loss") {
  Call c;
  c.say(0, 0, 'a');
  auto key = frame(0, 1, 160, start + 40ms, 'k');
  key.samples = 0;
  c.timeline.add(key);
  c.say(0, 2, 'c');
  CHECK(c.finish(60ms, 0) == "a.c");
  CHECK(c.timeline.lost() == 0);
}

// Any order within half a second, any loss and duplication: each packet that came stands at its place, or nothing does.
TEST_CASE("whatever a network does within its bounds, no sample stands at a wrong place") {
  for (std::uint32_t seed = 1; seed <= 200; ++seed) {
    INFO("seed " << seed);
    std::mt19937 random(seed);
    struct Packet {
      unsigned number;
      Instant::duration late;
    };
    std::vector<Packet> sent{{0, 0ms}};
    std::set<unsigned> came{0};
    std::uint64_t lost = 0;
    for (unsigned i = 1; i < 400; ++i) {
      if (random() % 10 == 0 && i < 399) {
        ++lost;
        continue;
      }
      came.insert(i);
      sent.push_back({i, 1ms * (random() % 500)});
    }
    std::stable_sort(sent.begin() + 1, sent.end(),
                     [](const Packet& a, const Packet& b) { return 20ms * a.number + a.late < 20ms * b.number + b.late; });
    Call c;
    for (const auto& packet : sent)
      c.say(0, packet.number, static_cast<char>('A' + packet.number % 26), packet.late, seed * 0x01000193, static_cast<std::uint16_t>(seed * 331));
    const auto said = c.finish(8s, 0);
    REQUIRE(said.size() == 400);
    for (unsigned i = 0; i < 400; ++i) REQUIRE(said[i] == (came.count(i) ? static_cast<char>('A' + i % 26) : '.'));
    CHECK(c.timeline.lost() == lost);
  }
}
