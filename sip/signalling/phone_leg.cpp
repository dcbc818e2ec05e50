#include "sip/signalling/phone_leg.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

namespace pledge::signalling {

// `made_up`: the library's own timeout or transport failure; `heard`: a provisional response had come before.
core::LegFailure failure_of(int status, bool made_up, bool heard) {
  if (made_up) return heard && status == 408 ? core::LegFailure::no_answer : core::LegFailure::unreachable;
  switch (status) {
    case 486:
    case 600:
      return core::LegFailure::busy;
    case 603:
      return core::LegFailure::declined;
    case 408:
    case 480:
    case 487:
      return core::LegFailure::no_answer;
    case 404:
    case 410:
    case 482:
    case 483:
    case 484:
    case 604:
      return core::LegFailure::unreachable;
    default:
      return status >= 500 && status < 600 ? core::LegFailure::unreachable : core::LegFailure::rejected;
  }
}

PhoneLeg::PhoneLeg(Shell& shell, core::LegId id, const Listener& listener, OutgoingCall call)
    : Leg(shell, id, listener), call_(std::move(call)) {
  reach_ = std::move(call_.reach);
  if (shell.options.session_timer.offered)
    session_expires_ = static_cast<std::uint32_t>(
        std::chrono::duration_cast<std::chrono::seconds>(shell.options.session_timer.expires).count());
}

void PhoneLeg::call() {
  if (!open_media()) {
    failure_ = core::LegFailure::no_port;
    return carry_out(states_.on(PhoneInput::failure));
  }
  offer_ = make_offer(session_, call_.prefer);
  local_uri_ = fmt::format("sip:{}@{}", call_.from_user,
                           shell_.options.domain.empty() ? listener_.host_port : shell_.options.domain);
  remote_uri_ = call_.uri;
  const std::string from =
      fmt::format("{}{}<{}>", call_.from_display, call_.from_display.empty() ? "" : " ", local_uri_);
  const std::string to = "<" + remote_uri_ + ">";
  const auto home = new_home();
  const auto* call_id = sip_call_id_create(home.get(), nullptr);
  call_id_ = call_id->i_id;
  dialog_.reset(nta_leg_tcreate(shell_.agent.nta(), RequestTarget::call, this, SIPTAG_CALL_ID(call_id),
                                SIPTAG_FROM_STR(from.c_str()), SIPTAG_TO_STR(to.c_str()), TAG_END()));
  if (dialog_) nta_leg_tag(dialog_.get(), nullptr);
  if (!dialog_ || !send_invite()) carry_out(states_.on(PhoneInput::failure));
}

bool PhoneLeg::send_invite() {
  const auto& headers = shell_.agent.headers();
  early_.clear();  // of an INVITE that was refused and is sent again
  const std::string extra = extra_headers() + credentials("INVITE");
  const std::string expires = std::to_string(session_expires_);
  sip_max_forwards_t hops[1];
  sip_max_forwards_init(hops);
  hops->mf_count = call_.max_forwards;
  const bool chosen = !target_.empty();
  auto* to = chosen ? URL_STRING_MAKE(target_.c_str()) : route();
  nta_outgoing_t* invite = nta_outgoing_tcreate(
      dialog_.get(), ResponseTarget::call, this, to, SIP_METHOD_INVITE, URL_STRING_MAKE(call_.uri.c_str()),
      TPTAG_IDENT(chosen ? nullptr : ident()), TAG_IF(connection(), NTATAG_TPORT(connection())),
      SIPTAG_MAX_FORWARDS(hops),
      SIPTAG_CONTACT(listener_.contact), SIPTAG_ALLOW(headers.allow), SIPTAG_SUPPORTED(headers.supported),
      SIPTAG_USER_AGENT(headers.user_agent), TAG_IF(session_expires_ > 0, SIPTAG_SESSION_EXPIRES_STR(expires.c_str())),
      TAG_IF(!extra.empty(), SIPTAG_HEADER_STR(extra.c_str())), SIPTAG_CONTENT_TYPE(headers.sdp),
      SIPTAG_PAYLOAD_STR(offer_.c_str()), TAG_END());
  if (!invite) spdlog::warn("leg {}: no INVITE can be made for {}", id_.value, call_.uri);
  invite_.reset(invite);
  shell_.agent.kick();
  if (!invite) return false;
  invite_cseq_ = nta_outgoing_cseq(invite);
  keep();
  return true;
}

std::string PhoneLeg::extra_headers() const {
  std::string lines;
  for (const auto& line : call_.header_lines) lines += line + "\r\n";
  return lines;
}

void PhoneLeg::release(const std::string& reason) {
  reason_ = reason_header(200, reason);
  carry_out(states_.on(PhoneInput::release));
}

void PhoneLeg::on_response(nta_outgoing_t* request, const sip_t* sip) {
  if (request != invite_.get()) return Leg::on_response(request, sip);
  const int status = sip ? sip->sip_status->st_status : 408;
  if (status < 200) {
    heard_ = true;
    if (is_reliable_provisional(sip)) acknowledge_provisional(sip);
    if (status == 180 || status == 183) carry_out(states_.on(PhoneInput::ringing));
    return;
  }
  ++shell_.counters.responses_received[static_cast<std::size_t>(std::min(status / 100, 6))];
  if (status < 300) return on_success(sip);
  on_failure(status, sip);
}

// A phone that knows no session timers is refreshed all the same: its silent death would leave its handler talking.
SessionTimer PhoneLeg::agreed_timer(const sip_t* sip) const {
  const auto agreed = agree_timer(timer_wish(sip), shell_.options.session_timer);
  if (agreed.refresher != Refresher::none || session_expires_ == 0) return agreed;
  return {Refresher::us, session_expires_, false};
}

void PhoneLeg::on_success(const sip_t* sip) {
  if (states_.state() == PhoneState::confirmed) return;  // another fork: the library has ACKed and released it
  auto early = early_.take_out(sip->sip_to->a_tag);
  if (early.dialog) dialog_ = std::move(early.dialog);
  else nta_leg_rtag(dialog_.get(), sip->sip_to->a_tag);
  const auto* contact = sip->sip_contact;
  const bool usable = contact && (contact->m_url->url_type == url_sip || contact->m_url->url_type == url_sips);
  nta_leg_client_reroute(dialog_.get(), sip->sip_record_route, usable ? contact : nullptr, 1);
  learn_methods(sip);
  const std::string sdp = session_body(sip);
  const auto format = accept_answer(session_, sdp.empty() ? early.answer : sdp);
  response_ = sip;
  if (!format) {
    spdlog::warn("leg {}: the phone's answer is unusable: {}", id_.value, format.error().why);
    failure_ = core::LegFailure::rejected;
    failure_status_ = 488;
  }
  const bool wanted = states_.state() != PhoneState::cancelling;
  const Steps steps = states_.on(format ? PhoneInput::success : PhoneInput::unusable);
  if (format && wanted) {
    use(*format);
    start_timer(agreed_timer(sip));
    keep();
  }
  carry_out(steps);
  response_ = nullptr;
  if (states_.state() == PhoneState::confirmed) tell_moved();
}

// PRACK (RFC 3262 §4). The answer in it, if any, is kept until the phone that sent it is the one that answers.
void PhoneLeg::acknowledge_provisional(const sip_t* sip) {
  const auto* early = early_.take(shell_.agent.nta(), *this, sip, session_body(sip));
  if (!early) return;
  sip_rack_t rack[1];
  sip_rack_init(rack);
  rack->ra_response = sip->sip_rseq->rs_response;
  rack->ra_cseq = sip->sip_cseq->cs_seq;
  rack->ra_method = sip_method_invite;
  rack->ra_method_name = "INVITE";
  const std::string authorization = credentials("PRACK", early->dialog.get());
  nta_outgoing_t* prack = nta_outgoing_tcreate(
      early->dialog.get(), nullptr, nullptr, route(), SIP_METHOD_PRACK, URL_STRING_MAKE(call_.uri.c_str()),
      TPTAG_IDENT(ident()), TAG_IF(connection(), NTATAG_TPORT(connection())), SIPTAG_RACK(rack),
      TAG_IF(!authorization.empty(), SIPTAG_HEADER_STR(authorization.c_str())), TAG_END());
  if (prack) nta_outgoing_destroy(prack);
  shell_.agent.kick();
}

void PhoneLeg::acknowledge(const sip_t* sip) {
  sip_cseq_t cseq[1];
  sip_cseq_init(cseq);
  cseq->cs_seq = sip->sip_cseq->cs_seq;
  cseq->cs_method = sip_method_ack;
  cseq->cs_method_name = "ACK";
  nta_outgoing_t* ack = nta_outgoing_tcreate(dialog_.get(), nullptr, nullptr, route(), SIP_METHOD_ACK, nullptr,
                                             SIPTAG_CSEQ(cseq), TPTAG_IDENT(ident()),
                                             TAG_IF(connection(), NTATAG_TPORT(connection())), TAG_END());
  if (ack) nta_outgoing_destroy(ack);  // the library repeats it for each repeated 200
  invite_.reset();
  early_.clear();
  offer_.clear();
  offer_.shrink_to_fit();
}

void PhoneLeg::on_failure(int status, const sip_t* sip) {
  const bool wanted = states_.state() != PhoneState::cancelling;
  if (wanted && try_again(status, sip)) return;
  const bool made_up = nta_sip_is_internal(sip);
  failure_ = failure_of(status, made_up, heard_);
  failure_status_ = made_up ? 0 : static_cast<std::uint32_t>(status);
  withdraw_offer(session_);
  invite_.reset();
  carry_out(states_.on(PhoneInput::failure));
}

// Once each: credentials towards a trunk that asks for them, a longer session interval.
bool PhoneLeg::try_again(int status, const sip_t* sip) {
  if ((status == 401 || status == 407) && !std::exchange(authorised_, true)) return authorise(sip) && send_invite();
  if (status == 422 && sip->sip_min_se && sip->sip_min_se->min_delta > session_expires_) {
    session_expires_ = static_cast<std::uint32_t>(sip->sip_min_se->min_delta);
    return send_invite();
  }
  return try_elsewhere(status, sip);
}

// RFC 3263 §4.3: a 503, and no answer of any kind, send the call to the next place that the peer's name stands for.
bool PhoneLeg::try_elsewhere(int status, const sip_t* sip) {
  const bool made_up = nta_sip_is_internal(sip);
  if ((made_up ? heard_ : status != 503) || route()) return false;
  const auto home = new_home();
  const auto refused_by = made_up ? std::nullopt : std::optional(shell_.agent.source_of(invite_.get()));
  auto next = others_.next(shell_.agent, url_make(home.get(), call_.uri.c_str()), refused_by);
  if (next.empty()) return false;
  spdlog::info("leg {}: {} {}; the call goes on to {}", id_.value, target_.empty() ? call_.uri : target_,
               made_up ? "cannot be reached" : "has answered 503", next);
  target_ = std::move(next);
  heard_ = authorised_ = false;
  return send_invite();
}

bool PhoneLeg::authorise(const sip_t* sip) {
  if (!call_.credentials) return false;
  challenged_by_proxy_ = sip->sip_status->st_status == 407;
  challenges_.clear();
  nonce_uses_ = 0;
  const auto* challenge = challenged_by_proxy_ ? sip->sip_proxy_authenticate : sip->sip_www_authenticate;
  for (; challenge; challenge = challenge->au_next) challenges_.push_back(auth_text(challenge));
  return !challenges_.empty();
}

// A trunk that asks once is given credentials in all that follows: a BYE it refuses would leave its side talking.
std::string PhoneLeg::credentials(const std::string& method, nta_leg_t* dialog) {
  if (!call_.credentials || challenges_.empty()) return {};
  const auto home = new_home();
  const std::vector<std::string_view> views(challenges_.begin(), challenges_.end());
  const std::string cnonce = nta_agent_newtag(home.get(), nullptr, shell_.agent.nta());
  const sip_contact_t* target = nullptr;
  nta_leg_get_route(dialog, nullptr, &target);
  const std::string uri = target ? url_text(target->m_url) : call_.uri;
  const auto answer = answer_challenge(views, *call_.credentials, method, uri, cnonce, ++nonce_uses_);
  if (!answer) return {};
  return (challenged_by_proxy_ ? "Proxy-Authorization: " : "Authorization: ") + *answer + "\r\n";
}

void PhoneLeg::carry_out(Steps steps) {
  for (const Step step : steps) carry_out(step);
}

void PhoneLeg::carry_out(Step step) {
  switch (step) {
    case Step::send_cancel:
      nta_outgoing_cancel(invite_.get());
      shell_.agent.kick();
      break;
    case Step::send_ack:
      acknowledge(response_);
      break;
    case Step::send_bye:
      send_bye(reason_);
      break;
    case Step::report_ringing:
      report(core::LegRinging{id_});
      break;
    case Step::report_answered:
      report(core::LegAnswered{id_});
      break;
    case Step::report_failed:
      ++shell_.counters.rings_failed;
      report(core::LegFailed{id_, failure_, failure_status_});
      break;
    case Step::report_hung_up:
      report(core::LegEnded{id_, core::LegEnd::hung_up});
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

}  // namespace pledge::signalling
