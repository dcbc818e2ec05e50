#include "tools/load/phone_call.hpp"

#include <fmt/format.h>

namespace pledge::load {

PhoneCall::PhoneCall(const Place& place, const PhonePlan& plan, Events events)
    : place_(place), plan_(plan), events_(std::move(events)), resender_(place.wire) {}

void PhoneCall::receive(const SipMessage& message, const Address& from) {
  if (!message.request) {
    if (message.method == "BYE" && message.status >= 200 && phase_ == Phase::ending) finish();
  } else if (message.method == "INVITE") {
    if (phase_ == Phase::fresh) take_invite(message, from);
    else repeat_invite(message, from);
  } else if (message.method == "ACK") take_ack();
  else if (message.method == "CANCEL") take_cancel(message, from);
  else if (message.method == "BYE") take_bye(message, from);
  else place_.wire.send(from, response(response_head(message), place_.wire.local(), {200}));
}

void PhoneCall::take_invite(const SipMessage& message, const Address& from) {
  record_.invited = place_.wire.now();
  record_.user = user_of(message.uri);
  record_.from_user = user_of(uri_in(message.from));
  const auto tag = fmt::format("p{}", record_.invited.ns);
  invite_head_ = response_head(message, tag);
  source_ = from;
  remote_cseq_ = message.cseq_number;
  dialog_ = {std::string{message.call_id}, fmt::format("{};tag={}", message.to, tag), std::string{message.from},
             std::string{uri_in(message.contact)}, 1};
  peer_ = target_of(dialog_.target, from);
  if (plan_.final_status >= 300) return refuse(plan_.final_status);
  if (place_.audio) stream_ = place_.audio->open();
  local_sdp_ = sdp(place_.wire.local(), stream_ ? place_.audio->port(stream_) : discard_port);
  if (const auto remote = audio_address(message.body); remote && stream_) place_.audio->start(stream_, *remote);
  phase_ = Phase::ringing;
  if (plan_.answers && plan_.ring.count() == 0) return answer();
  place_.wire.send(source_, response(invite_head_, place_.wire.local(), {180, record_.user}));
  if (plan_.answers) ring_ = place_.wire.schedule().at(record_.invited + plan_.ring, [this] { answer(); });
}

// Either the engine did not get our response, or it is a re-INVITE inside the dialog.
void PhoneCall::repeat_invite(const SipMessage& message, const Address& from) {
  const auto local = place_.wire.local();
  if (message.cseq_number != remote_cseq_) {
    if (const auto remote = audio_address(message.body); remote && stream_) place_.audio->start(stream_, *remote);
    place_.wire.send(from, response(response_head(message), local, {200, record_.user, local_sdp_}));
  } else if (phase_ == Phase::ringing) {
    place_.wire.send(source_, response(invite_head_, local, {180, record_.user}));
  } else if (phase_ == Phase::answered || phase_ == Phase::refused) {
    resender_.once_more();
  }
}

void PhoneCall::answer() {
  phase_ = Phase::answered;
  record_.answered = place_.wire.now();
  resender_.start(source_, response(invite_head_, place_.wire.local(), {200, record_.user, local_sdp_}), Resender::t2,
                  [this] {
                    record_.fault = "200 without ACK";
                    bye();
                  });
  if (plan_.handling.count() > 0)
    handling_ = place_.wire.schedule().at(record_.answered + plan_.handling, [this] { hang_up(); });
  if (events_.answered) events_.answered(record_);
}

void PhoneCall::take_ack() {
  if (phase_ == Phase::answered) {
    phase_ = Phase::talking;
    resender_.stop();
  } else if (phase_ == Phase::refused) finish();
}

void PhoneCall::refuse(int status) {
  phase_ = Phase::refused;
  place_.wire.schedule().cancel(ring_);
  resender_.start(source_, response(invite_head_, place_.wire.local(), {status}), Resender::t2,
                  [this] { finish("refusal without ACK"); });
}

void PhoneCall::take_cancel(const SipMessage& message, const Address& from) {
  place_.wire.send(from, response(response_head(message, "c"), place_.wire.local(), {200}));
  if (phase_ != Phase::ringing) return;  // the 200 has crossed it: the engine will send BYE
  record_.cancelled = true;
  refuse(487);
}

void PhoneCall::take_bye(const SipMessage& message, const Address& from) {
  place_.wire.send(from, response(response_head(message), place_.wire.local(), {200}));
  finish();
}

void PhoneCall::hang_up() {
  if (phase_ == Phase::ringing) refuse(603);
  else if (phase_ == Phase::talking || phase_ == Phase::answered) bye();
}

void PhoneCall::bye() {
  record_.ended = place_.wire.now();
  phase_ = Phase::ending;
  const auto text =
      request(dialog_, place_.wire.local(), {"BYE", fmt::format("p{}", record_.ended.ns), dialog_.cseq++, {}, {}, {}});
  resender_.start(peer_, text, Resender::t2, [this] { finish("BYE unanswered"); });
}

void PhoneCall::finish(std::string fault) {
  if (phase_ == Phase::over) return;
  phase_ = Phase::over;
  resender_.stop();
  place_.wire.schedule().cancel(ring_);
  place_.wire.schedule().cancel(handling_);
  if (stream_) record_.packets = place_.audio->close(stream_);
  stream_ = 0;
  if (!fault.empty()) record_.fault = std::move(fault);
  if (record_.ended == core::never) record_.ended = place_.wire.now();
  if (events_.over) events_.over(record_);
}

}  // namespace pledge::load
