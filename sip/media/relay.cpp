#include "sip/media/relay.hpp"

#include <algorithm>

#include "sip/media/g711.hpp"

namespace pledge::media {

using runtime::AudioCodec;
using runtime::SourcePolicy;

struct Relay::Leg {
  Leg(Slot number, const runtime::MediaOptions& options, const LegStart& start, Instant now)
      : slot(number),
        out(start.stream, now),
        source(options),
        reception(options.max_dropout, options.max_misorder),
        keys(options.keys_a_second),
        cname(start.cname) {}

  bool playing() const { return sound != nullptr; }

  Slot slot;
  Slot peer = no_slot;
  LegFormat format;
  Outbound out;
  Source source;
  Reception reception;
  Keys keys;
  runtime::MediaCounters counters;

  std::optional<Instant> heard;  // last RTP of the peer, or when watching for it began; none = not watched
  bool silent = false;           // and reported

  SharedSound sound;
  std::uint64_t first_tick = 0;     // tick of the sound's first packet
  std::uint16_t sound_packets = 0;  // sent of it
  std::size_t place_in_group = 0;
  std::uint32_t turn = 0;           // of a dialogue; 0: none
  bool end_told = false;            // of the turn's sound

  RecordingTap tap;

  std::array<char, cname_size> cname;
  std::optional<SocketAddress> rtcp_from;  // behind NAT: where reports come from
  std::uint32_t sender_report = 0;         // the peer's last one, and when it came
  Instant sender_report_at;
};

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
    : options_(options), groups_(std::clamp<std::uint32_t>(options.tick_groups, 1, packet_ms)) {}
Relay::~Relay() = default;

// ---- legs and what they are connected to ----------------------------------------------------------------------

void Relay::open(Slot slot, const LegStart& start, Instant now) {
  if (slot >= legs_.size()) legs_.resize(slot + 1);
  legs_[slot] = std::make_unique<Leg>(slot, options_, start, now);
  ++open_;
}

runtime::MediaCounters Relay::close(Slot slot) {
  Leg* leg = find(slot);
  if (!leg) return {};
  unlink(*leg);
  stop_playing(*leg);
  const runtime::MediaCounters last = leg->counters;
  legs_[slot].reset();
  --open_;
  return last;
}

void Relay::set_format(Slot slot, const LegFormat& format) {
  Leg* leg = find(slot);
  if (!leg) return;
  leg->format = format;
  leg->source.expect(format.rtp, format.source);
  if (!leg->source.believed()) leg->rtcp_from.reset();
}

void Relay::connect(Slot a, Slot b) {
  Leg *first = find(a), *second = find(b);
  if (!first || !second || a == b) return;
  stop_playing(*first);
  stop_playing(*second);
  first->keys.listen(false);
  second->keys.listen(false);
  if (first->peer == b && second->peer == a) return;
  unlink(*first);
  unlink(*second);
  first->peer = b;
  second->peer = a;
  first->out.cut();
  second->out.cut();
}

void Relay::disconnect(Slot a, Slot b) {
  Leg* first = find(a);
  if (first && first->peer == b) unlink(*first);
}

void Relay::unlink(Leg& leg) {
  if (Leg* peer = find(leg.peer)) peer->peer = no_slot;
  leg.peer = no_slot;
}

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
  look_for_keys(*leg, *packet, std::span(datagram).subspan(packet->payload_offset, packet->payload_size), now);
  if (leg->tap.ring) record(*leg, *packet, datagram, now);
  Leg* peer = find(leg->peer);
  if (!peer || !leg->format.receive) return std::nullopt;
  return forward(*leg, *peer, *packet, datagram, now);
}

// The gate: only a packet of a negotiated payload type, from the source believed, and within the sequence passes.
std::optional<Arrival> Relay::accept(Leg& leg, const SocketAddress& from, const RtpPacket& packet, Instant now) {
  if (!negotiated(leg.format, packet.payload_type)) {
    pass_over(leg, from, packet, now);
    return std::nullopt;
  }
  if (leg.source.judge(from, packet, now) != SourceVerdict::believed) return std::nullopt;
  if (leg.heard) leg.heard = now;
  const Arrival arrival = leg.reception.take(packet, now);
  if (arrival == Arrival::jumped) return std::nullopt;
  ++leg.counters.packets_in;
  leg.counters.bytes_in += packet.payload_size;
  return arrival;
}

// The far end's stream began anew: neither its packets nor its key-presses compare with those before.
void Relay::start_over(Leg& leg) {
  leg.keys.restart();
  if (Leg* peer = find(leg.peer)) peer->out.cut();
}

// The peer's own stream may hold packets that were not negotiated (comfort noise): refused, but not heard as loss.
void Relay::pass_over(Leg& leg, const SocketAddress& from, const RtpPacket& packet, Instant now) {
  if (!leg.source.believed() || from != *leg.source.believed() || !leg.reception.any()) return;
  if (leg.heard) leg.heard = now;
  const Arrival arrival = leg.reception.take(packet, now);
  if (arrival == Arrival::started) start_over(leg);
  if (arrival != Arrival::in_order) return;
  if (leg.tap.ring) leg.tap.take(packet, {}, leg.format.codec, now);
  if (Leg* peer = find(leg.peer)) peer->out.skip(packet.sequence);
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
  const bool heard = leg.peer != no_slot && leg.format.receive && packet.payload_type == leg.format.payload_type;
  leg.tap.take(packet, datagram.subspan(packet.payload_offset, heard ? packet.payload_size : 0), leg.format.codec, now);
}

void Relay::count_sent(const Transmission& transmission) {
  Leg* leg = find(transmission.slot);
  if (!leg) return;
  ++leg->counters.packets_out;
  leg->counters.bytes_out += transmission.bytes.size() - rtp_header_size;
}

// ---- silence ----------------------------------------------------------------------------------------------------

// A leg on hold in either direction may send or not: phones differ.
bool Relay::expected(const Leg& leg) const { return leg.peer != no_slot && leg.format.send && leg.format.receive; }

std::optional<SilentLeg> Relay::check_silence(Leg& leg, Instant now) {
  if (!expected(leg)) {
    leg.heard.reset();
    leg.silent = false;
    return std::nullopt;
  }
  if (!leg.heard) leg.heard = now;
  const bool silent = now - *leg.heard >= options_.silence_after;
  if (silent == leg.silent) return std::nullopt;
  leg.silent = silent;
  const Leg& peer = *find(leg.peer);
  const bool peer_heard = peer.heard && now - *peer.heard < options_.silence_after && peer.reception.any();
  return SilentLeg{leg.slot, leg.peer, !silent, peer_heard, leg.counters.refused};
}

std::vector<SilentLeg> Relay::check_silence(Instant now) {
  std::vector<SilentLeg> changed;
  for (const auto& leg : legs_) {
    const auto one = leg ? check_silence(*leg, now) : std::nullopt;
    if (one) changed.push_back(*one);
  }
  return changed;
}

// ---- sounds -----------------------------------------------------------------------------------------------------

void Relay::play(Slot slot, SharedSound sound, std::uint32_t turn, bool keys) {
  Leg* leg = find(slot);
  if (!leg || !sound) return;
  stop_playing(*leg);
  leg->turn = turn;
  leg->end_told = false;
  leg->keys.listen(turn != 0 && keys);
  const std::uint64_t groups = groups_.size(), group = slot % groups;
  leg->sound = std::move(sound);
  leg->sound_packets = 0;
  leg->first_tick = tick_ + 1 + (group + groups - (tick_ + 1) % groups) % groups;
  leg->place_in_group = groups_[group].size();
  groups_[group].push_back(slot);
  leg->out.cut();
  ++playing_;
}

void Relay::stop_playing(Leg& leg) {
  if (!leg.playing()) return;
  auto& group = groups_[leg.slot % groups_.size()];
  group[leg.place_in_group] = group.back();
  find(group.back())->place_in_group = leg.place_in_group;
  group.pop_back();
  leg.sound.reset();
  leg.turn = 0;
  leg.out.cut();
  --playing_;
}

const std::vector<Slot>& Relay::tick() { return groups_[++tick_ % groups_.size()]; }

std::optional<Transmission> Relay::next_packet(Slot slot, Instant now) {
  Leg* leg = find(slot);
  if (!leg || !leg->playing() || tick_ < leg->first_tick) return std::nullopt;
  const std::uint64_t position = (tick_ - leg->first_tick) / groups_.size();
  if (leg->turn != 0) look_for_end(*leg, position);
  const auto& destination = leg->source.destination();
  if (!leg->format.send || !destination) {
    leg->out.cut();
    return std::nullopt;
  }
  const auto timestamp = static_cast<std::uint32_t>(position * packet_samples);
  const auto place = leg->out.place({leg->sound_packets++, timestamp, false}, now);
  write_rtp_header({leg->format.payload_type, place->marker, place->sequence, place->timestamp, leg->out.ssrc()},
                   std::span(packet_).first<rtp_header_size>());
  const Frame& frame = leg->sound->frame(leg->format.codec, position);
  std::copy(frame.begin(), frame.end(), packet_.begin() + rtp_header_size);
  return Transmission{slot, *destination, packet_};
}

// ---- dialogue ---------------------------------------------------------------------------------------------------

void Relay::look_for_keys(Leg& leg, const RtpPacket& packet, std::span<const std::uint8_t> payload, Instant now) {
  const bool event = packet.payload_type == leg.format.event_payload_type;
  if (!event && !leg.keys.listening()) return;
  const bool has_events = leg.format.event_payload_type.has_value();
  const std::uint64_t before = leg.keys.beyond_bound();
  for (const core::Key key : leg.keys.take({event, has_events, leg.format.codec, packet.timestamp, payload}, now))
    heard_.push_back({leg.slot, key, leg.turn});
  keys_beyond_bound_ += leg.keys.beyond_bound() - before;
}

// When the last packet has been heard, or would have been by a leg on hold.
void Relay::look_for_end(Leg& leg, std::uint64_t position) {
  const auto end = leg.sound->ends_at();
  if (leg.end_told || !end || position < *end) return;
  leg.end_told = true;
  heard_.push_back({leg.slot, std::nullopt, leg.turn});
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
