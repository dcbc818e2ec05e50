#pragma once
// The Workforce service as gRPC sees it: the loop copies what a call needs, the job queue's thread computes. Private to the service.
#include <memory>

#include "pledge/v1/workforce.grpc.pb.h"
#include "service/hub.hpp"
#include "service/job_queue.hpp"
#include "service/workforce_port.hpp"

namespace pledge::service {

class WorkforceService final : public v1::WorkforceService::CallbackService {
 public:
  // Without a port every call is refused. The port is used on the loop only.
  WorkforceService(std::shared_ptr<Front> front, WorkforcePort* port, std::shared_ptr<JobQueue> jobs)
      : front_(std::move(front)), port_(port), jobs_(std::move(jobs)) {}
  grpc::ServerUnaryReactor* GetForecast(grpc::CallbackServerContext*, const v1::GetForecastRequest*, v1::GetForecastResponse*) override;
  grpc::ServerUnaryReactor* GetStaffing(grpc::CallbackServerContext*, const v1::GetStaffingRequest*, v1::GetStaffingResponse*) override;
  grpc::ServerUnaryReactor* GetAdherence(grpc::CallbackServerContext*, const v1::GetAdherenceRequest*, v1::GetAdherenceResponse*) override;
  grpc::ServerUnaryReactor* GetIntraday(grpc::CallbackServerContext*, const v1::GetIntradayRequest*, v1::GetIntradayResponse*) override;
  grpc::ServerUnaryReactor* Simulate(grpc::CallbackServerContext*, const v1::SimulateRequest*, v1::SimulateResponse*) override;
  grpc::ServerUnaryReactor* GetWhatIf(grpc::CallbackServerContext*, const v1::GetWhatIfRequest*, v1::GetWhatIfResponse*) override;
  grpc::ServerUnaryReactor* GetRoster(grpc::CallbackServerContext*, const v1::GetRosterRequest*, v1::GetRosterResponse*) override;
  grpc::ServerUnaryReactor* CheckRosterChange(grpc::CallbackServerContext*, const v1::CheckRosterChangeRequest*,
                                              v1::CheckRosterChangeResponse*) override;

 private:
  template <class Request, class Response>
  grpc::ServerUnaryReactor* compute(grpc::CallbackServerContext* context, const Request* request, Response* response,
                                    Work<Response> (WorkforcePort::*prepare)(const Request&));

  std::shared_ptr<Front> front_;
  WorkforcePort* port_;
  std::shared_ptr<JobQueue> jobs_;
};

}  // namespace pledge::service
