#pragma once
// The life of a leg, pure: an input gives the next state and what to do about it, in order. The shell (caller_leg,
// phone_leg) carries the steps out; tests assert the exact sequences, the crossings among them.
#include <cstdint>
#include <initializer_list>
#include <string_view>

namespace pledge::signalling {

enum class Step : std::uint8_t {
  send_alert,       // 180
  send_answer,      // 200 with SDP
  send_refusal,     // the final response asked for
  send_terminated,  // 487
  send_cancel,
  send_ack,
  send_bye,
  report_ringing,
  report_answered,
  report_failed,
  report_hung_up,
  report_cancelled,
  report_lost,
  finish  // nothing more will happen here: the leg can go
};
std::string_view name(Step step);

// At most four steps follow from one input.
class Steps {
 public:
  constexpr Steps() = default;
  constexpr Steps(std::initializer_list<Step> steps) {
    for (const Step step : steps) steps_[count_++] = step;
  }
  constexpr const Step* begin() const { return steps_; }
  constexpr const Step* end() const { return steps_ + count_; }
  constexpr bool empty() const { return count_ == 0; }

 private:
  Step steps_[4]{};
  std::uint8_t count_ = 0;
};

// A leg whose INVITE we received (RFC 3261 §13.3, §15).
enum class CallerState : std::uint8_t {
  proceeding,  // no final response yet
  answered,    // 200 sent, ACK not yet received
  confirmed,   // ACK received
  releasing,   // to be released as soon as the ACK has come: a BYE before it is forbidden (RFC 3261 §15)
  ended
};
enum class CallerInput : std::uint8_t {
  alert,
  answer,
  refuse,
  release,  // from the core
  cancelled,
  acknowledged,
  peer_bye,        // from the peer
  unacknowledged,  // timer H, or no PRACK
  lost             // session timer, or a refresh that met nobody
};
class CallerStates {
 public:
  Steps on(CallerInput input);
  CallerState state() const { return state_; }

 private:
  Steps enter(CallerState state, Steps steps);
  Steps proceeding(CallerInput input);
  Steps answered(CallerInput input);
  Steps confirmed(CallerInput input);
  Steps releasing(CallerInput input);

  CallerState state_ = CallerState::proceeding;
};

// A leg whose INVITE we sent.
enum class PhoneState : std::uint8_t {
  calling,
  ringing,
  cancelling,  // released by the core; CANCEL sent (or waiting for a provisional response to be sent), no final one yet
  confirmed,
  ended
};
enum class PhoneInput : std::uint8_t {
  release,   // from the core
  ringing,   // 180 or 183
  success,   // 2xx whose SDP we can use
  unusable,  // 2xx whose SDP we cannot use
  failure,   // any other final response, or none in time
  peer_bye,
  lost
};
class PhoneStates {
 public:
  Steps on(PhoneInput input);
  PhoneState state() const { return state_; }

 private:
  Steps enter(PhoneState state, Steps steps);
  Steps early(PhoneInput input);
  Steps cancelling(PhoneInput input);
  Steps confirmed(PhoneInput input);

  PhoneState state_ = PhoneState::calling;
};

}  // namespace pledge::signalling
