#pragma once
// The SIP messages of calls, kept with the history of the call and bounded with it. Private to the service; used on the
// loop only.
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/text_map.hpp"
#include "core/types.hpp"
#include "runtime/sip_trace.hpp"

namespace pledge::service {

// What is kept of one message, in as few bytes as will do: it is told to hardly anybody. Its words are its leg's.
struct WireMessage {
  core::Time at;
  std::uint64_t identity = 0;
  runtime::WireAddress peer;
  std::uint32_t status = 0, cseq = 0;
  std::uint32_t words = 0;                               // where they begin: method, text and body, one after the other
  std::uint8_t method_size = 0, text_size = 0, body_size = 0;
  bool sent = false;
  bool again = false;  // it was on this leg before
};

struct WireCall;

// One SIP dialog: a leg of a call, or an attempt to make one.
struct WireLeg {
  std::string call_id;  // the beginning of a very long one
  std::string party;    // empty: the caller; else the handler or the outside number
  std::vector<WireMessage> messages;  // in order
  std::string words;                  // of all messages, as the peers wrote them
  WireCall* call = nullptr;           // that keeps it; none yet, or never

  std::string method(const WireMessage& message) const;
  std::string text(const WireMessage& message) const;
  std::string body(const WireMessage& message) const;
};

// Nothing in it that a terminal or the wire format would stumble over.
std::string printable(std::string_view text);

// All legs of one call. Stays where it is.
struct WireCall {
  std::vector<std::shared_ptr<WireLeg>> legs;  // in the order of their beginnings
  std::size_t messages = 0;                    // of all of them
  bool cut = false;                            // some beyond the bound were left out
};

class WireLog {
 public:
  // So many messages are kept of one call.
  explicit WireLog(std::size_t most) : most_(most) {}

  // Messages of dialogs that do not begin with an INVITE are nobody's call, and ignored.
  void observe(const runtime::SipMessage& message);
  // The dialog that began with this Call-ID is the caller's leg of `call`.
  void arrived(WireCall& call, const std::string& call_id);
  // The leg opened by the engine as `leg` belongs to `call`.
  void rings(WireCall& call, core::LegId leg, const std::string& party);
  // Nothing more is kept for its legs, and their Call-IDs may come again. Call it before `call` goes.
  void forget(const WireCall& call);

  std::size_t dialogs() const { return by_call_id_.size(); }

 private:
  WireLeg& open(std::string_view call_id, core::LegId leg);
  void link(WireCall& call, const std::shared_ptr<WireLeg>& leg, const std::string& party);
  void drop(const std::shared_ptr<WireLeg>& leg);

  const std::size_t most_;
  core::TextMap<std::shared_ptr<WireLeg>> by_call_id_;
  // The latest to open. A leg is linked to its call within the turn of its INVITE, or never: a stranger's.
  std::deque<std::shared_ptr<WireLeg>> opened_;
  std::deque<std::pair<core::LegId, std::weak_ptr<WireLeg>>> ours_;
};

}  // namespace pledge::service
