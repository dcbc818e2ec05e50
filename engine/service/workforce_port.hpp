#pragma once
// The border to what is computed for planners, implemented in the composition root over `workforce`.
#include <grpcpp/support/status.h>

#include <functional>

#include "pledge/v1/workforce.pb.h"

namespace pledge::service {

// True: nobody waits for the answer any more. Cheap; any thread.
using Stop = std::function<bool()>;

// Runs on any thread, with copies of all that it needs; asks `stop` often and gives up then, with any status.
template <class Response>
using Work = std::function<grpc::Status(Response& to, const Stop& stop)>;

// Called on the loop, and quick: copies what the work will need.
class WorkforcePort {
 public:
  virtual Work<v1::GetForecastResponse> forecast(const v1::GetForecastRequest& request) = 0;
  virtual Work<v1::GetStaffingResponse> staffing(const v1::GetStaffingRequest& request) = 0;
  virtual Work<v1::GetAdherenceResponse> adherence(const v1::GetAdherenceRequest& request) = 0;
  virtual Work<v1::GetIntradayResponse> intraday(const v1::GetIntradayRequest& request) = 0;
  virtual Work<v1::SimulateResponse> simulate(const v1::SimulateRequest& request) = 0;
  virtual Work<v1::GetWhatIfResponse> what_if(const v1::GetWhatIfRequest& request) = 0;
  virtual Work<v1::GetRosterResponse> roster(const v1::GetRosterRequest& request) = 0;
  virtual Work<v1::CheckRosterChangeResponse> roster_change(const v1::CheckRosterChangeRequest& request) = 0;

 protected:
  ~WorkforcePort() = default;
};

}  // namespace pledge::service
