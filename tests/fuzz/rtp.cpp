// Anything on an RTP or RTCP port: the parsers, and behind them the whole decision of what is sent on. The first byte
// chooses the port and the source, the rest is the datagram.
#include "sip/media/rtp.hpp"

#include <cstdlib>
#include <vector>

#include "sip/media/relay.hpp"

using namespace pledge::media;

namespace {

constexpr Slot caller = 0, handler = 1, supervisor = 2;

LegFormat format(const char* ip, pledge::runtime::SourcePolicy policy) {
  pledge::runtime::MediaFormat format;
  format.remote = {ip, 4000, 0};
  format.event_payload_type = 101;
  format.source = policy;
  return resolve(format);
}

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  Relay relay({});
  relay.open(caller, {}, {});
  relay.open(handler, {}, {});
  relay.set_format(caller, format("192.0.2.10", pledge::runtime::SourcePolicy::behind_nat));
  LegFormat mulaw = format("192.0.2.20", pledge::runtime::SourcePolicy::signalled);
  mulaw.codec = pledge::runtime::AudioCodec::pcmu;
  mulaw.payload_type = 0;
  relay.set_format(handler, mulaw);
  relay.connect(caller, handler);
  relay.open(supervisor, {}, {});
  relay.set_format(supervisor, format("192.0.2.30", pledge::runtime::SourcePolicy::signalled));
  relay.mix(supervisor, {caller, handler});
  relay.listen_for_speech(caller, {});
  const SocketAddress from = *SocketAddress::parse(data[0] & 1 ? "192.0.2.10" : "192.0.2.20", 4000);
  const Slot slot = data[0] & 2 ? caller : handler;
  std::vector<std::uint8_t> datagram(data + 1, data + size);
  if (data[0] & 4) {
    relay.receive_rtcp(slot, from, datagram, {});
    return 0;
  }
  const auto packet = parse_rtp(datagram);
  if (packet) require(packet->payload_size > 0 && packet->payload_offset + packet->payload_size <= datagram.size());
  if (const auto out = relay.receive(slot, from, datagram, {})) {
    require(packet && out->slot != slot && out->bytes.size() == rtp_header_size + packet->payload_size);
    require(parse_rtp(out->bytes).has_value());
  }
  for (int i = 0; i < 100; ++i)
    for (const Slot due : relay.tick()) {
      const auto out = relay.next_packet(due, {});
      require(due == supervisor && out && out->bytes.size() == rtp_header_size + packet_samples);
    }
  return 0;
}
