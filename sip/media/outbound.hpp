#pragma once
// The one stream that a peer hears from us, whatever feeds it: ring tone, another leg, another leg after that. Its
// SSRC never changes; sequence numbers run on without a gap across a switch, timestamps by the time that passed
// (RFC 3550 §5.1), and the first packet after a switch carries the marker (RFC 3551 §4.1). Pure.
#include <cstdint>
#include <optional>

#include "sip/media/reception.hpp"

namespace pledge::media {

struct StreamStart {  // random, RFC 3550 §5.1
  std::uint32_t ssrc = 0;
  std::uint16_t sequence = 0;
  std::uint32_t timestamp = 0;
};

class Outbound {
 public:
  Outbound(const StreamStart& start, Instant now)
      : ssrc_(start.ssrc), sequence_(start.sequence), timestamp_(start.timestamp), sent_at_(now) {}

  struct Place {
    std::uint16_t sequence = 0;
    std::uint32_t timestamp = 0;
    bool marker = false;
  };

  // The next packet comes from another source, or after a pause.
  void cut() { cut_ = true; }
  // The place of a source's packet in this stream; nullopt if it is older than the last switch.
  std::optional<Place> place(const Place& of_source, Instant now);
  // The source's packet `sequence` is not sent on (e.g. a key-press that this peer cannot take): no gap is left.
  void skip(std::uint16_t sequence);

  std::uint32_t ssrc() const { return ssrc_; }
  // The timestamp that a packet sent at `now` would have: for sender reports.
  std::uint32_t timestamp_at(Instant now) const;

 private:
  void switch_source(const Place& of_source, Instant now);

  std::uint32_t ssrc_;
  std::uint16_t sequence_;   // highest sent
  std::uint32_t timestamp_;  // of that packet
  Instant sent_at_;
  bool cut_ = true;
  std::uint16_t sequence_shift_ = 0;
  std::uint32_t timestamp_shift_ = 0;
  std::uint16_t oldest_ = 0;  // source's packets before this one belong to before the switch
  std::uint16_t newest_ = 0;  // source's highest number so far
};

}  // namespace pledge::media
