#pragma once
// A leg whose INVITE we received.
#include "sip/signalling/leg.hpp"

namespace pledge::signalling {

// What handlers' phones are shown of the caller.
struct CallerCard {
  std::string user;     // From user as sent, still escaped
  std::string display;  // From display name as sent, quotes included
  std::uint32_t max_forwards = 70;
  std::optional<std::uint32_t> max_breadth;
  std::vector<std::string> header_lines;  // Call-Info, Priority, Resource-Priority: "Name: value"
};

class CallerLeg final : public Leg, public PrackTarget {
 public:
  static constexpr char tag_prefix[] = "plg-";  // of the To tags that we give
  CallerLeg(Shell& shell, core::LegId id, nta_incoming_t* invite, const sip_t* sip, bool behind_nat);

  struct Refusal {
    int status = 488;
    std::string warning;
  };
  // Ports, and the answer to the caller's offer (or our offer, where the INVITE brings none). To be called once, first.
  std::optional<Refusal> prepare(const std::optional<std::string>& offer, const sip_t* sip);
  // Lets go of an INVITE that is refused before the leg has become a call.
  nta_incoming_t* give_up() { return invite_.release(); }

  CallerCard& card() { return card_; }
  void expect_operator() { has_operator_ = true; }  // of a hand-over trunk

  // When the core has decided about the call, so that nothing here holds up the telephone that is to ring: its record, and
  // 100, unless the INVITE has had a response already. Called within 200 ms of it (RFC 3261 §17.2.1).
  void taken_on();
  void alert() override { carry_out(states_.on(CallerInput::alert)); }
  void answer() override { carry_out(states_.on(CallerInput::answer)); }
  void refuse(int status, const std::string& reason) override;
  void release(const std::string& reason) override;
  void deadline_due() override;

  void on_ack_or_cancel(nta_incoming_t* request, const sip_t* sip) override;
  int on_prack(nta_reliable_t* response, nta_incoming_t* prack, const sip_t* sip) override;

 private:
  void peer_hung_up() override { carry_out(states_.on(CallerInput::peer_bye)); }
  void peer_lost() override { carry_out(states_.on(CallerInput::lost)); }
  bool established() const override;
  bool may_change_session() const override { return established() || (offer_sent_ && !session_.offer_open); }
  bool owns_call_id() const override { return false; }
  bool invite_open() const override { return invite_ != nullptr; }
  bool rewrite_unsent_sdp() override;
  bool has_operator() const override { return has_operator_; }
  void describe(LegRecord& record) const override;

  void carry_out(Steps steps);
  void carry_out(Step step);
  void send_alert();
  void send_answer();
  void acknowledged(const sip_t* ack);
  void take_answer(std::string_view sdp);

  CallerStates states_;
  IncomingPtr invite_;
  CallerCard card_;
  std::string peer_;  // where the INVITE came from
  std::string sdp_;  // for the 200: our answer, or our offer
  int refusal_status_ = 480;
  std::string reason_;
  bool reliable_ = false;    // provisional responses are acknowledged (RFC 3262)
  bool offer_sent_ = false;  // in a reliable 180
  bool has_operator_ = false;
};

}  // namespace pledge::signalling
