#pragma once
// Private to the relay: the state of one leg.
#include <algorithm>
#include <chrono>

#include "sip/media/playout.hpp"
#include "sip/media/relay.hpp"
#include "sip/media/speech.hpp"

namespace pledge::media {

// What passes of one peer: 250 packets a second, and as many at once after a stall. Telephones send 50 (RFC 3551 §4.2: 20 ms each),
// few send 200 (5 ms). Who can send from the peer's own address can spoil the call, but floods neither the other party nor the recording.
inline constexpr std::chrono::milliseconds least_between_packets{4}, most_ahead{1000};

inline constexpr std::size_t no_place = ~std::size_t{0};  // in no group: nothing is due to it by the clock

struct Relay::Leg {
  Leg(Slot number, const runtime::MediaOptions& options, const LegStart& start, Instant now)
      : slot(number),
        out(start.stream, now),
        source(options),
        reception(options.max_dropout, options.max_misorder),
        keys(options.keys_a_second),
        cname(start.cname) {}

  bool playing() const { return sound != nullptr; }
  bool timed() const { return playing() || feed == Feed::mix; }
  bool may_be_relayed_to() const { return sources.size() == 1 && tone_every == 0; }  // nothing is added to the one it hears
  // Whether one more packet of the peer passes now; counts it.
  bool takes_packet(Instant now) {
    const Instant due = std::max(next_packet, now);
    if (due - now >= most_ahead) return false;
    next_packet = due + least_between_packets;
    return true;
  }
  bool heard_by_any() const { return relayed_to != no_slot || !mixed_to.empty(); }

  Slot slot;
  LegFormat format;
  Outbound out;
  Source source;
  Reception reception;
  Keys keys;
  runtime::MediaCounters counters;
  Instant next_packet{};  // when the next would come of a peer that sends as many as pass

  // What it hears, unless a sound is played.
  Feed feed = Feed::none;
  std::vector<Slot> sources;  // in order; one where packets are relayed
  std::size_t tone_every = 0;   // packets from one tone to the next; 0 = none
  std::uint64_t tone_from = 0;  // tick of the first
  Slot peer = no_slot;        // connected with it: each hears the other and nobody else
  // Who hears it.
  Slot relayed_to = no_slot;  // its packets, as they come
  std::vector<Slot> mixed_to;
  std::unique_ptr<Playout> playout;  // while mixed_to has any

  std::optional<Instant> heard;  // last RTP of the peer, or when watching for it began; none = not watched
  bool silent = false;           // and reported
  bool lost = false;             // and reported

  SharedSound sound;
  std::uint64_t first_tick = 0;      // tick of the first packet of the sound or mix
  std::uint16_t timed_packets = 0;   // sent of it
  std::size_t place_in_group = no_place;
  std::uint32_t turn = 0;            // of a dialogue; 0: none
  bool end_told = false;             // of the turn's sound

  RecordingTap tap;
  std::unique_ptr<SpeechDetector> speech;  // while it is listened for

  std::array<char, cname_size> cname;
  std::optional<SocketAddress> rtcp_from;  // behind NAT: where reports come from
  std::uint32_t sender_report = 0;         // the peer's last one, and when it came
  Instant sender_report_at;
};

}  // namespace pledge::media
