#pragma once
// The look at a raw message before the SIP library sees it. The library drops some malformed requests in silence and
// reads past the end of others; here each gets its refusal (RFC 3261 §8.2, RFC 4475), and the rest passes untouched.
//
//   const auto s = screen(raw, "UDP", options);
//   if (s.kind == MessageKind::keepalive) ...;
//   else if (!s.refusal) the stack may have it;
//   else { count, log and alarm s.refusal->reason;
//          if (s.answerable()) send refusal_text(s, source_ip, source_port, "Pledge") to reply_target(s, ...); }
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sip/signalling/message.hpp"

namespace pledge::signalling {

struct ScreenOptions {
  std::size_t bytes = 65'536;      // of a message; larger: 513 (RFC 3261 §21.5.7)
  std::size_t header_lines = 256;  // trunks send 20 to 40; the limit bounds the work on hostile ones
  std::size_t list_values = 64;    // looked at in one Via, Contact, Record-Route or Require
  // Methods that the engine knows; any other gets 501 with these as Allow.
  std::vector<std::string> methods{"INVITE", "ACK", "CANCEL", "BYE", "OPTIONS", "REGISTER", "UPDATE", "PRACK"};
  std::vector<std::string> supported{"100rel", "timer"};  // option tags that may be required; any other: 420
  // Bodies of INVITEs that the engine can take; any other that is not optional: 415 with these as Accept. A type that
  // ends in '/' or '.' stands for all that begin with it.
  std::vector<std::string> accepted{"application/sdp", "multipart/", "application/pidf+xml",
                                    "application/emergencycalldata."};
};

struct Refusal {
  int status = 400;
  std::string reason;                                        // reason phrase: what is wrong
  std::vector<std::pair<std::string, std::string>> headers;  // Allow, Unsupported, Accept
};

struct Screening {
  MessageKind kind = MessageKind::garbage;
  std::string method;                   // of a request
  std::optional<Via> via;               // the top one, if usable
  std::vector<std::string> more_vias;   // the others, in order, the unreadable left out
  std::string from, to, call_id, cseq;  // as sent, printable; empty if absent
  std::optional<Refusal> refusal;       // set: the stack must not see it

  // Whether the refusal can and may be sent: a request, not ACK, with a usable top Via.
  bool answerable() const;
};

// `transport`: of the socket it came from ("UDP", "TCP"); "" = do not compare with the Via (RFC 3261 §18.2.1 does not
// ask it, but the library drops what differs). A body shorter than Content-Length is a fault, so on a stream give whole
// messages; what follows a datagram's body is ignored (§18.3).
Screening screen(std::string_view raw, std::string_view transport, const ScreenOptions& options = {});

// The response, complete. The To tag depends on the request alone (RFC 3261 §8.2.7).
std::string refusal_text(const Screening& screening, std::string_view source_ip, std::uint16_t source_port,
                         std::string_view server);

// Where a response goes over UDP (RFC 3261 §18.2.2, RFC 3581 §4); on a stream: back on its connection. `maddr` is not
// followed: it would let a stranger aim our answers.
struct ReplyTarget {
  std::string ip;
  std::uint16_t port = 0;
};
ReplyTarget reply_target(const Screening& screening, std::string_view source_ip, std::uint16_t source_port);

}  // namespace pledge::signalling
