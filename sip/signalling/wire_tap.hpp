#pragma once
// Shows every message that the library sends or receives, its own retransmissions and automatic answers included, to
// whoever traces calls. Costs a few hundred nanoseconds a message, and one comparison while nobody listens. Remembers the last
// one received that cannot be read.
#include <optional>
#include <utility>

#include "runtime/ports.hpp"
#include "runtime/sip_trace.hpp"
#include "sip/signalling/sofia.hpp"
#include "sip/signalling/unreadable.hpp"

namespace pledge::signalling {

class WireTap {
 public:
  explicit WireTap(const runtime::Clock& clock) : clock_(clock) {}
  WireTap(const WireTap&) = delete;
  WireTap& operator=(const WireTap&) = delete;

  // Messages of this class are seen from now on. The tap must outlive the class.
  void attach(msg_mclass_t& own, nta_agent_t*& agent);
  // Null: nobody.
  void show_to(runtime::SipTrace* trace) { trace_ = trace; }

  // The tap that a message's class is attached to, if any.
  static WireTap* of(const msg_t* message);
  void seen(msg_t* message, bool sent) const;
  // Received, whole or as far as it will ever come; the library has not acted on it yet.
  void delivered(msg_t* message);
  // The last that cannot be read, of those since this was asked before.
  std::optional<Unreadable> take_unreadable() { return std::exchange(unreadable_, std::nullopt); }

 private:
  // The class of the request line, which finds its way back to the tap: no table of taps is needed.
  struct RequestLine {
    msg_hclass_s header_class;
    WireTap* tap;
  };
  core::LegId leg_of(const sip_t* sip) const;

  const runtime::Clock& clock_;
  runtime::SipTrace* trace_ = nullptr;
  nta_agent_t** agent_ = nullptr;
  RequestLine request_line_{};
  std::optional<Unreadable> unreadable_;
};

}  // namespace pledge::signalling
