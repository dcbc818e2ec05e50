#include <algorithm>

#include "service/services.hpp"

namespace pledge::service {

namespace {

template <class Response>
void put(const Answer<Response>& answer, const runtime::OperationResult& result) {
  answer.with([&](Response& response) {
    response.set_ok(result.ok);
    for (const auto& line : result.lines) response.add_lines(line);
  });
}

grpc::Status directory_required() {
  return refuse(grpc::StatusCode::INVALID_ARGUMENT, "DIRECTORY_REQUIRED", "name the configuration's directory");
}

template <class Request>
std::shared_ptr<const ContactRecord> find(const Hub& hub, const Request& r) {
  if (!r.sip_call_id().empty()) return hub.history.find_call_id(r.sip_call_id());
  return hub.history.find({r.contact()});
}
grpc::Status unknown_contact() {
  return refuse(core::Refusal::unknown_contact,
                "no such call is live or in the engine's bounded history; replay the journal for older ones");
}

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

void explain(const ContactRecord& record, const core::Options& options, v1::ExplainResponse& to) {
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

core::CallFacts facts_of(const v1::WhatIf& call) {
  core::CallFacts facts;
  facts.caller = facts.from_user = call.caller();
  facts.provenance = call.caller().empty() ? core::Provenance::withheld
                     : call.trusted()      ? core::Provenance::asserted
                                           : core::Provenance::from;
  facts.dialled = call.dialled();
  facts.trunk = {call.trunk()};
  facts.trusted = call.trusted();
  facts.resource_priority = call.resource_priority();
  facts.service_urn = call.service_urn();
  facts.place = call.place();
  return facts;
}

}  // namespace

Reply OperationsService::Check(Context context, const v1::CheckRequest* request, v1::CheckResponse* response) {
  return front_->unary(context, request, response,
                       [](Hub& hub, const v1::CheckRequest& r, const Answer<v1::CheckResponse>& answer) {
                         if (r.directory().empty()) return answer.refuse(directory_required());
                         put(answer, hub.operations.check(r.directory()));
                       });
}

Reply OperationsService::Diff(Context context, const v1::DiffRequest* request, v1::DiffResponse* response) {
  return front_->unary(context, request, response,
                       [](Hub& hub, const v1::DiffRequest& r, const Answer<v1::DiffResponse>& answer) {
                         if (r.directory().empty()) return answer.refuse(directory_required());
                         put(answer, hub.operations.diff(r.directory()));
                       });
}

Reply OperationsService::Reload(Context context, const v1::ReloadRequest* request, v1::ReloadResponse* response) {
  return front_->unary(context, request, response,
                       [](Hub& hub, const v1::ReloadRequest& r, const Answer<v1::ReloadResponse>& answer) {
                         if (r.directory().empty()) return answer.refuse(directory_required());
                         const auto result = hub.operations.reload(r.directory());
                         hub.check_configuration();
                         put(answer, result);
                       });
}

Reply OperationsService::Explain(Context context, const v1::ExplainRequest* request, v1::ExplainResponse* response) {
  using Response = v1::ExplainResponse;
  return front_->unary(context, request, response,
                       [](Hub& hub, const v1::ExplainRequest& r, const Answer<Response>& answer) {
                         if (r.has_what_if()) {
                           const auto at = r.what_if().has_at() ? time_of(r.what_if().at()) : hub.clock.now();
                           const auto decision = hub.core.what_if(at, facts_of(r.what_if()));
                           return answer.with([&](Response& to) {
                             service::put(to.add_decisions(), at, decision);
                             to.add_lines(sentence(decision));
                           });
                         }
                         const auto record = find(hub, r);
                         if (!record) return answer.refuse(unknown_contact());
                         answer.with([&](Response& to) { explain(*record, hub.core.options(), to); });
                       });
}

Reply OperationsService::GetContactTrace(Context context, const v1::GetContactTraceRequest* request,
                                         v1::GetContactTraceResponse* response) {
  using Response = v1::GetContactTraceResponse;
  return front_->unary(context, request, response,
                       [](Hub& hub, const v1::GetContactTraceRequest& r, const Answer<Response>& answer) {
                         const auto record = find(hub, r);
                         if (!record) return answer.refuse(unknown_contact());
                         answer.with([&](Response& to) {
                           service::put(to.mutable_contact(), *record, hub.core.options(), Facts::with);
                           put_all(to, *record);
                         });
                       });
}

Reply OperationsService::SetServiceState(Context context, const v1::SetServiceStateRequest* request,
                                         v1::SetServiceStateResponse* response) {
  using Response = v1::SetServiceStateResponse;
  return front_->unary(
      context, request, response, [](Hub& hub, const v1::SetServiceStateRequest& r, const Answer<Response>& answer) {
        const auto make = [&](core::Request q) { return core::SetServiceState{std::move(q), r.state(), r.reason()}; };
        hub.requests.submit(r.mutation(), r.mutation().actor(), fingerprint(r), make,
                            [&hub, answer](const Outcome& outcome) {
                              if (!outcome.status.ok()) return answer.refuse(outcome.status);
                              answer.with([&](Response& to) {
                                to.mutable_service_state()->set_state(hub.core.service_state());
                                to.mutable_service_state()->set_draining(hub.core.draining());
                              });
                            });
      });
}

Reply OperationsService::Drain(Context context, const v1::DrainRequest* request, v1::DrainResponse* response) {
  using Response = v1::DrainResponse;
  return front_->unary(context, request, response,
                       [](Hub& hub, const v1::DrainRequest& r, const Answer<Response>& answer) {
                         const auto make = [&](core::Request q) { return core::Drain{std::move(q), !r.off()}; };
                         hub.requests.submit(r.mutation(), r.mutation().actor(), fingerprint(r), make,
                                             [&hub, answer](const Outcome& outcome) {
                                               if (!outcome.status.ok()) return answer.refuse(outcome.status);
                                               answer.with([&](Response& to) {
                                                 to.mutable_service_state()->set_state(hub.core.service_state());
                                                 to.mutable_service_state()->set_draining(hub.core.draining());
                                                 to.set_contacts_live(hub.core.contacts_live());
                                               });
                                             });
                       });
}

// Answered first: the shut-down ends this very call's connection.
Reply OperationsService::Shutdown(Context context, const v1::ShutdownRequest* request, v1::ShutdownResponse* response) {
  using Response = v1::ShutdownResponse;
  return front_->unary(context, request, response,
                       [front = front_](Hub& hub, const v1::ShutdownRequest& r, const Answer<Response>& answer) {
                         if (r.mutation().actor().empty()) {
                           return answer.refuse(refuse(grpc::StatusCode::INVALID_ARGUMENT, "ACTOR_REQUIRED",
                                                       "say who asks for the change"));
                         }
                         answer.with([](Response&) {});
                         hub.operations.shut_down();
                       });
}

}  // namespace pledge::service
