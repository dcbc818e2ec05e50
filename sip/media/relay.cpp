#include "sip/media/relay.hpp"

#include <algorithm>

#include "sip/media/g711.hpp"
#include "sip/media/relay_leg.hpp"

namespace pledge::media {

using runtime::AudioCodec;
using runtime::SourcePolicy;

namespace {

const g711::Table* conversion(AudioCodec from, AudioCodec to) {
  if (from == to) return nullptr;
  return from == AudioCodec::pcma ? &g711::alaw_to_mulaw : &g711::mulaw_to_alaw;
}

bool negotiated(const LegFormat& format, std::uint8_t payload_type) {
  return payload_type == format.payload_type || payload_type == format.event_payload_type;
}

}  // namespace

LegFormat resolve(const runtime::MediaFormat& format) {
  LegFormat leg{
      {}, {}, format.codec, format.payload_type, format.event_payload_type, format.send, format.receive, format.source};
  const runtime::MediaAddress& remote = format.remote;
  const auto address = SocketAddress::parse(remote.ip, remote.port);
  if (!address || address->unspecified() || remote.port == 0) return leg;
  leg.rtp = address;
  leg.rtcp = address->with_port(remote.rtcp_port ? remote.rtcp_port : static_cast<std::uint16_t>(remote.port + 1));
  return leg;
}

Relay::Relay(const runtime::MediaOptions& options)
    : options_(options), tone_(monitor_samples(options)), groups_(std::clamp<std::uint32_t>(options.tick_groups, 1, packet_ms)) {}
Relay::~Relay() = default;

// ---- from peer to peer ------------------------------------------------------------------------------------------

std::optional<Transmission> Relay::receive(Slot slot, const SocketAddress& from, std::span<std::uint8_t> datagram,
                                           Instant now) {
  Leg* leg = find(slot);
  if (!leg) return std::nullopt;
  const auto packet = parse_rtp(datagram);
  const auto arrival = packet ? accept(*leg, from, *packet, now) : std::nullopt;
  if (!arrival) {
    ++leg->counters.refused;
    return std::nullopt;
  }
  if (*arrival == Arrival::duplicate) return std::nullopt;
  if (*arrival == Arrival::started) start_over(*leg);
  const auto payload = std::span<const std::uint8_t>(datagram).subspan(packet->payload_offset, packet->payload_size);
  look_for_keys(*leg, *packet, payload, now);
  if (leg->speech && *arrival != Arrival::late) look_for_speech(*leg, *packet, payload, now);
  if (leg->tap.ring) record(*leg, *packet, datagram, now);
  if (!leg->format.receive) return std::nullopt;
  if (leg->playout && packet->payload_type == leg->format.payload_type)
    leg->playout->put(leg->format.codec, packet->timestamp, payload);
  Leg* listener = find(leg->relayed_to);
  return listener ? forward(*leg, *listener, *packet, datagram, now) : std::nullopt;
}

// The gate: only a packet of a negotiated payload type, from the source believed, at a telephone's pace and within the sequence passes.
std::optional<Arrival> Relay::accept(Leg& leg, const SocketAddress& from, const RtpPacket& packet, Instant now) {
  if (!negotiated(leg.format, packet.payload_type)) {
    pass_over(leg, from, packet, now);
    return std::nullopt;
  }
  if (leg.source.judge(from, packet, now) != SourceVerdict::believed) return std::nullopt;
  if (leg.heard) leg.heard = now;
  if (!leg.takes_packet(now)) return std::nullopt;
  const Arrival arrival = leg.reception.take(packet, now);
  if (arrival == Arrival::jumped) return std::nullopt;
  ++leg.counters.packets_in;
  leg.counters.bytes_in += packet.payload_size;
  return arrival;
}

// The far end's stream began anew: neither its packets nor its key-presses compare with those before.
void Relay::start_over(Leg& leg) {
  leg.keys.restart();
  if (leg.playout) leg.playout->restart();
  if (Leg* listener = find(leg.relayed_to)) listener->out.cut();
}

// The peer's own stream may hold packets that were not negotiated (comfort noise): refused, but not heard as loss.
void Relay::pass_over(Leg& leg, const SocketAddress& from, const RtpPacket& packet, Instant now) {
  if (!leg.source.believed() || from != *leg.source.believed() || !leg.reception.any()) return;
  if (leg.heard) leg.heard = now;
  const Arrival arrival = leg.reception.take(packet, now);
  if (arrival == Arrival::started) start_over(leg);
  if (arrival != Arrival::in_order) return;
  if (leg.tap.ring) leg.tap.take(packet, {}, leg.format.codec, now);
  if (Leg* listener = find(leg.relayed_to); listener && !listener->playing()) listener->out.skip(packet.sequence);
}

std::optional<Transmission> Relay::forward(const Leg& from, Leg& to, const RtpPacket& packet,
                                           std::span<std::uint8_t> datagram, Instant now) {
  if (to.playing()) return std::nullopt;
  const auto& destination = to.source.destination();
  if (!to.format.send || !destination) {
    to.out.cut();  // it continues without a gap when the peer comes back from hold
    return std::nullopt;
  }
  const bool audio = packet.payload_type == from.format.payload_type;
  if (!audio && !to.format.event_payload_type) {
    to.out.skip(packet.sequence);
    return std::nullopt;
  }
  const auto place = to.out.place({packet.sequence, packet.timestamp, packet.marker}, now);
  if (!place) return std::nullopt;
  const auto payload = datagram.subspan(packet.payload_offset, packet.payload_size);
  const auto* table = audio ? conversion(from.format.codec, to.format.codec) : nullptr;
  if (table) std::transform(payload.begin(), payload.end(), payload.begin(), [table](auto c) { return (*table)[c]; });
  if (to.speech && audio) to.speech->sent(to.format.codec, payload, now);
  // The new header goes right before the payload: what stood there (CSRC list, extension) was for the other leg.
  const auto bytes = datagram.subspan(packet.payload_offset - rtp_header_size, rtp_header_size + packet.payload_size);
  const std::uint8_t payload_type = audio ? to.format.payload_type : *to.format.event_payload_type;
  write_rtp_header({payload_type, place->marker, place->sequence, place->timestamp, to.out.ssrc()},
                   bytes.first<rtp_header_size>());
  return Transmission{to.slot, *destination, bytes};
}

// ---- recording --------------------------------------------------------------------------------------------------

void Relay::record(Slot slot, RecordingTap tap) {
  if (Leg* leg = find(slot)) leg->tap = std::move(tap);
}

void Relay::record(const Leg& leg, const RtpPacket& packet, std::span<const std::uint8_t> datagram, Instant now) const {
  const bool heard = leg.heard_by_any() && leg.format.receive && packet.payload_type == leg.format.payload_type;
  leg.tap.take(packet, datagram.subspan(packet.payload_offset, heard ? packet.payload_size : 0), leg.format.codec, now);
}

void Relay::count_sent(const Transmission& transmission) {
  Leg* leg = find(transmission.slot);
  if (!leg) return;
  ++leg->counters.packets_out;
  leg->counters.bytes_out += transmission.bytes.size() - rtp_header_size;
}

// ---- RTCP -------------------------------------------------------------------------------------------------------

void Relay::receive_rtcp(Slot slot, const SocketAddress& from, std::span<const std::uint8_t> datagram, Instant now) {
  Leg* leg = find(slot);
  if (!leg) return;
  const auto packet = leg->source.may_report(from) ? parse_rtcp(datagram) : std::nullopt;
  if (!packet) {
    ++leg->counters.refused;
    return;
  }
  leg->rtcp_from = from;
  if (!packet->sender_report) return;
  leg->sender_report = *packet->sender_report;
  leg->sender_report_at = now;
}

std::optional<Transmission> Relay::report(Slot slot, WallClock wall, Instant now) {
  Leg* leg = find(slot);
  if (!leg || !leg->format.rtcp) return std::nullopt;
  const bool nat = leg->format.source == SourcePolicy::behind_nat;
  if (nat && !leg->rtcp_from) return std::nullopt;  // where it would go is not known
  if (leg->counters.packets_out == 0 && !leg->reception.any()) return std::nullopt;
  RtcpReport report{leg->out.ssrc(), std::nullopt, std::nullopt};
  if (leg->counters.packets_out > 0) {
    report.sent = {wall, leg->out.timestamp_at(now), static_cast<std::uint32_t>(leg->counters.packets_out),
                   static_cast<std::uint32_t>(leg->counters.bytes_out)};
  }
  if (leg->reception.any()) {
    report.received = {leg->reception.report(), leg->sender_report, now - leg->sender_report_at};
  }
  const std::size_t size = write_rtcp(report, leg->cname, report_);
  return Transmission{slot, nat ? *leg->rtcp_from : *leg->format.rtcp, std::span(report_).first(size)};
}

}  // namespace pledge::media
