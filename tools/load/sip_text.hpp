#pragma once
// A SIP message cut into the few pieces that a simulated user agent needs (RFC 3261 §7), as views into the datagram,
// and the builders of what it sends. Written for a benign peer: what it cannot read it refuses, nothing more.
#include <boost/container/static_vector.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "tools/load/wire.hpp"

namespace pledge::load {

struct SipMessage {
  bool request = false;
  std::string_view method;  // of a response: the method in its CSeq
  std::string_view uri;     // Request-URI
  int status = 0;
  boost::container::static_vector<std::string_view, 8> vias;  // whole values, top first
  std::string_view from, to, call_id, contact, cseq, authenticate, answer_mode, body;
  std::uint32_t cseq_number = 0;
};

std::optional<SipMessage> parse_sip(std::string_view datagram);

std::string_view parameter(std::string_view header, std::string_view name);  // ";tag=x" → "x"; empty if absent
std::string_view uri_in(std::string_view header);                            // "<sip:a@b>;x" → "sip:a@b"
std::string_view user_of(std::string_view uri);                              // "sip:a@b:1" → "a"
std::string_view quoted(std::string_view header, std::string_view name);     // `realm="x"` → "x"
// Where a Contact URI with a numeric host says to send; `fallback` where it does not.
Address target_of(std::string_view uri, const Address& fallback);

// One side of a dialog, as its requests carry it (RFC 3261 §12).
struct Dialog {
  std::string call_id;
  std::string local;   // From of our requests, with tag
  std::string remote;  // To of our requests, with tag once known
  std::string target;  // Request-URI: the peer's Contact
  std::uint32_t cseq = 1;
};

struct RequestText {
  std::string_view method;
  std::string_view branch;  // without the magic cookie
  std::uint32_t cseq = 1;
  std::string_view contact_user{};  // empty: no Contact
  std::string_view extra{};         // further header lines, each ended by CRLF
  std::string_view sdp{};
};
std::string request(const Dialog& dialog, const Address& local, const RequestText& text);

// The headers that every response to a request repeats, so that a later response needs only them.
std::string response_head(const SipMessage& to, std::string_view to_tag = {});
struct ResponseText {
  int status = 200;
  std::string_view contact_user{};
  std::string_view sdp{};
};
std::string response(std::string_view head, const Address& local, const ResponseText& text);

inline constexpr std::uint16_t discard_port = 9;  // RFC 863: nobody listens
// G.711 A-law and µ-law with telephone-event, 20 ms; `port`: discard_port where no packets are wanted.
std::string sdp(const Address& local, std::uint16_t port);
// The connection address and port of the first audio line; nothing when refused (port 0) or unreadable.
std::optional<Address> audio_address(std::string_view sdp);

}  // namespace pledge::load
