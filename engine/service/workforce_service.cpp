#include "service/workforce_service.hpp"

#include <grpcpp/grpcpp.h>

#include <atomic>
#include <chrono>
#include <exception>
#include <string>

#include "service/errors.hpp"

namespace pledge::service {
namespace {

using SystemClock = std::chrono::system_clock;  // gRPC's deadlines are on it

constexpr std::chrono::seconds longest{60};  // for a call that brings no deadline

grpc::Status not_configured() {
  return refuse(grpc::StatusCode::FAILED_PRECONDITION, "NO_WORKFORCE", "this engine plans no day: name its files in [workforce]");
}
grpc::Status too_many() {
  return refuse(grpc::StatusCode::RESOURCE_EXHAUSTED, "TOO_MANY_JOBS",
                "too many calls wait for the one thread that plans: try again later, or raise [workforce] jobs");
}
grpc::Status given_up() { return {grpc::StatusCode::CANCELLED, "nobody waits for the answer any more"}; }
grpc::Status late() {
  return refuse(grpc::StatusCode::DEADLINE_EXCEEDED, "DEADLINE_EXCEEDED", "planning took longer than the call's deadline: ask for fewer days");
}

// One call. gRPC cancels it when its client is gone, its deadline has passed, or the server stops. It owns itself until gRPC is done
// with it; whoever holds it longer does so to no effect.
template <class Response>
class Planning final : public grpc::ServerUnaryReactor {
 public:
  static std::shared_ptr<Planning> open(Response* response, SystemClock::time_point deadline) {
    std::shared_ptr<Planning> call(new Planning(response, deadline));
    call->self_ = call;
    return call;
  }
  void refuse(const grpc::Status& status) {
    if (!claimed_.exchange(true)) Finish(status);
  }
  bool over() const { return claimed_.load(std::memory_order_relaxed) || SystemClock::now() >= deadline_; }
  // On the job queue's thread. What is computed goes into a response of its own: gRPC's may be gone meanwhile.
  void run(const Work<Response>& work, const JobQueue& jobs) {
    if (claimed_.load(std::memory_order_relaxed)) return;
    Response computed;
    const auto status = compute(work, computed, jobs);
    if (claimed_.exchange(true)) return;
    if (jobs.stopping()) return Finish(service::refuse(grpc::StatusCode::UNAVAILABLE, "SHUTTING_DOWN", "the engine is shutting down"));
    if (SystemClock::now() >= deadline_) return Finish(late());
    *response_ = std::move(computed);
    Finish(status);
  }
  void OnCancel() override { refuse(given_up()); }
  void OnDone() override { self_.reset(); }

 private:
  // A plan that fails costs its caller an answer, never the engine its calls.
  grpc::Status compute(const Work<Response>& work, Response& computed, const JobQueue& jobs) const try {
    return work(computed, [this, &jobs] { return over() || jobs.stopping(); });
  } catch (const std::exception& fault) {
    return service::refuse(grpc::StatusCode::INTERNAL, "PLANNING_FAILED", std::string("this plan cannot be computed: ") + fault.what());
  }

  Planning(Response* response, SystemClock::time_point deadline) : response_(response), deadline_(deadline) {}

  std::shared_ptr<Planning> self_;
  Response* response_;
  const SystemClock::time_point deadline_;
  std::atomic<bool> claimed_{false};  // it is, or is being, finished
};

}  // namespace

template <class Request, class Response>
grpc::ServerUnaryReactor* WorkforceService::compute(grpc::CallbackServerContext* context, const Request* request, Response* response,
                                                    Work<Response> (WorkforcePort::*prepare)(const Request&)) {
  const auto call = Planning<Response>::open(response, std::min(context->deadline(), SystemClock::now() + longest));
  auto* reactor = call.get();
  if (!port_) return call->refuse(not_configured()), reactor;
  front_->on_loop([call, port = port_, jobs = jobs_, prepare, r = *request](Hub&) {
    if (call->over()) return call->refuse(given_up());
    auto work = (port->*prepare)(r);
    if (!jobs->push([call, jobs = jobs.get(), work = std::move(work)] { call->run(work, *jobs); })) call->refuse(too_many());
  });
  return reactor;
}

grpc::ServerUnaryReactor* WorkforceService::GetForecast(grpc::CallbackServerContext* context, const v1::GetForecastRequest* request,
                                                        v1::GetForecastResponse* response) {
  return compute(context, request, response, &WorkforcePort::forecast);
}

grpc::ServerUnaryReactor* WorkforceService::GetStaffing(grpc::CallbackServerContext* context, const v1::GetStaffingRequest* request,
                                                        v1::GetStaffingResponse* response) {
  return compute(context, request, response, &WorkforcePort::staffing);
}

grpc::ServerUnaryReactor* WorkforceService::GetAdherence(grpc::CallbackServerContext* context, const v1::GetAdherenceRequest* request,
                                                         v1::GetAdherenceResponse* response) {
  return compute(context, request, response, &WorkforcePort::adherence);
}

grpc::ServerUnaryReactor* WorkforceService::GetIntraday(grpc::CallbackServerContext* context, const v1::GetIntradayRequest* request,
                                                        v1::GetIntradayResponse* response) {
  return compute(context, request, response, &WorkforcePort::intraday);
}

grpc::ServerUnaryReactor* WorkforceService::Simulate(grpc::CallbackServerContext* context, const v1::SimulateRequest* request,
                                                     v1::SimulateResponse* response) {
  return compute(context, request, response, &WorkforcePort::simulate);
}

grpc::ServerUnaryReactor* WorkforceService::GetWhatIf(grpc::CallbackServerContext* context, const v1::GetWhatIfRequest* request,
                                                      v1::GetWhatIfResponse* response) {
  return compute(context, request, response, &WorkforcePort::what_if);
}

grpc::ServerUnaryReactor* WorkforceService::GetRoster(grpc::CallbackServerContext* context, const v1::GetRosterRequest* request,
                                                      v1::GetRosterResponse* response) {
  return compute(context, request, response, &WorkforcePort::roster);
}

grpc::ServerUnaryReactor* WorkforceService::CheckRosterChange(grpc::CallbackServerContext* context,
                                                              const v1::CheckRosterChangeRequest* request,
                                                              v1::CheckRosterChangeResponse* response) {
  return compute(context, request, response, &WorkforcePort::roster_change);
}

}  // namespace pledge::service
