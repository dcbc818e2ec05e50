#pragma once
// The services as gRPC sees them: each call checks what can be checked without the engine's state and posts the
// rest into the loop. Private to the service.
#include "pledge/v1/console.grpc.pb.h"
#include "pledge/v1/location.grpc.pb.h"
#include "pledge/v1/operations.grpc.pb.h"
#include "pledge/v1/recording.grpc.pb.h"
#include "pledge/v1/statistics.grpc.pb.h"
#include "pledge/v1/supervision.grpc.pb.h"
#include "service/hub.hpp"
#include "service/recording_archive.hpp"

namespace pledge::service {

using Context = grpc::CallbackServerContext*;
using Reply = grpc::ServerUnaryReactor*;
using Writer = grpc::ServerWriteReactor<grpc::ByteBuffer>*;

class ConsoleService final
    : public v1::ConsoleService::WithRawCallbackMethod_WatchConsole<v1::ConsoleService::CallbackService> {
 public:
  explicit ConsoleService(std::shared_ptr<Front> front) : front_(std::move(front)) {}
  Writer WatchConsole(Context context, const grpc::ByteBuffer* request) override;
  Reply SignOn(Context, const v1::SignOnRequest*, v1::SignOnResponse*) override;
  Reply SignOff(Context, const v1::SignOffRequest*, v1::SignOffResponse*) override;
  Reply Ready(Context, const v1::ReadyRequest*, v1::ReadyResponse*) override;
  Reply NotReady(Context, const v1::NotReadyRequest*, v1::NotReadyResponse*) override;
  Reply Accept(Context, const v1::AcceptRequest*, v1::AcceptResponse*) override;
  Reply Decline(Context, const v1::DeclineRequest*, v1::DeclineResponse*) override;
  Reply Release(Context, const v1::ReleaseRequest*, v1::ReleaseResponse*) override;
  Reply FinishWrapUp(Context, const v1::FinishWrapUpRequest*, v1::FinishWrapUpResponse*) override;
  Reply ExtendWrapUp(Context, const v1::ExtendWrapUpRequest*, v1::ExtendWrapUpResponse*) override;
  // call_control_service.cpp
  Reply Hold(Context, const v1::HoldRequest*, v1::HoldResponse*) override;
  Reply Mute(Context, const v1::MuteRequest*, v1::MuteResponse*) override;
  Reply Consult(Context, const v1::ConsultRequest*, v1::ConsultResponse*) override;
  Reply Transfer(Context, const v1::TransferRequest*, v1::TransferResponse*) override;
  Reply Join(Context, const v1::JoinRequest*, v1::JoinResponse*) override;
  Reply Drop(Context, const v1::DropRequest*, v1::DropResponse*) override;
  Reply Monitor(Context, const v1::MonitorRequest*, v1::MonitorResponse*) override;
  Reply CallOut(Context, const v1::CallOutRequest*, v1::CallOutResponse*) override;
  Reply CloseRingBack(Context, const v1::CloseRingBackRequest*, v1::CloseRingBackResponse*) override;
  Reply NotReached(Context, const v1::NotReachedRequest*, v1::NotReachedResponse*) override;
  Reply MarkWrongUse(Context, const v1::MarkWrongUseRequest*, v1::MarkWrongUseResponse*) override;
  Reply AskForKeys(Context, const v1::AskForKeysRequest*, v1::AskForKeysResponse*) override;
  Reply HandedOver(Context, const v1::HandedOverRequest*, v1::HandedOverResponse*) override;

 private:
  template <class Request, class Response, class Make>
  Reply change(Context context, const Request* request, Response* response, Make make);
  std::shared_ptr<Front> front_;
};

// On a console the handler is the actor unless another is named.
template <class Request, class Response, class Make>
Reply ConsoleService::change(Context context, const Request* request, Response* response, Make make) {
  return front_->unary(context, request, response, [make](Hub& hub, const Request& r, const Answer<Response>& answer) {
    const auto& actor = r.mutation().actor().empty() ? r.handler() : r.mutation().actor();
    hub.requests.submit(
        r.mutation(), actor, fingerprint(r), [&](core::Request q) { return make(r, std::move(q)); },
        with_version(answer));
  });
}

class SupervisionService final
    : public v1::SupervisionService::WithRawCallbackMethod_Watch<v1::SupervisionService::CallbackService> {
 public:
  SupervisionService(std::shared_ptr<Front> front, std::shared_ptr<Broadcaster> broadcaster)
      : front_(std::move(front)), broadcaster_(std::move(broadcaster)) {}
  Writer Watch(Context context, const grpc::ByteBuffer* request) override;
  Reply ListContacts(Context, const v1::ListContactsRequest*, v1::ListContactsResponse*) override;
  Reply ListHandlers(Context, const v1::ListHandlersRequest*, v1::ListHandlersResponse*) override;
  Reply ListQueues(Context, const v1::ListQueuesRequest*, v1::ListQueuesResponse*) override;
  Reply Reprioritise(Context, const v1::ReprioritiseRequest*, v1::ReprioritiseResponse*) override;
  Reply Move(Context, const v1::MoveRequest*, v1::MoveResponse*) override;
  Reply Withdraw(Context, const v1::WithdrawRequest*, v1::WithdrawResponse*) override;
  Reply AssignHandler(Context, const v1::AssignHandlerRequest*, v1::AssignHandlerResponse*) override;
  Reply SignOffHandler(Context, const v1::SignOffHandlerRequest*, v1::SignOffHandlerResponse*) override;

 private:
  template <class Request, class Response, class Make>
  Reply change(Context context, const Request* request, Response* response, Make make);
  std::shared_ptr<Front> front_;
  std::shared_ptr<Broadcaster> broadcaster_;
};

class StatisticsService final : public v1::StatisticsService::CallbackService {
 public:
  explicit StatisticsService(std::shared_ptr<Front> front) : front_(std::move(front)) {}
  Reply GetQueueStatistics(Context, const v1::GetQueueStatisticsRequest*, v1::GetQueueStatisticsResponse*) override;
  Reply ListEndedCalls(Context, const v1::ListEndedCallsRequest*, v1::ListEndedCallsResponse*) override;

 private:
  std::shared_ptr<Front> front_;
};

class OperationsService final : public v1::OperationsService::CallbackService {
 public:
  // `reader` is used on the loop; without one no call is imagined.
  OperationsService(std::shared_ptr<Front> front, const runtime::CallReader* reader) : front_(std::move(front)), reader_(reader) {}
  Reply Check(Context, const v1::CheckRequest*, v1::CheckResponse*) override;
  Reply Diff(Context, const v1::DiffRequest*, v1::DiffResponse*) override;
  Reply Reload(Context, const v1::ReloadRequest*, v1::ReloadResponse*) override;
  Reply Explain(Context, const v1::ExplainRequest*, v1::ExplainResponse*) override;
  Reply GetContactTrace(Context, const v1::GetContactTraceRequest*, v1::GetContactTraceResponse*) override;
  Reply SetServiceState(Context, const v1::SetServiceStateRequest*, v1::SetServiceStateResponse*) override;
  Reply Drain(Context, const v1::DrainRequest*, v1::DrainResponse*) override;
  Reply Shutdown(Context, const v1::ShutdownRequest*, v1::ShutdownResponse*) override;

 private:
  std::shared_ptr<Front> front_;
  const runtime::CallReader* reader_;
};

class RecordingService final : public v1::RecordingService::CallbackService {
 public:
  // Without an archive nothing can be listed or heard.
  RecordingService(std::shared_ptr<Front> front, std::shared_ptr<RecordingArchive> archive)
      : front_(std::move(front)), archive_(std::move(archive)) {}
  Reply PauseRecording(Context, const v1::PauseRecordingRequest*, v1::PauseRecordingResponse*) override;
  Reply ResumeRecording(Context, const v1::ResumeRecordingRequest*, v1::ResumeRecordingResponse*) override;
  Reply ListRecordings(Context, const v1::ListRecordingsRequest*, v1::ListRecordingsResponse*) override;
  grpc::ServerWriteReactor<v1::HearRecordingResponse>* HearRecording(Context, const v1::HearRecordingRequest*) override;

 private:
  std::shared_ptr<Front> front_;
  std::shared_ptr<RecordingArchive> archive_;
};

class LocationService final : public v1::LocationService::CallbackService {
 public:
  // `reader` is used on the loop; without one no location is taken.
  LocationService(std::shared_ptr<Front> front, const runtime::LocationReader* reader) : front_(std::move(front)), reader_(reader) {}
  Reply Report(Context, const v1::ReportRequest*, v1::ReportResponse*) override;

 private:
  std::shared_ptr<Front> front_;
  const runtime::LocationReader* reader_;
};

// The request of a raw stream. False: it does not parse.
template <class Request>
bool parse(const grpc::ByteBuffer& bytes, Request& request) {
  auto copy = bytes;  // gRPC's parser takes the buffer apart
  return grpc::SerializationTraits<Request>::Deserialize(&copy, &request).ok();
}

}  // namespace pledge::service
