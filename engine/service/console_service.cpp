#include "service/services.hpp"

namespace pledge::service {

Writer ConsoleService::WatchConsole(Context context, const grpc::ByteBuffer* request) {
  v1::WatchConsoleRequest r;
  const bool parsed = parse(*request, r);
  auto stream = front_->watch(context, front_->options().console_outbox, [front = front_](const auto& ended) {
    front->on_loop([ended](Hub& hub) { hub.consoles.detach(ended); });
  });
  if (!parsed || r.handler().empty() || r.session().empty()) {
    stream->end(
        refuse(grpc::StatusCode::INVALID_ARGUMENT, "SESSION_REQUIRED", "name the handler and the console's session"));
  } else if (!stream->ended()) {
    front_->on_loop([stream, r](Hub& hub) { hub.consoles.attach(stream, {r.handler()}, r.session()); });
  }
  return stream.get();
}

Reply ConsoleService::SignOn(Context context, const v1::SignOnRequest* request, v1::SignOnResponse* response) {
  return front_->unary(
      context, request, response, [](Hub& hub, const v1::SignOnRequest& r, const Answer<v1::SignOnResponse>& answer) {
        if (r.session().empty()) {
          return answer.refuse(
              refuse(grpc::StatusCode::INVALID_ARGUMENT, "SESSION_REQUIRED", "name the console's session"));
        }
        const auto& actor = r.mutation().actor().empty() ? r.handler() : r.mutation().actor();
        const auto make = [&](core::Request q) {
          return core::SignOn{std::move(q), {r.handler()}, {r.role()}, r.session(), r.takeover()};
        };
        hub.requests.submit(r.mutation(), actor, fingerprint(r), make, [&hub, r, answer](const Outcome& outcome) {
          if (outcome.status.ok()) hub.consoles.signed_on({r.handler()}, r.session());
          with_version(answer)(outcome);
        });
      });
}

Reply ConsoleService::SignOff(Context context, const v1::SignOffRequest* request, v1::SignOffResponse* response) {
  return change(context, request, response, [](const v1::SignOffRequest& r, core::Request q) {
    return core::SignOff{std::move(q), {r.handler()}, r.reason()};
  });
}

Reply ConsoleService::Ready(Context context, const v1::ReadyRequest* request, v1::ReadyResponse* response) {
  return change(context, request, response, [](const v1::ReadyRequest& r, core::Request q) {
    return core::GoReady{std::move(q), {r.handler()}};
  });
}

Reply ConsoleService::NotReady(Context context, const v1::NotReadyRequest* request, v1::NotReadyResponse* response) {
  return change(context, request, response, [](const v1::NotReadyRequest& r, core::Request q) {
    return core::GoNotReady{std::move(q), {r.handler()}, r.reason()};
  });
}

Reply ConsoleService::Accept(Context context, const v1::AcceptRequest* request, v1::AcceptResponse* response) {
  return change(context, request, response, [](const v1::AcceptRequest& r, core::Request q) {
    return core::AcceptOffer{std::move(q), {r.handler()}, {r.offer()}};
  });
}

Reply ConsoleService::Decline(Context context, const v1::DeclineRequest* request, v1::DeclineResponse* response) {
  return change(context, request, response, [](const v1::DeclineRequest& r, core::Request q) {
    return core::DeclineOffer{std::move(q), {r.handler()}, {r.offer()}};
  });
}

Reply ConsoleService::Release(Context context, const v1::ReleaseRequest* request, v1::ReleaseResponse* response) {
  return change(context, request, response, [](const v1::ReleaseRequest& r, core::Request q) {
    return core::ReleaseCall{std::move(q), {r.handler()}, {r.contact()}};
  });
}

Reply ConsoleService::FinishWrapUp(Context context, const v1::FinishWrapUpRequest* request,
                                   v1::FinishWrapUpResponse* response) {
  return change(context, request, response, [](const v1::FinishWrapUpRequest& r, core::Request q) {
    return core::FinishWrapUp{std::move(q), {r.handler()}};
  });
}

Reply ConsoleService::ExtendWrapUp(Context context, const v1::ExtendWrapUpRequest* request,
                                   v1::ExtendWrapUpResponse* response) {
  return change(context, request, response, [](const v1::ExtendWrapUpRequest& r, core::Request q) {
    return core::ExtendWrapUp{std::move(q), {r.handler()}, duration_of(r.by())};
  });
}

}  // namespace pledge::service
