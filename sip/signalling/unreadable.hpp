#pragma once
// Messages that the library answers with 400 or drops because they cannot be read: enough of one that an operator finds who
// sends it.
#include <optional>
#include <string>

#include "runtime/sip_trace.hpp"
#include "sip/signalling/sofia.hpp"

namespace pledge::signalling {

struct Unreadable {
  static constexpr std::size_t most_shown = 60;  // bytes: with an escape for each, still a line
  runtime::WireAddress peer;
  std::optional<std::size_t> bytes;  // of it, as far as it came; not known of one with a body over a connection
  std::string why;        // "malformed From", as the 400 says if there is one
  std::string beginning;  // as it came
};

// What is wrong with a message just received, by the library's own rules (agent_recv_request() and its like in nta.c), which
// are the agent's; null: none, every field must be readable. Nothing: it can be read.
std::optional<Unreadable> unreadable(msg_t* message, nta_agent_t* agent);

// `192.0.2.1:5060/udp, 312 bytes, malformed From: "INVITE sip:999@example.com SIP/2.0\r\n"`, ASCII.
std::string to_text(const Unreadable& message);

// Whom a message came from or goes to.
runtime::WireAddress peer_of(msg_t* message);

}  // namespace pledge::signalling
