#pragma once
// What a successor of this engine needs to take a leg up again after a crash, and its text in the journal. Pure.
//
// A dialog is made again from Call-ID, URIs, tags, CSeqs, route set and target (RFC 3261 §12); the local CSeq is to be
// advanced by more than a dialog can have used since the record (1,000), as records do not follow every request. A
// caller that has not been acknowledged is answered by way of `invite_vias`, and its repeated INVITE is known by Call-ID,
// From tag and CSeq. The next offer or answer goes on from `session_version` and `lines`. What the core has of the call
// (who calls, which queue, which handler) is in the events of the same journal and not said again.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "core/types.hpp"
#include "runtime/media_port.hpp"
#include "sip/signalling/session_timer.hpp"

namespace pledge::signalling {

struct LegRecord {
  enum class Role : std::uint8_t {
    caller,  // the peer sent the INVITE
    phone    // we did
  };
  enum class State : std::uint8_t {
    early,     // no final response to the INVITE yet
    answered,  // caller: 200 sent, not acknowledged
    confirmed
  };
  Role role = Role::caller;
  State state = State::early;

  // ---- the dialog
  std::string call_id;
  std::string local_uri, local_tag;    // of From and To; without brackets
  std::string remote_uri, remote_tag;  // tag empty: phone, early
  std::uint32_t local_cseq = 0, remote_cseq = 0;  // last used; 0 = none
  std::uint32_t invite_cseq = 0;                  // of the INVITE that made the dialog
  std::string invite_branch;                      // phone, early: what a CANCEL has to repeat
  std::vector<std::string> invite_vias;           // caller, until the ACK: the Via values of a response, in order
  std::vector<std::string> routes;                // route set, in the order of our requests; "<uri>" each
  std::string target;                             // remote target URI; empty: not known yet
  std::uint32_t hops = 0;                         // caller: Max-Forwards of requests made for it

  // ---- how the peer is reached
  std::string listener;  // "udp/192.0.2.1:5060", as bound
  std::string peer;      // caller: "192.0.2.7:5060/tcp", where the INVITE came from
  std::string route;     // URI that requests are sent to instead of the target; empty: the target
  bool behind_nat = false, by_name = false;
  std::string trunk;  // phone: the trunk dialled through; its credentials are in the configuration
  bool peer_allows_update = false;

  // ---- the session
  std::string media_ip;  // as advertised
  std::uint16_t media_port = 0;
  std::uint64_t session_id = 0, session_version = 0;  // of o=
  std::vector<std::string> lines;                     // m-lines as sent last: "audio 20004 RTP/AVP 8 101"
  std::uint64_t audio_line = 0;                       // which of them carries the call
  bool offer_open = false;                            // ours is not answered
  bool offer_early = false;                           // caller: ours went out in a 180: none in the 200
  std::optional<runtime::MediaFormat> format;         // agreed last

  SessionTimer timer;
  std::uint64_t refreshed_at = 0;  // seconds since 1970: what the timer counts from; 0 = it does not run

  friend bool operator==(const LegRecord&, const LegRecord&) = default;
};

inline constexpr std::size_t leg_record_bytes = 262'144;  // of text; more is refused

// "leg 1", then one "key value" a line; what is empty or zero is left out. Control characters and '%' are escaped.
std::string encode(const LegRecord& record);
// The error says which line is wrong. Whatever decodes encodes to text that decodes to the same.
tl::expected<LegRecord, std::string> decode_leg_record(std::string_view text);

}  // namespace pledge::signalling
