// A leg's session timer (RFC 4028): refreshes that are ours, and the end of sessions that nobody refreshes.
#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

#include "sip/signalling/leg.hpp"

namespace pledge::signalling {
namespace {

// RFC 3261 §14.1: 2.1 to 4 s for the owner of the Call-ID, up to 2 s for the other, so that they do not meet again; in
// tens of milliseconds, spread over the legs.
std::chrono::milliseconds after_glare(core::LegId leg, bool owner) {
  const auto spread = std::chrono::milliseconds(10 * (leg.value * 37 % 191));
  return owner ? std::chrono::milliseconds(2'100) + spread : spread;
}

// A re-INVITE that tells of a moved endpoint is repeated when its peer is not able to take it now: the call has no sound until
// it does. 2, 4, 8 and 16 s later, or as it says.
constexpr std::uint8_t moved_told_again = 4;
constexpr std::chrono::seconds told_again_first{2}, told_again_last{32};

// RFC 3261 §21.5: 500 with Retry-After, 503, 504; the dialog goes on (RFC 5057 §5.1).
bool for_now(int status, const sip_t* sip) {
  return status == 503 || status == 504 || (status == 500 && sip && sip->sip_retry_after);
}

}  // namespace

TimerWish timer_wish(const sip_t* sip) {
  TimerWish wish;
  if (const auto* expires = sip->sip_session_expires) {
    wish.expires = static_cast<std::uint32_t>(expires->x_delta);
    if (expires->x_refresher) wish.refresher_is_uac = su_casematch(expires->x_refresher, "uac");
  }
  if (sip->sip_min_se) wish.min_se = static_cast<std::uint32_t>(sip->sip_min_se->min_delta);
  wish.supported = (sip->sip_supported && sip_has_feature(sip->sip_supported, "timer")) ||
                   (sip->sip_require && sip_has_feature(sip->sip_require, "timer"));
  return wish;
}

void Leg::start_timer(const SessionTimer& timer) {
  timer_ = timer;
  refreshed();
}

void Leg::refreshed() {
  if (timer_.refresher == Refresher::none) return shell_.deadlines.clear(id_);
  refresh_due_ = timer_.refresher == Refresher::us;
  refreshed_at_ = shell_.clock.now();
  const auto seconds = refresh_due_ ? timer_.refresh_after() : timer_.over_after();
  shell_.deadlines.set(id_, std::chrono::seconds(seconds));
}

void Leg::deadline_due() {
  if (refresh_due_) return refresh();
  spdlog::info("leg {}: nobody refreshed the session in time", id_.value);
  peer_lost();
}

void Leg::refresh() {
  if (refresh_ || !established()) return;
  send_refresh(peer_allows_update_ && !moved_);
  refresh_due_ = false;
  if (timer_.refresher == Refresher::none) return shell_.deadlines.clear(id_);  // no refresh: an endpoint that has moved
  // If that meets nobody, the session is over when its time is.
  shell_.deadlines.set(id_, std::chrono::seconds(timer_.over_after() - timer_.refresh_after()));
}

void Leg::tell_moved() {
  if (moved_ && established() && !invite_open() && !refresh_ && !reinvite_ && !session_.offer_open) send_refresh(false);
}

void Leg::send_refresh(bool by_update) {
  const auto& headers = shell_.agent.headers();
  const std::string expires = std::to_string(timer_.expires) + ";refresher=uac";
  const std::string authorization = credentials(by_update ? "UPDATE" : "INVITE");
  const std::string sdp = by_update ? std::string() : make_offer(session_);
  refresh_has_offer_ = !by_update;
  telling_moved_ = !by_update && moved_;
  refresh_.reset(nta_outgoing_tcreate(
      dialog_.get(), ResponseTarget::call, this, route(), by_update ? sip_method_update : sip_method_invite,
      by_update ? "UPDATE" : "INVITE", nullptr, TPTAG_IDENT(ident()),
      TAG_IF(connection(), NTATAG_TPORT(connection())), SIPTAG_CONTACT(listener_.contact),
      SIPTAG_SUPPORTED(headers.supported), TAG_IF(timer_.expires != 0, SIPTAG_SESSION_EXPIRES_STR(expires.c_str())),
      SIPTAG_ALLOW(headers.allow),
      TAG_IF(!authorization.empty(), SIPTAG_HEADER_STR(authorization.c_str())),
      TAG_IF(!by_update, SIPTAG_CONTENT_TYPE(headers.sdp)), TAG_IF(!by_update, SIPTAG_PAYLOAD_STR(sdp.c_str())),
      TAG_END()));
  shell_.agent.kick();
}

void Leg::on_refresh_answered(const sip_t* sip) {
  const bool invite = refresh_has_offer_;
  if (invite) {
    sip_cseq_t cseq[1];
    sip_cseq_init(cseq);
    cseq->cs_seq = sip->sip_cseq->cs_seq;
    cseq->cs_method = sip_method_ack;
    cseq->cs_method_name = "ACK";
    nta_outgoing_t* ack = nta_outgoing_tcreate(dialog_.get(), nullptr, nullptr, route(), SIP_METHOD_ACK, nullptr,
                                               SIPTAG_CSEQ(cseq), TPTAG_IDENT(ident()),
                                               TAG_IF(connection(), NTATAG_TPORT(connection())), TAG_END());
    if (ack) nta_outgoing_destroy(ack);
    if (const auto format = accept_answer(session_, session_body(sip))) use(*format);
    else withdraw_offer(session_);
  }
  refresh_.reset();
  refresh_authorised_ = false;
  if (std::exchange(telling_moved_, false)) moved_ = false;
  const auto agreed = agree_timer(timer_wish(sip), shell_.options.session_timer);
  // A 200 that says nothing of timers comes from a peer that knows none: we go on refreshing, to notice its death.
  if (agreed.refresher != Refresher::none) timer_ = agreed;
  refreshed();
  keep();
  tell_moved();
}

void Leg::refresh_in(std::chrono::milliseconds time) {
  refresh_due_ = true;
  shell_.deadlines.set(id_, time);
}

bool Leg::tell_moved_later(int status, const sip_t* sip) {
  if (!telling_moved_ || !for_now(status, sip) || moved_refused_ >= moved_told_again) return false;
  const std::chrono::seconds ours{told_again_first * (1 << moved_refused_++)};
  const auto theirs = sip && sip->sip_retry_after ? std::chrono::seconds(sip->sip_retry_after->af_delta) : ours;
  refresh_in(std::clamp(theirs, told_again_first, told_again_last));
  return true;
}

void Leg::on_refresh_refused(int status, const sip_t* sip) {
  if (refresh_has_offer_) withdraw_offer(session_);
  const bool was_update = !refresh_has_offer_;
  refresh_.reset();
  if (status == 408 || status == 481) return peer_lost();  // RFC 3261 §12.2.1.2
  if ((status == 401 || status == 407) && !std::exchange(refresh_authorised_, true) && authorise(sip))
    return send_refresh(was_update);
  if (status == 422 && sip && sip->sip_min_se) {
    timer_.expires = std::max<std::uint32_t>(timer_.expires, static_cast<std::uint32_t>(sip->sip_min_se->min_delta));
    return send_refresh(was_update);
  }
  if (was_update && (status == 405 || status == 501)) {
    peer_allows_update_ = false;
    return send_refresh(false);
  }
  if (status == 491) return refresh_in(after_glare(id_, owns_call_id()));
  if (tell_moved_later(status, sip)) return;
  if (std::exchange(telling_moved_, false)) {
    moved_ = false;
    spdlog::warn("leg {}: the peer refuses to send elsewhere ({}): it is not heard any more", id_.value, status);
  }
  refreshed();  // it is alive, and says so
  tell_moved();
}

}  // namespace pledge::signalling
