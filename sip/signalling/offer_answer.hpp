#pragma once
// Offer and answer (RFC 3264) for one leg of a call: G.711 and telephone-event over RTP, one audio line, every other
// line refused. MediaSession is a plain value: copy it before trying something (a forked answer, an offer that may be
// refused) and assign the copy back to undo it.
//
//   inbound INVITE with SDP:   auto r = answer_offer(session, body);        -> r->sdp into the 200, r->format to media
//   inbound INVITE, no SDP:    make_offer(session) into the 200; accept_answer(session, body of the ACK)
//   outbound INVITE:           make_offer(session, codec of the other leg); accept_answer(session, body of 18x or 200)
//   re-INVITE or UPDATE in:    answer_offer() again;   ours:  make_offer() again; withdraw_offer() if it was refused
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "runtime/media_port.hpp"
#include "sip/signalling/sdp.hpp"

namespace pledge::signalling {

struct OfferAnswerOptions {
  runtime::AudioCodec first_codec = runtime::AudioCodec::pcma;  // first in our offers: A-law is the UK's network codec
  std::uint8_t event_payload_type = 101;  // of telephone-event in our offers: what nearly every phone uses itself
  std::uint32_t ptime = 20;               // ms; G.711's default packet (RFC 3551 §4.2), and what media relays
  std::string username = "pledge";        // of o=; says nothing of the machine
  SdpLimits limits;
};

enum class MediaFault : std::uint8_t {
  malformed,   // not SDP: 400
  no_audio,    // no audio line over RTP that is not refused: 488
  no_codec,    // neither A-law nor µ-law: 488
  address,     // not a unicast IP address, or of another family than ours: 488
  glare,       // an offer came while ours is open: 491 (RFC 3261 §14.1)
  unexpected,  // an answer came and no offer of ours is open
};
struct MediaError {
  MediaFault fault{};
  std::string why;
};
int sip_status(MediaFault fault);  // of the refusal: 400, 488, 491
std::string warning(const MediaError& e,
                    std::string_view agent);  // Warning value (RFC 3261 §20.43): `305 pledge "..."`

struct MediaSession {
  // Ours; set once by start_session.
  std::uint64_t id = 0;
  std::string local_ip;
  std::uint16_t local_port = 0;

  std::uint64_t version = 0;                   // of o=; grows by one with each description that differs from the last
  std::vector<SdpMedia> lines;                 // the m-lines as sent last (RFC 3264 §8: they never become fewer)
  std::size_t audio_line = 0;                  // which of them carries the call
  bool offer_open = false;                     // ours is sent and not yet answered
  std::optional<runtime::MediaFormat> format;  // agreed last

  friend bool operator==(const MediaSession&, const MediaSession&) = default;
};

// `id` distinguishes the sessions of this engine (any number not used before; the time in ns will do). `local_ip` is
// the address the peer shall send to (the advertised one behind NAT), textual IPv4 or IPv6.
MediaSession start_session(std::uint64_t id, std::string local_ip, std::uint16_t local_port);

struct Negotiated {
  std::string sdp;              // the answer to send
  runtime::MediaFormat format;  // what media shall do from now on
  bool changed = false;         // format differs from the one before (false: a session refresh)
};

// Answers the peer's offer. `prefer`: the codec of the other leg, chosen if offered; otherwise the first one that the
// offer lists and we know (RFC 3264 §6.1). A failure leaves the session as it was: what was agreed goes on.
// Hold (RFC 3264 §8.4): sendonly, inactive and c=0.0.0.0 give format.send = false; the peer's address is still given.
// format.source is left at its default: whether the peer is behind NAT is configuration, not SDP.
tl::expected<Negotiated, MediaError> answer_offer(MediaSession& session, std::string_view offer,
                                                  std::optional<runtime::AudioCodec> prefer = std::nullopt,
                                                  const OfferAnswerOptions& options = {});

// Our offer: both laws and telephone-event, `prefer` (the codec of the other leg, when known) first; once something
// is agreed, the agreed codec first and the m-lines and payload types as they were (RFC 3264 §8.3.2).
std::string make_offer(MediaSession& session, std::optional<runtime::AudioCodec> prefer = std::nullopt,
                       const OfferAnswerOptions& options = {});

// The peer's answer to our open offer. Repeated with no offer open (183, then 200) the agreed format is returned when
// the answer says the same, else `unexpected`. An answer with numbers of its own for dynamic payload types is followed
// in both directions: what peers that do so expect in practice.
tl::expected<runtime::MediaFormat, MediaError> accept_answer(MediaSession& session, std::string_view answer,
                                                             const OfferAnswerOptions& options = {});

// Our description as it was made last, with the address and port that the session has now: for a peer that has not been sent
// any. Of a session that has a description.
std::string describe_again(MediaSession& session, const OfferAnswerOptions& options = {});

// The peer refused our offer (488, 491 …): what was agreed before goes on (RFC 3261 §14.1).
void withdraw_offer(MediaSession& session);

}  // namespace pledge::signalling
