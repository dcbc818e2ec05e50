#include "sip/signalling/leg_states.hpp"

namespace pledge::signalling {

std::string_view name(Step step) {
  constexpr std::string_view names[] = {"send_alert",      "send_answer",   "send_refusal",   "send_terminated",
                                        "send_cancel",     "send_ack",      "send_bye",       "report_ringing",
                                        "report_answered", "report_failed", "report_hung_up", "report_cancelled",
                                        "report_lost",     "finish"};
  return names[static_cast<std::size_t>(step)];
}

// ---- caller ---------------------------------------------------------------------------------------------------------

Steps CallerStates::enter(CallerState state, Steps steps) {
  state_ = state;
  return steps;
}

Steps CallerStates::on(CallerInput input) {
  switch (state_) {
    case CallerState::proceeding:
      return proceeding(input);
    case CallerState::answered:
      return answered(input);
    case CallerState::confirmed:
      return confirmed(input);
    case CallerState::releasing:
      return releasing(input);
    case CallerState::ended:
      return {};
  }
  return {};
}

Steps CallerStates::proceeding(CallerInput input) {
  switch (input) {
    case CallerInput::alert:
      return {Step::send_alert};
    case CallerInput::answer:
      return enter(CallerState::answered, {Step::send_answer});
    case CallerInput::refuse:
    case CallerInput::release:
      return enter(CallerState::ended, {Step::send_refusal, Step::finish});
    case CallerInput::cancelled:
    case CallerInput::peer_bye:  // allowed in an early dialog (RFC 3261 §15)
      return enter(CallerState::ended, {Step::send_terminated, Step::report_cancelled, Step::finish});
    case CallerInput::unacknowledged:
    case CallerInput::lost:
      return enter(CallerState::ended, {Step::send_terminated, Step::report_lost, Step::finish});
    case CallerInput::acknowledged:
      return {};
  }
  return {};
}

Steps CallerStates::answered(CallerInput input) {
  switch (input) {
    case CallerInput::acknowledged:
      return enter(CallerState::confirmed, {});
    case CallerInput::refuse:
    case CallerInput::release:
      return enter(CallerState::releasing, {});
    case CallerInput::peer_bye:
      return enter(CallerState::ended, {Step::report_hung_up, Step::finish});
    case CallerInput::unacknowledged:
    case CallerInput::lost:
      return enter(CallerState::ended, {Step::send_bye, Step::report_lost, Step::finish});
    case CallerInput::alert:
    case CallerInput::answer:
    case CallerInput::cancelled:
      return {};  // the CANCEL crossed our 200: the caller ACKs, then sends BYE
  }
  return {};
}

Steps CallerStates::confirmed(CallerInput input) {
  switch (input) {
    case CallerInput::refuse:
    case CallerInput::release:
      return enter(CallerState::ended, {Step::send_bye, Step::finish});
    case CallerInput::peer_bye:
      return enter(CallerState::ended, {Step::report_hung_up, Step::finish});
    case CallerInput::lost:
      return enter(CallerState::ended, {Step::send_bye, Step::report_lost, Step::finish});
    default:
      return {};
  }
}

Steps CallerStates::releasing(CallerInput input) {
  switch (input) {
    case CallerInput::acknowledged:
    case CallerInput::unacknowledged:
    case CallerInput::lost:
      return enter(CallerState::ended, {Step::send_bye, Step::finish});
    case CallerInput::peer_bye:
      return enter(CallerState::ended, {Step::finish});
    default:
      return {};
  }
}

// ---- phone ----------------------------------------------------------------------------------------------------------

Steps PhoneStates::enter(PhoneState state, Steps steps) {
  state_ = state;
  return steps;
}

Steps PhoneStates::on(PhoneInput input) {
  switch (state_) {
    case PhoneState::calling:
    case PhoneState::ringing:
      return early(input);
    case PhoneState::cancelling:
      return cancelling(input);
    case PhoneState::confirmed:
      return confirmed(input);
    case PhoneState::ended:
      return {};
  }
  return {};
}

Steps PhoneStates::early(PhoneInput input) {
  switch (input) {
    case PhoneInput::ringing:
      if (state_ == PhoneState::ringing) return {};
      return enter(PhoneState::ringing, {Step::report_ringing});
    case PhoneInput::success:
      return enter(PhoneState::confirmed, {Step::send_ack, Step::report_answered});
    case PhoneInput::unusable:
      return enter(PhoneState::ended, {Step::send_ack, Step::send_bye, Step::report_failed, Step::finish});
    case PhoneInput::failure:
      return enter(PhoneState::ended, {Step::report_failed, Step::finish});
    case PhoneInput::release:
      return enter(PhoneState::cancelling, {Step::send_cancel});
    case PhoneInput::peer_bye:
    case PhoneInput::lost:  // a BYE in the early dialog: the final response to our INVITE is still to come
      return enter(PhoneState::cancelling, {Step::send_cancel, Step::report_failed});
  }
  return {};
}

Steps PhoneStates::cancelling(PhoneInput input) {
  switch (input) {
    case PhoneInput::success:
    case PhoneInput::unusable:
      return enter(PhoneState::ended, {Step::send_ack, Step::send_bye, Step::finish});
    case PhoneInput::failure:
      return enter(PhoneState::ended, {Step::finish});
    default:
      return {};
  }
}

Steps PhoneStates::confirmed(PhoneInput input) {
  switch (input) {
    case PhoneInput::release:
      return enter(PhoneState::ended, {Step::send_bye, Step::finish});
    case PhoneInput::peer_bye:
      return enter(PhoneState::ended, {Step::report_hung_up, Step::finish});
    case PhoneInput::lost:
      return enter(PhoneState::ended, {Step::send_bye, Step::report_lost, Step::finish});
    default:
      return {};
  }
}

}  // namespace pledge::signalling
