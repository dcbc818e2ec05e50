// Requests inside a leg's dialog: the engine answers re-INVITE and UPDATE itself (RFC 3261 §14, RFC 3311), the other
// leg of the call is not disturbed.
#include <spdlog/spdlog.h>

#include <utility>

#include "sip/signalling/leg.hpp"

namespace pledge::signalling {
namespace {

bool reachable_contact(const sip_t* sip) {
  for (const sip_contact_t* contact = sip->sip_contact; contact; contact = contact->m_next)
    if (contact->m_url->url_type != url_sip && contact->m_url->url_type != url_sips) return false;
  return true;
}

}  // namespace

int Leg::on_request(nta_incoming_t* request, const sip_t* sip) {
  const int result = answer_request(request, sip);
  shell_.count_response(nta_incoming_status(request));  // still there: the library frees it after this
  return result;
}

int Leg::answer_request(nta_incoming_t* request, const sip_t* sip) {
  const auto& headers = shell_.agent.headers();
  const auto method = sip->sip_request->rq_method;
  if (method != sip_method_ack && refuse_oversized(shell_, request)) return 0;
  if (method == sip_method_invite || method == sip_method_update || method == sip_method_info) look_for_operator(sip);
  switch (method) {
    case sip_method_ack:
      nta_incoming_destroy(request);
      return 0;
    case sip_method_bye:
      reply(request, SIP_200_OK);
      peer_hung_up();
      return 0;
    case sip_method_invite:
      return on_reinvite(request, sip);
    case sip_method_update:
      return on_update(request, sip);
    case sip_method_options:
      return reply(request, SIP_200_OK, SIPTAG_ALLOW(headers.allow), SIPTAG_ACCEPT(headers.accept),
                   SIPTAG_SUPPORTED(headers.supported));
    case sip_method_info:
      return reply(request, SIP_200_OK);
    case sip_method_unknown:
      return reply(request, SIP_501_NOT_IMPLEMENTED, SIPTAG_ALLOW(headers.allow));
    default:
      return reply(request, SIP_405_METHOD_NOT_ALLOWED, SIPTAG_ALLOW(headers.allow));
  }
}

// The mark counts whatever becomes of the request: the operator has left, even if the session stays as it is.
void Leg::look_for_operator(const sip_t* sip) {
  const auto& header = shell_.options.operator_left_header;
  if (!has_operator() || header.empty() || unknown_headers(sip, header).empty()) return;
  report(core::OperatorLeft{id_});
}

// Glare (RFC 3261 §14.2): 491 while a request of ours that changes the session is open, 500 while one of the peer's is.
int Leg::on_reinvite(nta_incoming_t* request, const sip_t* sip) {
  if (!established() || reinvite_) return reply(request, SIP_500_INTERNAL_SERVER_ERROR, SIPTAG_RETRY_AFTER_STR("1"));
  if (refresh_) return reply(request, SIP_491_REQUEST_PENDING);
  if (!change_session(request, sip, true)) return 0;
  reinvite_.reset(request);
  nta_incoming_bind(request, AckTarget::call, this);
  send_session_answer(request);
  return 0;
}

int Leg::on_update(nta_incoming_t* request, const sip_t* sip) {
  if (refresh_ && (refresh_has_offer_ || !payload(sip).empty())) return reply(request, SIP_491_REQUEST_PENDING);
  // An offer before ours or the peer's first one is settled (RFC 3311 §5.2).
  if ((reinvite_ || !may_change_session()) && !payload(sip).empty())
    return reply(request, SIP_500_INTERNAL_SERVER_ERROR, SIPTAG_RETRY_AFTER_STR("1"));
  if (!change_session(request, sip, false)) return 0;
  send_session_answer(request);
  nta_incoming_destroy(request);
  return 0;
}

bool Leg::change_session(nta_incoming_t* request, const sip_t* sip, bool make_offer_if_none) {
  const auto& headers = shell_.agent.headers();
  if (nta_check_required(request, sip, headers.supported, SIPTAG_ALLOW(headers.allow), TAG_END())) {
    nta_incoming_destroy(request);
    return false;
  }
  if (!reachable_contact(sip)) return reply(request, 400, "Bad Contact"), false;
  const auto answer = answer_timer(timer_wish(sip), shell_.options.session_timer);
  if (answer.too_small) {
    const std::string least =
        std::to_string(std::chrono::duration_cast<std::chrono::seconds>(shell_.options.session_timer.least).count());
    return reply(request, SIP_422_SESSION_TIMER_TOO_SMALL, SIPTAG_MIN_SE_STR(least.c_str())), false;
  }
  sdp_answer_.clear();
  if (const auto offer = session_body(sip); !offer.empty()) {
    const auto result = answer_offer(session_, offer);
    if (!result) {
      const int status = sip_status(result.error().fault);
      const std::string text = warning(result.error(), "pledge");
      return reply(request, status, nullptr, SIPTAG_WARNING_STR(text.c_str())), false;
    }
    sdp_answer_ = result->sdp;
    use(result->format);
  } else if (make_offer_if_none) {
    sdp_answer_ = make_offer(session_);
  }
  nta_leg_server_route(dialog_.get(), nullptr, sip->sip_contact);
  if (established()) start_timer(answer.timer);
  keep();
  return true;
}

void Leg::send_session_answer(nta_incoming_t* request) {
  const auto& headers = shell_.agent.headers();
  const std::string expires = established() ? timer_.header(false) : std::string();
  nta_incoming_treply(request, SIP_200_OK, SIPTAG_CONTACT(listener_.contact), SIPTAG_ALLOW(headers.allow),
                      SIPTAG_SUPPORTED(headers.supported),
                      TAG_IF(!expires.empty(), SIPTAG_SESSION_EXPIRES_STR(expires.c_str())),
                      TAG_IF(!expires.empty() && timer_.require(), SIPTAG_REQUIRE(headers.require_timer)),
                      TAG_IF(!sdp_answer_.empty(), SIPTAG_CONTENT_TYPE(headers.sdp)),
                      TAG_IF(!sdp_answer_.empty(), SIPTAG_PAYLOAD_STR(sdp_answer_.c_str())), TAG_END());
  sdp_answer_.clear();
}

void Leg::on_ack_or_cancel(nta_incoming_t* request, const sip_t* sip) {
  if (request != reinvite_.get()) return;
  if (!sip) {
    reinvite_.reset();
    peer_lost();
    return;
  }
  if (sip->sip_request->rq_method == sip_method_ack) on_reinvite_acknowledged(sip);
}

void Leg::on_reinvite_acknowledged(const sip_t* sip) {
  reinvite_.reset();
  if (!session_.offer_open) return tell_moved();
  if (const auto format = accept_answer(session_, session_body(sip))) {
    use(*format);
  } else {
    spdlog::warn("leg {}: the answer to our offer is unusable: {}", id_.value, format.error().why);
    withdraw_offer(session_);
  }
  keep();
  tell_moved();
}

void Leg::send_bye(const std::string& reason) {
  if (!dialog_) return;
  const std::string authorization = credentials("BYE");
  OutgoingPtr bye{nta_outgoing_tcreate(
      dialog_.get(), may_be_challenged() ? ResponseTarget::call : nullptr, this, route(), SIP_METHOD_BYE, nullptr,
      TPTAG_IDENT(ident()), TAG_IF(connection(), NTATAG_TPORT(connection())),
      TAG_IF(!reason.empty(), SIPTAG_REASON_STR(reason.c_str())),
      TAG_IF(!authorization.empty(), SIPTAG_HEADER_STR(authorization.c_str())), TAG_END())};
  shell_.agent.kick();
  if (!may_be_challenged()) return;
  bye_ = std::move(bye);
  bye_reason_ = reason;
}

// A BYE that a trunk refuses for want of credentials would leave its side talking.
void Leg::on_bye_answered(const sip_t* sip) {
  const int status = sip ? sip->sip_status->st_status : 408;
  if (status < 200) return;
  bye_.reset();
  const bool challenged = status == 401 || status == 407;
  if (challenged && !std::exchange(bye_authorised_, true) && authorise(sip)) send_bye(std::string(bye_reason_));
  if (!bye_) shell_.legs.dismiss(id_);
}

void Leg::on_response(nta_outgoing_t* request, const sip_t* sip) {
  if (request == bye_.get()) return on_bye_answered(sip);
  if (request != refresh_.get()) return;
  const int status = sip ? sip->sip_status->st_status : 408;
  if (status < 200) return;
  if (status < 300) return on_refresh_answered(sip);
  on_refresh_refused(status, sip);
}

}  // namespace pledge::signalling
