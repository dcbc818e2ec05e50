#pragma once
// Where one leg's peer sends from (symmetric RTP, RFC 4961), learned so that no stranger is believed. Pure.
//
//  signalled   Only packets from the signalled host count. The first source there is believed at once; the exact
//              signalled port, should it appear later, replaces it for good. Media is always sent to the signalled
//              address (RFC 3264).
//  behind_nat  The signalled address is private and useless. The first source is believed that shows `stable_packets`
//              packets in sequence with one SSRC; a source equal to the signalled address at once. Media is sent to the
//              source believed, and until then to the signalled address.
//
// A source once believed stays until the peer signals another address. One exception keeps calls from falling silent
// when a NAT forgets its binding: after `relearn_after` without a packet from it, another port of the same host is
// believed as soon as it has shown `stable_packets` packets in sequence.
#include <cstdint>
#include <optional>
#include <vector>

#include "runtime/media_options.hpp"
#include "runtime/media_port.hpp"
#include "sip/media/address.hpp"
#include "sip/media/reception.hpp"
#include "sip/media/rtp.hpp"

namespace pledge::media {

enum class SourceVerdict : std::uint8_t { believed, learning, stranger };

class Source {
 public:
  explicit Source(const runtime::MediaOptions& options)
      : stable_packets_(options.stable_packets),
        most_candidates_(options.learning_candidates),
        relearn_after_(options.relearn_after) {}

  // What SDP said. The same again keeps what was learned; anything else starts anew.
  void expect(std::optional<SocketAddress> signalled, runtime::SourcePolicy policy);

  SourceVerdict judge(const SocketAddress& from, const RtpPacket& packet, Instant now);

  const std::optional<SocketAddress>& believed() const { return believed_; }
  // Where media to this peer goes; nullopt if nowhere.
  const std::optional<SocketAddress>& destination() const {
    return policy_ == runtime::SourcePolicy::behind_nat && believed_ ? believed_ : signalled_;
  }
  // The host from which RTCP may come, on any port.
  bool may_report(const SocketAddress& from) const;

 private:
  struct Candidate {
    SocketAddress from;
    std::uint32_t ssrc = 0;
    std::uint16_t next_sequence = 0;
    std::uint32_t in_sequence = 0;  // packets seen so far
  };
  SourceVerdict judge_new(const SocketAddress& from, const RtpPacket& packet, Instant now);
  SourceVerdict believe(const SocketAddress& from);
  SourceVerdict judge_candidate(const SocketAddress& from, const RtpPacket& packet);
  Candidate& candidate(const SocketAddress& from, const RtpPacket& packet);

  std::uint32_t stable_packets_, most_candidates_;
  std::chrono::milliseconds relearn_after_;
  runtime::SourcePolicy policy_ = runtime::SourcePolicy::signalled;
  std::optional<SocketAddress> signalled_, believed_;
  Instant heard_;  // last packet of the source believed
  std::vector<Candidate> candidates_;
};

}  // namespace pledge::media
