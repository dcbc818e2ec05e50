#pragma once
// A leg whose INVITE we sent: to a handler's phone, or to a number by way of a trunk.
#include "sip/signalling/digest.hpp"
#include "sip/signalling/early_dialogs.hpp"
#include "sip/signalling/leg.hpp"
#include "sip/signalling/other_targets.hpp"

namespace pledge::signalling {

struct OutgoingCall {
  std::string uri;                            // Request-URI and To
  std::string from_display, from_user;        // as they are written into From
  std::optional<runtime::AudioCodec> prefer;  // codec of the leg it will be connected to
  std::uint32_t max_forwards = 70;
  std::vector<std::string> header_lines;  // "Name: value"
  Reach reach;
  core::TrunkId trunk;                           // the one dialled through, if any
  std::optional<DigestCredentials> credentials;  // of a trunk: the only peer whose 401/407 is answered
};

core::LegFailure failure_of(int status, bool made_up, bool heard);

class PhoneLeg final : public Leg {
 public:
  PhoneLeg(Shell& shell, core::LegId id, const Listener& listener, OutgoingCall call);

  // Sends the INVITE. A failure is reported as LegFailed, now or later.
  void call();

  void release(const std::string& reason) override;
  void on_response(nta_outgoing_t* request, const sip_t* sip) override;

 private:
  void peer_hung_up() override { carry_out(states_.on(PhoneInput::peer_bye)); }
  void peer_lost() override { carry_out(states_.on(PhoneInput::lost)); }
  bool established() const override { return states_.state() == PhoneState::confirmed; }
  bool owns_call_id() const override { return true; }
  void describe(LegRecord& record) const override;

  std::string credentials(const std::string& method) override { return credentials(method, dialog_.get()); }
  std::string credentials(const std::string& method, nta_leg_t* dialog);
  bool send_invite();
  std::string extra_headers() const;
  SessionTimer agreed_timer(const sip_t* sip) const;
  void on_success(const sip_t* sip);
  void on_failure(int status, const sip_t* sip);
  bool try_again(int status, const sip_t* sip);
  bool try_elsewhere(int status, const sip_t* sip);
  bool may_be_challenged() const override { return call_.credentials.has_value(); }
  bool authorise(const sip_t* sip) override;
  void acknowledge_provisional(const sip_t* sip);
  void acknowledge(const sip_t* sip);

  void carry_out(Steps steps);
  void carry_out(Step step);

  OutgoingCall call_;
  PhoneStates states_;
  OutgoingPtr invite_;
  OtherTargets others_;
  std::string target_;  // URI of the one of them that the INVITE went to; empty: the library has chosen
  EarlyDialogs early_;
  const sip_t* response_ = nullptr;  // the 2xx being handled
  std::string offer_;
  std::vector<std::string> challenges_;  // of the trunk; answered in every request from then on
  bool challenged_by_proxy_ = false;
  std::uint32_t nonce_uses_ = 0;
  std::uint32_t session_expires_ = 0;
  bool authorised_ = false, heard_ = false;
  core::LegFailure failure_ = core::LegFailure::unreachable;
  std::uint32_t failure_status_ = 0;
  std::string reason_;
};

}  // namespace pledge::signalling
