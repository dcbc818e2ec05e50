#include "tools/load/caller_call.hpp"

#include <fmt/format.h>

namespace pledge::load {

CallerCall::CallerCall(const Place& place, CallPlan plan, std::function<void(const CallerCall&)> over)
    : place_(place), plan_(std::move(plan)), over_(std::move(over)), peer_(place.engine), resender_(place.wire) {
  const auto here = host_port(place_.wire.local());
  const auto engine = host_port(place_.engine);
  record_.index = plan_.index;
  record_.kind = plan_.kind;
  record_.from_user = plan_.from_user;
  dialog_.call_id = fmt::format("c{}.{}@{}", plan_.index, place_.wire.now().ns, here);
  record_.call_id = dialog_.call_id;
  dialog_.local = fmt::format("<sip:{}@{}>;tag=c{}", plan_.from_user, here, plan_.index);
  dialog_.target = fmt::format("sip:{}@{}", plan_.dialled, engine);
  dialog_.remote = fmt::format("<{}>", dialog_.target);
}

std::uint16_t CallerCall::audio_port() const { return stream_ ? place_.audio->port(stream_) : discard_port; }
std::string CallerCall::branch(std::string_view of) const {
  return fmt::format("c{}{}{}", plan_.index, of, record_.sent.ns);
}

void CallerCall::start() {
  if (place_.audio) stream_ = place_.audio->open();
  record_.sent = place_.wire.now();
  const auto offer = sdp(place_.wire.local(), audio_port());
  resender_.start(
      place_.engine,
      request(dialog_, place_.wire.local(), {"INVITE", branch("i"), dialog_.cseq, plan_.from_user, {}, offer}),
      Resender::give_up_after, [this] { finish(Outcome::failed, "INVITE unanswered"); });
  if (plan_.patience.count() > 0)
    patience_ = place_.wire.schedule().at(record_.sent + plan_.patience, [this] { hang_up(); });
}

void CallerCall::receive(const SipMessage& message, const Address& from) {
  if (message.request) take_request(message, from);
  else take_response(message, from);
}

void CallerCall::take_response(const SipMessage& message, const Address& from) {
  if (message.method == "BYE" && phase_ == Phase::ending && message.status >= 200) return finish(record_.outcome);
  if (message.method == "CANCEL" && phase_ == Phase::cancelling) return resender_.stop();
  if (message.method != "INVITE") return;
  if (message.status < 200) take_provisional(message.status);
  else if (message.status < 300) take_answer(message, from);
  else take_refusal(message);
}

void CallerCall::take_provisional(int status) {
  if (status > 100 && record_.ringing == core::never) record_.ringing = place_.wire.now();
  if (phase_ != Phase::calling) return;
  phase_ = Phase::proceeding;
  resender_.stop();
  if (cancel_wanted_) cancel();
}

void CallerCall::take_answer(const SipMessage& message, const Address& from) {
  if (dialog_.cseq > 1 || record_.status != 0) return acknowledge();  // the peer did not get our ACK
  resender_.stop();
  record_.status = message.status;
  dialog_.remote = message.to;
  if (!message.contact.empty()) dialog_.target = uri_in(message.contact);
  peer_ = target_of(dialog_.target, from);
  acknowledge();
  const auto crossed = phase_ == Phase::cancelling;
  if (const auto remote = audio_address(message.body); remote && stream_) place_.audio->start(stream_, *remote);
  phase_ = Phase::held;
  if (crossed && plan_.answered_at_entry) return bye(Outcome::abandoned);
  if (!plan_.answered_at_entry) connected(place_.wire.now());
  if (crossed) hang_up();  // the 200 passed our CANCEL: answered, and over
  press_next();
}

// Until a handler is there.
void CallerCall::press_next() {
  if (phase_ != Phase::held || pressed_ == plan_.keys.size() || !stream_) return;
  key_ = place_.wire.schedule().at(place_.wire.now() + plan_.key_gap, [this] {
    if (phase_ != Phase::held) return;
    place_.audio->press(stream_, static_cast<std::uint8_t>(plan_.keys[pressed_++]));
    press_next();
  });
}

void CallerCall::connected(core::Time when) {
  if (phase_ != Phase::held) return;
  place_.wire.schedule().cancel(patience_);
  record_.answered = when;
  record_.outcome = Outcome::answered;
  phase_ = Phase::talking;
  if (plan_.talk.count() > 0) talk_ = place_.wire.schedule().at(when + plan_.talk, [this] { hang_up(); });
}

void CallerCall::take_refusal(const SipMessage& message) {
  resender_.stop();
  if (!message.to.empty() && dialog_.cseq == 1) dialog_.remote = message.to;
  // Part of the INVITE's transaction: same branch, same Request-URI (RFC 3261 §17.1.1.3).
  place_.wire.send(place_.engine, request(dialog_, place_.wire.local(), {"ACK", branch("i"), 1}));
  if (phase_ == Phase::over) return;
  record_.status = message.status;
  finish(phase_ == Phase::cancelling ? Outcome::abandoned : Outcome::refused);
}

void CallerCall::take_request(const SipMessage& message, const Address& from) {
  if (message.method == "ACK") return;
  const bool offer = message.method == "INVITE" || (message.method == "UPDATE" && !message.body.empty());
  const auto answer = offer ? sdp(place_.wire.local(), audio_port()) : std::string{};
  if (const auto remote = audio_address(message.body); remote && stream_) place_.audio->start(stream_, *remote);
  const std::string_view contact = offer ? std::string_view{plan_.from_user} : std::string_view{};
  place_.wire.send(from, response(response_head(message), place_.wire.local(), {200, contact, answer}));
  if (message.method != "BYE" || phase_ == Phase::over) return;
  // In `held` no handler ever came: the engine ended the wait.
  finish(phase_ == Phase::held ? Outcome::refused : record_.outcome);
}

void CallerCall::hang_up() {
  switch (phase_) {
    case Phase::calling:
      cancel_wanted_ = true;
      break;  // CANCEL may not go before a provisional (RFC 3261 §9.1)
    case Phase::proceeding:
      cancel();
      break;
    case Phase::held:
      bye(Outcome::abandoned);
      break;
    case Phase::talking:
      bye(Outcome::answered);
      break;
    default:
      break;
  }
}

void CallerCall::cancel() {
  phase_ = Phase::cancelling;
  resender_.start(place_.engine, request(dialog_, place_.wire.local(), {"CANCEL", branch("i"), 1}), Resender::t2,
                  [this] { finish(Outcome::failed, "CANCEL unanswered"); });
}

void CallerCall::bye(Outcome outcome) {
  record_.outcome = outcome;
  record_.ended = place_.wire.now();
  phase_ = Phase::ending;
  resender_.start(peer_, request(dialog_, place_.wire.local(), {"BYE", branch("b"), ++dialog_.cseq}), Resender::t2,
                  [this] { finish(record_.outcome, "BYE unanswered"); });
}

void CallerCall::acknowledge() {
  place_.wire.send(peer_, request(dialog_, place_.wire.local(), {"ACK", branch("a"), 1}));
}

void CallerCall::finish(Outcome outcome, std::string fault) {
  if (phase_ == Phase::over) return;
  phase_ = Phase::over;
  resender_.stop();
  place_.wire.schedule().cancel(patience_);
  place_.wire.schedule().cancel(talk_);
  place_.wire.schedule().cancel(key_);
  if (stream_) record_.packets = place_.audio->close(stream_);
  stream_ = 0;
  record_.outcome = outcome;
  record_.fault = std::move(fault);
  if (record_.ended == core::never) record_.ended = place_.wire.now();
  over_(*this);
}

}  // namespace pledge::load
