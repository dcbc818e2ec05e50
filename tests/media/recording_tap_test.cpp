// What the media thread hands to the recorder.
#include <catch2/catch.hpp>

#include "packets.hpp"
#include "sip/media/relay.hpp"

using namespace pledge;
using namespace pledge::media;
using namespace pledge::media::test;

namespace {

const auto caller_address = address("192.0.2.10", 4000), handler_address = address("192.0.2.20", 5000);

struct Bridge {
  runtime::MediaOptions options;
  Relay relay{options};
  std::shared_ptr<FrameRing> ring = std::make_shared<FrameRing>(16);

  Bridge() {
    open(0, caller_address);
    open(1, handler_address);
    relay.connect(0, 1);
    relay.record(0, {ring, 9, 0});
    relay.record(1, {ring, 9, 1});
  }
  void open(Slot slot, const SocketAddress& remote, bool receive = true) {
    if (slot >= relay.slots()) relay.open(slot, {{slot, 1, 1}, {}}, Instant{});
    runtime::MediaFormat f;
    f.remote = {remote.ip(), remote.port(), 0};
    f.event_payload_type = 101;
    f.receive = receive;
    relay.set_format(slot, resolve(f));
  }
  void receive(Slot slot, const RtpHeader& header, std::size_t samples = 160) {
    Bytes datagram = rtp(header, Bytes(samples, 0x2A));
    (void)relay.receive(slot, slot == 0 ? caller_address : handler_address, datagram, Instant{});
  }
  // "channel sequence timestamp samples" of each since the last call.
  std::vector<std::string> taken() {
    std::vector<std::string> all;
    for (; ring->begin() < ring->end(); ring->pop()) {
      const auto& f = ring->front();
      all.push_back(std::to_string(f.channel) + " " + std::to_string(f.sequence) + " " + std::to_string(f.timestamp) + " " +
                    std::to_string(f.samples) + (f.continued ? " continued" : ""));
    }
    return all;
  }
  using Lines = std::vector<std::string>;
};

}  // namespace

TEST_CASE("every valid packet of a recorded leg is taken once") {
  Bridge b;
  b.receive(0, {8, false, 50, 1000, 7});
  b.receive(0, {8, false, 50, 1000, 7});  // a duplicate
  b.receive(1, {8, false, 9, 320, 8});
  b.receive(0, {96, false, 51, 1160, 7});  // not negotiated: no audio, and no loss
  b.receive(0, {101, false, 52, 1160, 7}, 4);
  CHECK(b.taken() == Bridge::Lines{"0 50 1000 160", "1 9 320 160", "0 51 1160 0", "0 52 1160 0"});
}

TEST_CASE("a long packet is taken in parts") {
  Bridge b;
  b.receive(0, {8, false, 50, 1000, 7}, 400);
  CHECK(b.taken() == Bridge::Lines{"0 50 1000 160", "0 50 1160 160 continued", "0 50 1320 80 continued"});
}

TEST_CASE("what the other side does not hear is not recorded") {
  Bridge b;
  b.open(0, caller_address, false);  // on hold
  b.receive(0, {8, false, 50, 1000, 7});
  b.relay.disconnect(0, 1);
  b.receive(1, {8, false, 9, 320, 8});
  CHECK(b.taken() == Bridge::Lines{"0 50 1000 0", "1 9 320 0"});
}

TEST_CASE("a leg that is told so, or closed, is recorded no more; a full ring counts what it loses") {
  Bridge b;
  b.relay.record(0, {});
  b.receive(0, {8, false, 50, 1000, 7});
  CHECK(b.taken().empty());
  for (std::uint16_t i = 0; i < 20; ++i) b.receive(1, {8, false, i, 160u * i, 8});
  CHECK(b.taken().size() == 16);
  CHECK(b.ring->lost() == 4);
}
