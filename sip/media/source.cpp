#include "sip/media/source.hpp"

#include <algorithm>

namespace pledge::media {

using runtime::SourcePolicy;

void Source::expect(std::optional<SocketAddress> signalled, SourcePolicy policy) {
  if (signalled == signalled_ && policy == policy_) return;
  signalled_ = signalled;
  policy_ = policy;
  believed_.reset();
  candidates_.clear();
}

SourceVerdict Source::judge(const SocketAddress& from, const RtpPacket& packet, Instant now) {
  const bool known = believed_ && from == *believed_;
  const SourceVerdict verdict = known ? SourceVerdict::believed : judge_new(from, packet, now);
  if (verdict == SourceVerdict::believed) heard_ = now;
  return verdict;
}

SourceVerdict Source::judge_new(const SocketAddress& from, const RtpPacket& packet, Instant now) {
  const bool by_signalling = policy_ == SourcePolicy::signalled;
  if (signalled_ && from == *signalled_ && (by_signalling || !believed_)) return believe(from);
  if (believed_) {
    const bool may_move = from.same_host(*believed_) && now - heard_ >= relearn_after_;
    return may_move ? judge_candidate(from, packet) : SourceVerdict::stranger;
  }
  if (!by_signalling) return judge_candidate(from, packet);
  return signalled_ && from.same_host(*signalled_) ? believe(from) : SourceVerdict::stranger;
}

SourceVerdict Source::judge_candidate(const SocketAddress& from, const RtpPacket& packet) {
  Candidate& seen = candidate(from, packet);
  const bool in_sequence = seen.ssrc == packet.ssrc && seen.next_sequence == packet.sequence;
  seen.in_sequence = in_sequence ? seen.in_sequence + 1 : 1;
  seen.ssrc = packet.ssrc;
  seen.next_sequence = static_cast<std::uint16_t>(packet.sequence + 1);
  return seen.in_sequence >= stable_packets_ ? believe(from) : SourceVerdict::learning;
}

// The entry for `from`: its own, a new one, or the least advanced one taken over.
Source::Candidate& Source::candidate(const SocketAddress& from, const RtpPacket& packet) {
  const auto known = std::find_if(candidates_.begin(), candidates_.end(), [&](auto& c) { return c.from == from; });
  if (known != candidates_.end()) return *known;
  const Candidate fresh{from, packet.ssrc, packet.sequence, 0};
  if (candidates_.size() < std::max(most_candidates_, 1u)) return candidates_.emplace_back(fresh);
  const auto fewer = [](auto& a, auto& b) { return a.in_sequence < b.in_sequence; };
  return *std::min_element(candidates_.begin(), candidates_.end(), fewer) = fresh;
}

SourceVerdict Source::believe(const SocketAddress& from) {
  believed_ = from;
  candidates_ = {};
  return SourceVerdict::believed;
}

bool Source::may_report(const SocketAddress& from) const {
  if (believed_) return from.same_host(*believed_);
  return policy_ == SourcePolicy::signalled && signalled_ && from.same_host(*signalled_);
}

}  // namespace pledge::media
