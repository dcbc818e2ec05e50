#pragma once
// Key-presses of one peer: named events (RFC 4733), or tones in its audio where it negotiated no such events. Pure.
//
// A key is reported once, when it goes down, however long it is held and whichever packets of it are lost, repeated or
// late: all packets of a press have one timestamp (RFC 4733 §2.5.1.2), so that any one of them tells it.
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "core/options.hpp"
#include "runtime/media_port.hpp"
#include "sip/media/reception.hpp"

namespace pledge::media {

// Telephone-event packets.
class EventKeys {
 public:
  // Appends the keys that go down with this packet. One packet may hold several presses (RFC 4733 §2.5.1.5). Events other
  // than the sixteen keys, and payloads that are cut off, say nothing.
  void take(std::uint32_t timestamp, std::span<const std::uint8_t> payload, std::vector<core::Key>& pressed);
  // The peer's stream began anew: its timestamps compare with none before.
  void restart() { last_.reset(); }

 private:
  struct Press {
    std::uint32_t timestamp;
    std::uint8_t event;
    bool ended;
  };
  bool is_new(const Press& press) const;
  std::optional<Press> last_;  // the newest, reported
};

// Dual tones (ITU-T Q.23, Q.24) in G.711, found by spandsp.
class ToneKeys {
 public:
  ToneKeys();
  ~ToneKeys();
  // Appends the keys whose tones this packet confirms: after 40 ms of tone. A lost packet or two do not part a press; a
  // packet that comes after its turn is left out.
  void take(runtime::AudioCodec codec, std::uint32_t timestamp, std::span<const std::uint8_t> payload,
            std::vector<core::Key>& pressed);
  void restart();

 private:
  struct Receiver;
  void bridge(std::uint32_t missing);
  std::unique_ptr<Receiver> receiver_;
  std::optional<std::uint32_t> next_;  // timestamp of the packet that would follow
};

// The keys of one leg. Events are always followed, for a key held since before somebody listens is no key-press; tones
// only while somebody listens, for that costs as much as relaying the packet.
class Keys {
 public:
  struct Packet {  // of a negotiated payload type, and no duplicate
    bool event = false;      // a telephone-event; else audio
    bool has_events = false;  // the peer negotiated them: its tones are no keys
    runtime::AudioCodec codec = runtime::AudioCodec::pcma;
    std::uint32_t timestamp = 0;
    std::span<const std::uint8_t> payload;
  };
  explicit Keys(std::uint32_t most_a_second) : most_a_second_(most_a_second) {}

  void listen(bool on);
  bool listening() const { return listening_; }
  // The keys to be reported: none while nobody listens, and no more than the bound in any second. Valid until the next call.
  const std::vector<core::Key>& take(const Packet& packet, Instant now);
  std::uint64_t beyond_bound() const { return beyond_bound_; }
  void restart();  // the peer's stream began anew

 private:
  void hold_to_bound(Instant now);

  std::uint32_t most_a_second_;
  bool listening_ = false;
  EventKeys events_;
  std::unique_ptr<ToneKeys> tones_;
  std::vector<core::Key> pressed_;
  Instant second_began_{};
  std::uint32_t in_second_ = 0;
  std::uint64_t beyond_bound_ = 0;
};

}  // namespace pledge::media
