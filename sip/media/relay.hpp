#pragma once
// What the media thread decides: for each packet that arrives or falls due, what is sent where. No sockets, no
// clock: datagrams and instants come in, at most one transmission comes out. A leg is known by its slot, a small
// number that the engine gives out.
//
// Recording and the detection of keys and speech tap what `accept` lets pass (every valid packet of a leg, once). What a leg
// hears is one of three feeders of its Outbound: a sound, the packets of one other leg as they come, or the mix of several.
#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "runtime/media_options.hpp"
#include "runtime/media_port.hpp"
#include "sip/media/address.hpp"
#include "sip/media/keys.hpp"
#include "sip/media/outbound.hpp"
#include "sip/media/reception.hpp"
#include "sip/media/recording_tap.hpp"
#include "sip/media/rtcp.hpp"
#include "sip/media/sound.hpp"
#include "sip/media/source.hpp"

namespace pledge::media {

using Slot = std::uint32_t;
inline constexpr Slot no_slot = ~Slot{0};

// runtime::MediaFormat with its addresses resolved.
struct LegFormat {
  std::optional<SocketAddress> rtp, rtcp;  // nullopt: nothing can be sent there
  runtime::AudioCodec codec = runtime::AudioCodec::pcma;
  std::uint8_t payload_type = 8;
  std::optional<std::uint8_t> event_payload_type;
  bool send = false, receive = false;
  runtime::SourcePolicy source = runtime::SourcePolicy::signalled;
};
LegFormat resolve(const runtime::MediaFormat& format);

// What is random about a leg; drawn by the engine, so that tests repeat.
struct LegStart {
  StreamStart stream;
  std::array<char, cname_size> cname{};
};

struct Transmission {
  Slot slot = no_slot;
  SocketAddress to;
  std::span<const std::uint8_t> bytes;  // valid until the next call
};

// runtime::LegSilence by slots.
struct SilentLeg {
  Slot slot = no_slot, peer = no_slot;
  bool over = false, peer_heard = false;
  std::uint64_t refused = 0;
};

// What is told of a leg.
struct Heard {
  enum class What : std::uint8_t {
    key,     // of its peer went down, in a turn of a dialogue (core::PlayToLeg)
    end,     // of the turn's sound
    speech,  // of its peer, listened for
    loss     // of its peer: runtime::MediaOptions::lost_after
  };
  Slot slot = no_slot;
  What what = What::end;
  std::uint32_t turn = 0;
  core::Key key = {};
};

class Relay {
 public:
  explicit Relay(const runtime::MediaOptions& options);
  ~Relay();

  void open(Slot slot, const LegStart& start, Instant now);
  runtime::MediaCounters close(Slot slot);
  void set_format(Slot slot, const LegFormat& format);
  // Each hears the other, and nobody else. A leg that either was connected with hears nothing any more; those that hear it by
  // mix() hear it on.
  void connect(Slot a, Slot b);
  void disconnect(Slot a, Slot b);  // neither hears the other any more; what else they hear, they hear on
  // The leg hears the sum of these from now on, and silence of none; whoever hears the leg hears it on. Never itself, and no
  // more than MediaOptions::mix_sources. One source is relayed if its packets go to nobody else yet. Key events (RFC 4733) are
  // not passed into a mix: they belong to one stream's time, and what a caller keys in (a card number) is not for all. With
  // `tone_every` a short tone is mixed in (MediaOptions::monitor_hz), at once and then so often; told again, it goes on.
  void mix(Slot slot, std::vector<Slot> sources, std::chrono::milliseconds tone_every = {});
  // Heard instead of other legs, from the next packet of its group until connect() or mix(). With a turn that
  // is not 0, what the peer's keys do and the end of the sound are told by take_heard() meanwhile.
  void play(Slot slot, SharedSound sound, std::uint32_t turn = 0, bool keys = true);  // keys: false = the end only
  // What happened since the last call, in order.
  std::vector<Heard> take_heard() { return std::exchange(heard_, {}); }
  // Key-presses not told, of all legs: more than MediaOptions::keys_a_second.
  std::uint64_t keys_beyond_bound() const { return keys_beyond_bound_; }
  // Every valid packet of the leg goes there too, until told otherwise or the leg is closed. Audio that nobody is to hear (on
  // hold) is counted only.
  void record(Slot slot, RecordingTap tap);

  // A datagram on the leg's RTP port; it is overwritten with what is sent on.
  std::optional<Transmission> receive(Slot slot, const SocketAddress& from, std::span<std::uint8_t> datagram,
                                      Instant now);
  void receive_rtcp(Slot slot, const SocketAddress& from, std::span<const std::uint8_t> datagram, Instant now);

  // Told once by take_heard(), at the first speech of the leg's peer from now on; its keys are told until then, connected or not.
  void listen_for_speech(Slot slot, Instant now);

  // Time for legs that hear a sound or a mix passes in ticks, 20 ms / tick_groups apart; each leg's group has every
  // tick_groups-th.
  // Enters the next tick and returns the legs whose packet is due in it.
  const std::vector<Slot>& tick();
  // Passes ticks over without sending, when the machine was stalled for longer than a packet.
  void miss(std::uint64_t ticks) { tick_ += ticks; }
  std::optional<Transmission> next_packet(Slot slot, Instant now);
  bool any_timed() const { return timed_ > 0; }  // any leg that hears by the clock

  // The RTCP report due to the leg's peer, if there is anything to say.
  std::optional<Transmission> report(Slot slot, WallClock wall, Instant now);

  // The legs that fell silent, or are heard again, since the last call; and looks for lost ones. To be called a few times in
  // silence_after; a leg is watched from the first call that finds it heard by another and not on hold.
  std::vector<SilentLeg> check_silence(Instant now);

  // To be told of each RTP transmission that the system took.
  void count_sent(const Transmission& transmission);
  std::size_t open_legs() const { return open_; }
  Slot slots() const { return static_cast<Slot>(legs_.size()); }

 private:
  struct Leg;
  enum class Feed : std::uint8_t {
    none,
    packets,  // those of its one source, as they come
    mix       // the sum of its sources, at its tick
  };
  Leg* find(Slot slot) const { return slot < legs_.size() ? legs_[slot].get() : nullptr; }
  std::optional<Arrival> accept(Leg& leg, const SocketAddress& from, const RtpPacket& packet, Instant now);
  void pass_over(Leg& leg, const SocketAddress& from, const RtpPacket& packet, Instant now);
  std::optional<Transmission> forward(const Leg& from, Leg& to, const RtpPacket& packet,
                                      std::span<std::uint8_t> datagram, Instant now);
  void record(const Leg& leg, const RtpPacket& packet, std::span<const std::uint8_t> datagram, Instant now) const;
  void start_over(Leg& leg);

  void part(Leg& leg);
  void forget(Leg& listener, Slot source);
  bool may_relay(const std::vector<Slot>& sources, Slot listener) const;
  void hear(Leg& leg, Feed feed, std::vector<Slot> sources);
  void offer_packets(Leg& source);
  void leave(Leg& source, Slot listener);
  void join(Leg& source, Slot listener, Feed feed);
  bool expected(const Leg& leg) const;
  bool listener_heard(const Leg& leg, std::chrono::milliseconds time, Instant now) const;
  std::optional<SilentLeg> check_silence(Leg& leg, Instant now);
  void check_loss(Leg& leg, Instant now);

  void set_tone(Leg& leg, std::chrono::milliseconds every);
  void begin_feed(Leg& leg);
  Frame mixed(const Leg& leg) const;
  void stop_playing(Leg& leg);
  void look_for_keys(Leg& leg, const RtpPacket& packet, std::span<const std::uint8_t> payload, Instant now);
  void look_for_speech(Leg& leg, const RtpPacket& packet, std::span<const std::uint8_t> payload, Instant now);
  void look_for_end(Leg& leg, std::uint64_t position);

  runtime::MediaOptions options_;
  std::vector<std::int16_t> tone_;  // while a supervisor listens
  std::vector<std::unique_ptr<Leg>> legs_;
  std::size_t open_ = 0, timed_ = 0;
  std::vector<std::vector<Slot>> groups_;
  std::uint64_t tick_ = 0;
  std::vector<Heard> heard_;
  std::uint64_t keys_beyond_bound_ = 0;
  std::array<std::uint8_t, rtp_header_size + packet_samples> packet_{};
  std::array<std::uint8_t, rtcp_report_capacity> report_{};
};

}  // namespace pledge::media
