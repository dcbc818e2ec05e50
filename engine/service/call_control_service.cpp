#include "service/services.hpp"

namespace pledge::service {

namespace {
core::CallTarget target_of(const v1::CallTarget& to) { return {{to.handler()}, {to.queue()}, to.number()}; }
}  // namespace

Reply ConsoleService::Hold(Context context, const v1::HoldRequest* request, v1::HoldResponse* response) {
  return change(context, request, response, [](const v1::HoldRequest& r, core::Request q) {
    return core::HoldCall{std::move(q), {r.handler()}, {r.contact()}, r.on()};
  });
}

Reply ConsoleService::Mute(Context context, const v1::MuteRequest* request, v1::MuteResponse* response) {
  return change(context, request, response, [](const v1::MuteRequest& r, core::Request q) {
    return core::MuteCall{std::move(q), {r.handler()}, {r.contact()}, r.on()};
  });
}

Reply ConsoleService::Consult(Context context, const v1::ConsultRequest* request, v1::ConsultResponse* response) {
  return change(context, request, response, [](const v1::ConsultRequest& r, core::Request q) {
    return core::ConsultCall{std::move(q), {r.handler()}, {r.contact()}, target_of(r.to())};
  });
}

Reply ConsoleService::Transfer(Context context, const v1::TransferRequest* request, v1::TransferResponse* response) {
  return change(context, request, response, [](const v1::TransferRequest& r, core::Request q) {
    return core::TransferCall{std::move(q), {r.handler()}, {r.contact()}, target_of(r.to())};
  });
}

Reply ConsoleService::Join(Context context, const v1::JoinRequest* request, v1::JoinResponse* response) {
  return change(context, request, response, [](const v1::JoinRequest& r, core::Request q) {
    return core::JoinCall{std::move(q), {r.handler()}, {r.contact()}};
  });
}

Reply ConsoleService::Drop(Context context, const v1::DropRequest* request, v1::DropResponse* response) {
  return change(context, request, response, [](const v1::DropRequest& r, core::Request q) {
    return core::DropParty{std::move(q), {r.handler()}, {r.contact()}, {r.leg()}};
  });
}

Reply ConsoleService::Monitor(Context context, const v1::MonitorRequest* request, v1::MonitorResponse* response) {
  return change(context, request, response, [](const v1::MonitorRequest& r, core::Request q) {
    return core::MonitorCall{std::move(q), {r.handler()}, {r.contact()}, monitor_of(r.mode()), r.reason()};
  });
}

Reply ConsoleService::CallOut(Context context, const v1::CallOutRequest* request, v1::CallOutResponse* response) {
  return change(context, request, response, [](const v1::CallOutRequest& r, core::Request q) {
    return core::CallOut{std::move(q), {r.handler()}, r.number()};
  });
}

Reply ConsoleService::CloseRingBack(Context context, const v1::CloseRingBackRequest* request, v1::CloseRingBackResponse* response) {
  return change(context, request, response, [](const v1::CloseRingBackRequest& r, core::Request q) {
    return core::CloseTask{std::move(q), {r.contact()}, r.reason()};
  });
}

Reply ConsoleService::NotReached(Context context, const v1::NotReachedRequest* request, v1::NotReachedResponse* response) {
  return change(context, request, response, [](const v1::NotReachedRequest& r, core::Request q) {
    return core::NotReached{std::move(q), {r.handler()}, {r.contact()}};
  });
}

Reply ConsoleService::MarkWrongUse(Context context, const v1::MarkWrongUseRequest* request, v1::MarkWrongUseResponse* response) {
  return change(context, request, response, [](const v1::MarkWrongUseRequest& r, core::Request q) {
    return core::MarkWrongUse{std::move(q), {r.handler()}, {r.contact()}};
  });
}

Reply ConsoleService::AskForKeys(Context context, const v1::AskForKeysRequest* request, v1::AskForKeysResponse* response) {
  return change(context, request, response, [](const v1::AskForKeysRequest& r, core::Request q) {
    return core::AskForKeys{std::move(q), {r.handler()}, {r.contact()}};
  });
}

Reply ConsoleService::HandedOver(Context context, const v1::HandedOverRequest* request, v1::HandedOverResponse* response) {
  return change(context, request, response, [](const v1::HandedOverRequest& r, core::Request q) {
    return core::HandedOver{std::move(q), {r.handler()}, {r.contact()}};
  });
}

}  // namespace pledge::service
