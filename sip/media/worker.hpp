#pragma once
// The media thread: one epoll set over all legs' sockets, the mailbox and two timers. It owns the Relay and the
// sockets; nothing else touches them. epoll without Asio, level-triggered: a readable socket costs one recvfrom, one
// sendto and a share of one epoll_wait, and each socket has one packet a round, so that a flood on one delays no other.
#include <atomic>
#include <functional>
#include <optional>
#include <thread>
#include <variant>
#include <vector>

#include "core/events.hpp"
#include "runtime/media_faults.hpp"
#include "sip/media/mailbox.hpp"
#include "sip/media/relay.hpp"
#include "sip/media/ticker.hpp"

namespace pledge::media {

struct OpenLeg {
  Slot slot;
  core::LegId leg;
  std::optional<SocketPair> sockets;  // none: the slot has them, from the leg before
  LegStart start;
};
struct SetFormat {
  Slot slot;
  LegFormat format;
};
struct ConnectLegs {
  Slot a, b;
};
struct DisconnectLegs {
  Slot a, b;
};
struct PlaySound {
  Slot slot;
  SharedSound sound;
  std::uint32_t turn;  // 0: of no dialogue
  bool keys;           // of a dialogue: key-presses are asked for
};
struct CloseLeg {
  Slot slot;
  bool park;             // keep the sockets for the next leg; what they receive meanwhile is thrown away
  std::uint64_t ticket;  // of who waits for the counters; 0: nobody
};
struct Stop {};
struct RecordLeg {
  Slot slot;
  RecordingTap tap;
};
struct MixToLeg {
  Slot slot;
  std::vector<Slot> sources;
  std::chrono::milliseconds tone_every{};
};
struct ListenForSpeech {
  Slot slot;
};
using Message = std::variant<OpenLeg, SetFormat, ConnectLegs, DisconnectLegs, PlaySound, CloseLeg, Stop, RecordLeg, MixToLeg,
                             ListenForSpeech>;

// A leg is gone; its ports are free again, or parked.
struct ClosedLeg {
  Slot slot;
  bool parked;
  std::uint64_t ticket;
  runtime::MediaCounters counters;
};

class Worker {
 public:
  struct Reports {  // called on the media thread, never with an empty list
    std::function<void(std::vector<ClosedLeg>)> closed;  // not of parked legs that nobody waits for
    std::function<void(std::vector<runtime::LegSilence>)> silence;
    std::function<void(std::vector<core::Event>)> events;  // KeyPressed, SoundFinished, SpeechHeard, MediaTimeout
  };
  // Throws std::system_error if the system has no descriptors left.
  Worker(const runtime::MediaOptions& options, Reports reports);
  ~Worker();  // stops the thread; legs still open are closed without a report

  void post(Message message, Urgency urgency) { mailbox_.post(std::move(message), urgency); }
  std::size_t waiting() const { return mailbox_.size(); }
  std::uint64_t keys_beyond_bound() const { return keys_beyond_bound_.load(std::memory_order_relaxed); }

 private:
  enum class Wake : std::uint32_t { rtp, rtcp, mailbox, tick, step };
  void run();
  void start_thread();
  bool watch(int descriptor, Wake wake, Slot slot = no_slot);
  void serve(Wake wake, Slot slot, Instant now);
  void serve_mailbox(Instant now);
  void serve_rtp(Slot slot, Instant now);
  void serve_rtcp(Slot slot, Instant now);
  void serve_tick(Instant now);
  void serve_step(Instant now);
  void send_reports(Instant now);
  void tell_heard();
  void adjust_tickers();

  void apply(OpenLeg& message, Instant now);
  void apply(SetFormat& message, Instant) { relay_.set_format(message.slot, message.format); }
  void apply(ConnectLegs& message, Instant) { relay_.connect(message.a, message.b); }
  void apply(DisconnectLegs& message, Instant) { relay_.disconnect(message.a, message.b); }
  void apply(PlaySound& message, Instant) { relay_.play(message.slot, std::move(message.sound), message.turn, message.keys); }
  void apply(MixToLeg& message, Instant) { relay_.mix(message.slot, std::move(message.sources), message.tone_every); }
  void apply(ListenForSpeech& message, Instant now) { relay_.listen_for_speech(message.slot, now); }
  void apply(RecordLeg& message, Instant) { relay_.record(message.slot, std::move(message.tap)); }
  void apply(CloseLeg& message, Instant);
  void apply(Stop&, Instant) { stopping_ = true; }

  runtime::MediaOptions options_;
  Reports told_;
  Mailbox<Message> mailbox_;
  Descriptor epoll_;
  Ticker tick_, step_;
  Relay relay_;
  std::vector<SocketPair> sockets_;  // by slot
  std::vector<core::LegId> ids_;     // by slot: of its present or latest leg
  std::vector<ClosedLeg> closed_;    // of the messages being served
  Slot next_report_ = 0;
  std::uint64_t steps_ = 0;
  std::atomic<std::uint64_t> keys_beyond_bound_{0};  // for metrics
  bool stopping_ = false;
  std::array<std::uint8_t, 2048> buffer_;  // one datagram: any that fits an Ethernet frame
  std::thread thread_;                     // last: everything it uses is there when it starts
};

}  // namespace pledge::media
