#pragma once
// The dialogs that reliable provisional responses to one INVITE of ours begin (RFC 3262, RFC 3261 §12.1): one for each
// phone that a proxy has forked it to.
#include <cstdint>
#include <string>
#include <vector>

#include "sip/signalling/sofia.hpp"

namespace pledge::signalling {

struct EarlyDialog {
  std::string tag;         // the phone's To tag
  DialogPtr dialog;        // with the numbers that requests inside of it go on from
  std::uint32_t rseq = 0;  // of the last response acknowledged
  std::string answer;      // its SDP answer; empty: not yet
};

class EarlyDialogs {
 public:
  // Takes a reliable provisional response. The dialog in which it is to be acknowledged; null: it needs none, being a
  // repetition, out of order (RFC 3262 §4), or of one fork too many.
  EarlyDialog* take(nta_agent_t* agent, RequestTarget& target, const sip_t* response, std::string answer);
  // Its dialog becomes that of the call: taken out; a dialog of null where the phone has begun none early.
  EarlyDialog take_out(const char* tag);
  void clear() { all_.clear(); }

 private:
  std::vector<EarlyDialog> all_;
};

// Whether a response to an INVITE is to be acknowledged with PRACK.
bool is_reliable_provisional(const sip_t* response);

}  // namespace pledge::signalling
