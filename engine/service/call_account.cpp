#include "service/call_account.hpp"

#include <algorithm>

namespace pledge::service {

namespace {

void put(v1::TraceStep* to, const Step& step) {
  service::put(to->mutable_time(), step.at);
  if (const auto* contact = std::get_if<ContactStep>(&step.what)) {
    to->mutable_contact()->set_state(wire(contact->state));
    to->mutable_contact()->set_end(wire(contact->end));
    to->mutable_contact()->set_queue(contact->queue.value);
    to->mutable_contact()->set_handler(contact->handler.value);
  } else if (const auto* decision = std::get_if<core::Decision>(&step.what)) {
    service::put(to->mutable_decision(), step.at, *decision);
  } else if (const auto* offer = std::get_if<OfferStep>(&step.what)) {
    to->mutable_offer()->set_id(offer->offer.value);
    to->mutable_offer()->set_handler(offer->handler.value);
    if (offer->end) to->mutable_offer()->set_end(wire(*offer->end));
  } else if (const auto* recording = std::get_if<core::RecordingChanged>(&step.what)) {
    to->mutable_recording()->set_name(recording->recording.value);
    to->mutable_recording()->set_state(wire(recording->state));
    to->mutable_recording()->set_reason(recording->reason);
    to->mutable_recording()->set_actor(recording->actor);
    to->mutable_recording()->set_text(sentence(*recording));
  } else if (const auto* note = std::get_if<core::CallNote>(&step.what)) {
    to->mutable_note()->set_text(sentence(*note));
    to->mutable_note()->set_actor(note->actor);
  }
}

void put(v1::TraceStep* to, const WireLeg& leg, const WireMessage& message) {
  service::put(to->mutable_time(), message.at);
  auto* sip = to->mutable_sip();
  sip->set_sent(message.sent);
  sip->set_party(leg.party);
  sip->set_peer(to_text(message.peer));
  sip->set_method(leg.method(message));
  sip->set_status(message.status);
  sip->set_text(leg.text(message));
  sip->set_cseq(message.cseq);
  sip->set_call_id(printable(leg.call_id));
  sip->set_again(message.again);
  sip->set_body(leg.body(message));
}

// Messages and steps in the order in which they happened: what was received comes before what followed from it, what
// was sent after what led to it.
void put_all(v1::GetContactTraceResponse& to, const ContactRecord& record) {
  struct One {
    core::Time at;
    int rank;
    const WireLeg* leg;
    const WireMessage* message;
    const Step* step;
  };
  std::vector<One> all;
  for (const auto& step : record.steps) all.push_back({step.at, 1, nullptr, nullptr, &step});
  for (const auto& leg : record.wire.legs)
    for (const auto& message : leg->messages)
      all.push_back({message.at, message.sent ? 2 : 0, leg.get(), &message, nullptr});
  std::stable_sort(all.begin(), all.end(),
                   [](const One& a, const One& b) { return std::pair{a.at, a.rank} < std::pair{b.at, b.rank}; });
  for (const auto& one : all) {
    if (one.step) put(to.add_steps(), *one.step);
    else put(to.add_steps(), *one.leg, *one.message);
  }
  to.set_cut(record.cut || record.wire.cut);
}

}  // namespace

void put_explained(v1::ExplainResponse& to, const ContactRecord& record, const core::Options& options) {
  service::put(to.mutable_contact(), record, options, Facts::with);
  for (const auto& step : record.steps) {
    if (const auto* decision = std::get_if<core::Decision>(&step.what)) {
      service::put(to.add_decisions(), step.at, *decision);
      to.add_lines(sentence(*decision));
    } else if (const auto* recording = std::get_if<core::RecordingChanged>(&step.what)) {
      to.add_lines(sentence(*recording));
    } else if (const auto* note = std::get_if<core::CallNote>(&step.what)) {
      to.add_lines(sentence(*note));
    }
  }
}

void put_traced(v1::GetContactTraceResponse& to, const ContactRecord& record, const core::Options& options) {
  service::put(to.mutable_contact(), record, options, Facts::with);
  put_all(to, record);
}

}  // namespace pledge::service
