#include "service/call_account.hpp"
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
// As one word of a shell.
std::string in_quotes(const std::string& text) {
  std::string out{"'"};
  for (const char c : text) out += c == '\'' ? std::string{"'\\''"} : std::string(1, c);
  return out + "'";
}

template <class Request>
grpc::Status unknown_contact(const Hub& hub, const std::string& command, const Request& r) {
  const auto call = r.sip_call_id().empty() ? std::to_string(r.contact()) : in_quotes(printable(r.sip_call_id()));
  return refuse(core::Refusal::unknown_contact,
                "no such call is live or among the latest that ended (service.ended_contacts); of older calls and former runs of the "
                "engine the journal tells: " + command + " " + call + " --journal " + in_quotes(hub.operations.journal_folder()));
}

runtime::ImaginedCall imagined(const v1::WhatIf& call) {
  return {call.caller(),           call.dialled(), {call.trunk()}, call.resource_priority(), call.service_urn(), call.place()};
}

void put(v1::Routing* to, const core::CallFacts& facts, const core::Routing& routing) {
  service::put(to->mutable_facts(), facts);
  to->set_grade(wire(routing.grade));
  for (const auto& label : routing.labels) to->add_labels(label);
  for (const auto& [skill, level] : routing.skills) {
    auto* needed = to->add_skills();
    needed->set_skill(skill.value);
    needed->set_level(level);
  }
  to->set_end(static_cast<v1::RoutingEnd>(static_cast<int>(routing.end) + 1));
  to->set_target(routing.target);
  to->set_status(routing.status);
}

void explain(Hub& hub, const runtime::CallReader* reader, const v1::WhatIf& call, const Answer<v1::ExplainResponse>& answer) {
  if (!reader)
    return answer.refuse(refuse(grpc::StatusCode::UNIMPLEMENTED, "NO_SIGNALLING", "this engine has no signalling that reads calls"));
  const auto facts = reader->facts_of(imagined(call));
  if (!facts) return answer.refuse(refuse(grpc::StatusCode::INVALID_ARGUMENT, "BAD_CALL", facts.error()));
  const auto at = call.has_at() ? time_of(call.at()) : hub.clock.now();
  const auto routing = hub.core.what_if(at, *facts);
  answer.with([&](v1::ExplainResponse& to) {
    for (const auto& decision : routing.decisions) service::put(to.add_decisions(), at, decision);
    for (auto& line : runtime::sentences(*facts, routing)) to.add_lines(std::move(line));
    put(to.mutable_routing(), *facts, routing);
  });
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
                         const auto reload = [&] {
                           auto result = hub.operations.reload(r.directory(), r.mutation().actor());
                           hub.check_configuration();
                           return result;
                         };
                         hub.requests.perform(r.mutation(), fingerprint(r), reload, [&](const Outcome& outcome) {
                           if (!outcome.status.ok()) return answer.refuse(outcome.status);
                           put(answer, outcome.operation);
                         });
                       });
}

Reply OperationsService::Explain(Context context, const v1::ExplainRequest* request, v1::ExplainResponse* response) {
  using Response = v1::ExplainResponse;
  return front_->unary(context, request, response,
                       [reader = reader_](Hub& hub, const v1::ExplainRequest& r, const Answer<Response>& answer) {
                         if (r.has_what_if()) return explain(hub, reader, r.what_if(), answer);
                         const auto record = find(hub, r);
                         if (!record) return answer.refuse(unknown_contact(hub, "pledge explain", r));
                         answer.with([&](Response& to) { put_explained(to, *record, hub.core.options()); });
                       });
}

Reply OperationsService::GetContactTrace(Context context, const v1::GetContactTraceRequest* request,
                                         v1::GetContactTraceResponse* response) {
  using Response = v1::GetContactTraceResponse;
  return front_->unary(context, request, response,
                       [](Hub& hub, const v1::GetContactTraceRequest& r, const Answer<Response>& answer) {
                         const auto record = find(hub, r);
                         if (!record) return answer.refuse(unknown_contact(hub, "pledge trace", r));
                         answer.with([&](Response& to) { put_traced(to, *record, hub.core.options()); });
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
                       [](Hub& hub, const v1::ShutdownRequest& r, const Answer<Response>& answer) {
                         const auto actor = r.mutation().actor();
                         bool first = false;
                         hub.requests.perform(r.mutation(), fingerprint(r), [&] { return first = true, runtime::OperationResult{}; },
                                              [&](const Outcome& outcome) {
                                                if (!outcome.status.ok()) return answer.refuse(outcome.status);
                                                answer.with([](Response&) {});
                                              });
                         if (first) hub.operations.shut_down(actor);
                       });
}

}  // namespace pledge::service
