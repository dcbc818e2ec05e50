#include "sip/signalling/caller_leg.hpp"

#include <spdlog/spdlog.h>

namespace pledge::signalling {

CallerLeg::CallerLeg(Shell& shell, core::LegId id, nta_incoming_t* invite, const sip_t* sip, bool behind_nat)
    : Leg(shell, id, shell.agent.listener_of(invite)), invite_(invite) {
  dialog_.reset(nta_leg_tcreate(shell.agent.nta(), RequestTarget::call, this, SIPTAG_CALL_ID(sip->sip_call_id),
                                SIPTAG_FROM(sip->sip_to), SIPTAG_TO(sip->sip_from),
                                NTATAG_REMOTE_CSEQ(sip->sip_cseq->cs_seq), TAG_END()));
  const auto home = new_home();
  const std::string tag = tag_prefix + std::string(nta_agent_newtag(home.get(), nullptr, shell.agent.nta()));
  nta_leg_tag(dialog_.get(), tag.c_str());
  nta_leg_server_route(dialog_.get(), sip->sip_record_route, sip->sip_contact);
  nta_incoming_tag(invite, nta_leg_get_tag(dialog_.get()));
  nta_incoming_bind(invite, AckTarget::call, this);
  call_id_ = sip->sip_call_id->i_id;
  local_uri_ = url_text(sip->sip_to->a_url);
  remote_uri_ = url_text(sip->sip_from->a_url);
  invite_cseq_ = sip->sip_cseq->cs_seq;
  peer_ = shell.agent.source_of(invite).text();
  keep_reach(invite, behind_nat);
  learn_methods(sip);
  const bool required = sip->sip_require && sip_has_feature(sip->sip_require, "100rel");
  const bool supported = sip->sip_supported && sip_has_feature(sip->sip_supported, "100rel");
  reliable_ = required || (supported && shell.options.reliable == runtime::ReliableProvisional::when_supported);
}

std::optional<CallerLeg::Refusal> CallerLeg::prepare(const std::optional<std::string>& offer, const sip_t* sip) {
  const auto timer = answer_timer(timer_wish(sip), shell_.options.session_timer);
  if (timer.too_small) return Refusal{422, {}};
  timer_ = timer.timer;
  if (!open_media()) return Refusal{503, {}};
  if (!offer) {
    sdp_ = make_offer(session_);
    return std::nullopt;
  }
  const auto answer = answer_offer(session_, *offer);
  if (!answer) return Refusal{sip_status(answer.error().fault), warning(answer.error(), "pledge")};
  sdp_ = answer->sdp;
  use(answer->format);
  return std::nullopt;
}

// A caller that waits is to be answered with ports that are there.
bool CallerLeg::rewrite_unsent_sdp() {
  if (sdp_.empty() || offer_sent_) return false;
  sdp_ = describe_again(session_);
  return true;
}

void CallerLeg::taken_on() {
  if (states_.state() == CallerState::proceeding) keep();
  if (invite_ && nta_incoming_status(invite_.get()) == 0) nta_incoming_treply(invite_.get(), SIP_100_TRYING, TAG_END());
}

bool CallerLeg::established() const {
  return states_.state() == CallerState::confirmed || states_.state() == CallerState::answered;
}

void CallerLeg::refuse(int status, const std::string& reason) {
  refusal_status_ = status >= 300 && status < 700 ? status : 480;
  reason_ = reason_header(status, reason);
  carry_out(states_.on(CallerInput::refuse));
}

void CallerLeg::release(const std::string& reason) {
  refusal_status_ = 480;
  reason_ = reason_header(established() ? 200 : refusal_status_, reason);
  carry_out(states_.on(CallerInput::release));
}

void CallerLeg::carry_out(Steps steps) {
  for (const Step step : steps) carry_out(step);
}

void CallerLeg::carry_out(Step step) {
  switch (step) {
    case Step::send_alert:
      return send_alert();
    case Step::send_answer:
      return send_answer();
    case Step::send_refusal:
      shell_.count_response(refusal_status_);
      nta_incoming_treply(invite_.get(), refusal_status_, nullptr,
                          TAG_IF(!reason_.empty(), SIPTAG_REASON_STR(reason_.c_str())), TAG_END());
      break;
    case Step::send_terminated:
      shell_.count_response(487);
      nta_incoming_treply(invite_.get(), SIP_487_REQUEST_TERMINATED, TAG_END());
      break;
    case Step::send_bye:
      send_bye(reason_);
      break;
    case Step::report_hung_up:
      report(core::LegEnded{id_, core::LegEnd::hung_up});
      break;
    case Step::report_cancelled:
      report(core::LegEnded{id_, core::LegEnd::cancelled});
      break;
    case Step::report_lost:
      ++shell_.counters.legs_lost;
      report(core::LegEnded{id_, core::LegEnd::lost});
      break;
    case Step::finish:
      finish();
      break;
    default:
      break;
  }
}

// An unreliable 180 is repeated by the library each minute; a reliable one is ours to repeat.
void CallerLeg::send_alert() {
  shell_.count_response(180);
  const auto& headers = shell_.agent.headers();
  const bool offer = reliable_ && session_.offer_open && !offer_sent_;
  if (!reliable_) {
    nta_incoming_treply(invite_.get(), SIP_180_RINGING, SIPTAG_CONTACT(listener_.contact), SIPTAG_ALLOW(headers.allow),
                        TAG_END());
    return;
  }
  nta_reliable_treply(invite_.get(), PrackTarget::call, this, SIP_180_RINGING, SIPTAG_CONTACT(listener_.contact),
                      SIPTAG_ALLOW(headers.allow), TAG_IF(offer, SIPTAG_CONTENT_TYPE(headers.sdp)),
                      TAG_IF(offer, SIPTAG_PAYLOAD_STR(sdp_.c_str())), TAG_END());
  if (offer) offer_sent_ = true, keep();
  shell_.deadlines.set(id_, std::chrono::duration_cast<std::chrono::milliseconds>(shell_.options.alert_repeat));
}

void CallerLeg::deadline_due() {
  if (states_.state() == CallerState::proceeding) return alert();
  Leg::deadline_due();
}

void CallerLeg::send_answer() {
  shell_.count_response(200);
  const auto& headers = shell_.agent.headers();
  const std::string expires = timer_.header(false);
  const bool sdp = !offer_sent_;  // the offer in the 180 was answered in the PRACK
  start_timer(timer_);
  keep();
  nta_incoming_treply(invite_.get(), SIP_200_OK, SIPTAG_CONTACT(listener_.contact), SIPTAG_ALLOW(headers.allow),
                      SIPTAG_SUPPORTED(headers.supported), SIPTAG_SERVER(headers.server),
                      TAG_IF(!expires.empty(), SIPTAG_SESSION_EXPIRES_STR(expires.c_str())),
                      TAG_IF(timer_.require(), SIPTAG_REQUIRE(headers.require_timer)),
                      TAG_IF(sdp, SIPTAG_CONTENT_TYPE(headers.sdp)), TAG_IF(sdp, SIPTAG_PAYLOAD_STR(sdp_.c_str())),
                      TAG_END());
  sdp_.clear();
  sdp_.shrink_to_fit();
}

void CallerLeg::on_ack_or_cancel(nta_incoming_t* request, const sip_t* sip) {
  if (request != invite_.get()) return Leg::on_ack_or_cancel(request, sip);
  if (!sip) return carry_out(states_.on(CallerInput::unacknowledged));
  if (sip->sip_request->rq_method == sip_method_cancel) return carry_out(states_.on(CallerInput::cancelled));
  if (sip->sip_request->rq_method == sip_method_ack) acknowledged(sip);
}

void CallerLeg::acknowledged(const sip_t* ack) {
  invite_.reset();
  const bool still_wanted = states_.state() == CallerState::answered;
  const Steps steps = states_.on(CallerInput::acknowledged);
  if (still_wanted && session_.offer_open) take_answer(session_body(ack));
  if (states_.state() == CallerState::confirmed) keep();
  carry_out(steps);
  if (states_.state() == CallerState::confirmed) tell_moved();
}

// A late offer's answer that is missing or useless leaves a call without sound: it is ended (RFC 3261 §13.3.1.4).
void CallerLeg::take_answer(std::string_view sdp) {
  const auto format = accept_answer(session_, sdp);
  if (format) return use(*format);
  spdlog::warn("leg {}: the caller's answer is unusable: {}", id_.value, format.error().why);
  reason_ = reason_header(488, "no usable answer");
  carry_out(states_.on(CallerInput::lost));
}

int CallerLeg::on_prack(nta_reliable_t* response, nta_incoming_t* prack, const sip_t* sip) {
  nta_reliable_destroy(response);
  const auto sdp = sip ? session_body(sip) : std::string();
  if (!prack || sdp.empty()) return 200;
  if (session_.offer_open) {
    take_answer(sdp);
    if (states_.state() != CallerState::ended) keep();
    return 200;
  }
  const auto answer = answer_offer(session_, sdp);  // a new offer, allowed once the first is answered (RFC 3262 §5)
  if (!answer) return sip_status(answer.error().fault);
  use(answer->format);
  keep();
  return reply(prack, SIP_200_OK, SIPTAG_CONTENT_TYPE(shell_.agent.headers().sdp),
               SIPTAG_PAYLOAD_STR(answer->sdp.c_str()));
}

}  // namespace pledge::signalling
