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
  // Messages that the library could not read, but for line breaks that keep a connection or a NAT open (RFC 3261 §7.5, RFC
  // 5626 §3.5.1), which it counts among them over UDP.
  std::uint64_t malformed() const { return refused() - kept_alive_; }
  // The last of them, since this was asked before.
  std::optional<Unreadable> take_unreadable() { return std::exchange(unreadable_, std::nullopt); }

  // Around the library's own work on a message received, whole or as far as it will ever come: what may be wrong with it is
  // read before, for it is gone afterwards; the library's count says whether it was.
  struct Suspect {
    Unreadable message;
    std::uint64_t refused_before;
  };
  std::optional<Suspect> before_delivery(msg_t* message) const;
  void after_delivery(Suspect suspect);

 private:
  // The class of the request line, which finds its way back to the tap: no table of taps is needed.
  struct RequestLine {
    msg_hclass_s header_class;
    WireTap* tap;
  };
  core::LegId leg_of(const sip_t* sip) const;
  std::uint64_t refused() const;

  const runtime::Clock& clock_;
  runtime::SipTrace* trace_ = nullptr;
  nta_agent_t** agent_ = nullptr;
  RequestLine request_line_{};
  std::optional<Unreadable> unreadable_;
  std::uint64_t kept_alive_ = 0;
};

}  // namespace pledge::signalling
