#pragma once
// One simulated caller: INVITE, waiting within patience, talking, BYE, with its own clock. A user agent client of
// RFC 3261 on a Wire; no socket and no clock of its own.
#include <functional>
#include <string>
#include <vector>

#include "core/options.hpp"
#include "tools/load/audio.hpp"
#include "tools/load/resender.hpp"
#include "tools/load/sip_text.hpp"

namespace pledge::load {

enum class Outcome : std::uint8_t { pending, answered, abandoned, refused, failed };
constexpr std::string_view name(Outcome o) {
  constexpr std::string_view names[] = {"pending", "answered", "abandoned", "refused", "failed"};
  return names[static_cast<std::size_t>(o)];
}

struct CallPlan {
  std::uint64_t index = 0;
  std::size_t kind = 0;  // index into CallerOptions::kinds
  std::string from_user;
  std::string dialled;
  core::Duration patience{};       // 0 = waits without limit
  core::Duration talk{};           // 0 = the far end hangs up
  bool answered_at_entry = false;  // the 200 comes before a handler does; connected() tells of the handler
  std::vector<core::Key> keys{};   // pressed in a menu, one after the other
  core::Duration key_gap{};        // from the answer to the first key, and from each to the next
};

// What the caller saw, on the caller's clock.
struct CallRecord {
  std::uint64_t index = 0;
  std::size_t kind = 0;
  std::string from_user;
  std::string call_id;                // of its INVITE: names the call towards the engine
  core::Time sent = core::never;      // first INVITE
  core::Time ringing = core::never;   // first 18x
  core::Time answered = core::never;  // 200 received (with answered_at_entry: a handler was there)
  core::Time ended = core::never;
  Outcome outcome = Outcome::pending;
  int status = 0;     // of the final response to the INVITE
  std::string fault;  // what went against the protocol, empty if nothing
  AudioPort::Counts packets;
  core::Duration wait() const { return (outcome == Outcome::answered ? answered : ended) - sent; }
};

class CallerCall {
 public:
  struct Place {
    Wire& wire;
    Address engine;
    AudioPort* audio = nullptr;  // none: SDP names the discard port
  };
  // `over` is told once; the call still answers repetitions as long as it lives.
  CallerCall(const Place& place, CallPlan plan, std::function<void(const CallerCall&)> over);

  void start();
  void receive(const SipMessage& message, const Address& from);
  void connected(core::Time when);  // answered_at_entry: a handler is on the line
  void hang_up();                   // at whatever stage the call is
  const std::string& call_id() const { return dialog_.call_id; }
  const CallRecord& record() const { return record_; }

 private:
  enum class Phase : std::uint8_t { calling, proceeding, cancelling, held, talking, ending, over };
  void take_response(const SipMessage& message, const Address& from);
  void take_provisional(int status);
  void take_answer(const SipMessage& message, const Address& from);
  void take_refusal(const SipMessage& message);
  void take_request(const SipMessage& message, const Address& from);
  void press_next();
  void cancel();
  void bye(Outcome outcome);
  void acknowledge();
  void finish(Outcome outcome, std::string fault = {});
  std::string branch(std::string_view of) const;
  std::uint16_t audio_port() const;

  Place place_;
  CallPlan plan_;
  CallRecord record_;
  std::function<void(const CallerCall&)> over_;
  Phase phase_ = Phase::calling;
  bool cancel_wanted_ = false;
  Dialog dialog_;
  Address peer_;
  AudioPort::Stream stream_ = 0;
  Resender resender_;
  std::size_t pressed_ = 0;  // of plan_.keys
  Schedule::Ticket patience_, talk_, key_;
};

}  // namespace pledge::load
