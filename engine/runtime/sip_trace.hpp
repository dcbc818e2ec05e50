#pragma once
// SIP messages as they pass the wire, for people who look for a fault. Never an event: nothing is decided by them, and
// nothing of them is journalled.
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/types.hpp"

namespace pledge::runtime {

// The far end, as it comes from the system: made readable only for whoever asks for a trace.
struct WireAddress {
  std::array<std::uint8_t, 16> ip{};  // network order; IPv4 in the first four
  std::uint16_t port = 0;
  bool v6 = false, tcp = false;
};
// "192.0.2.1:5060/udp", "[2001:db8::1]:5060/tcp".
std::string to_text(const WireAddress& address);

// One message sent or received, retransmissions too. The views live as long as the call that brings them, and hold
// what a stranger wrote: of any length, in any encoding.
struct SipMessage {
  core::Time at;
  bool sent = false;             // by the engine
  WireAddress peer;
  std::string_view method;       // of a response: of the request that it answers
  std::uint32_t status = 0;      // 0: a request
  std::string_view text;         // Request-URI or reason phrase
  std::string_view call_id;
  std::uint32_t cseq = 0;
  std::uint64_t identity = 0;    // of the transaction and dialog: the same in a retransmission
  std::string_view body;         // what it is: "SDP 192.0.2.1:20000 PCMA 101"; empty: none
  bool opens_dialog = false;     // an INVITE outside of any dialog
  core::LegId leg;               // of an INVITE sent that opens one of the engine's legs; else none
};

// Implemented by engine/service, called by sip/signalling on the loop's thread. Must not block.
class SipTrace {
 public:
  virtual void observe(const SipMessage& message) = 0;

 protected:
  ~SipTrace() = default;
};

}  // namespace pledge::runtime
