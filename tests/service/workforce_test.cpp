// Planning over gRPC: prepared on the loop, computed elsewhere, bounded, given up when nobody waits.
#include <catch2/catch.hpp>
#include <stdexcept>

#include "engine.hpp"
#include "pledge/v1/workforce.grpc.pb.h"
#include "service/workforce_port.hpp"

using namespace pledge;
using namespace pledge::service::test;
using service::Stop;
using service::Work;

namespace {

// Work that the test writes, and the threads that it was prepared and done on.
class Planner final : public service::WorkforcePort {
 public:
  Work<v1::GetForecastResponse> forecast(const v1::GetForecastRequest&) override { return {}; }
  Work<v1::GetStaffingResponse> staffing(const v1::GetStaffingRequest&) override { return {}; }
  Work<v1::GetAdherenceResponse> adherence(const v1::GetAdherenceRequest& request) override {
    return [name = request.handlers(0)](v1::GetAdherenceResponse&, const Stop&) {
      if (name == "broken") throw std::length_error("too long");
      return grpc::Status{grpc::StatusCode::FAILED_PRECONDITION, "no roster for " + name};
    };
  }
  Work<v1::GetIntradayResponse> intraday(const v1::GetIntradayRequest& request) override {
    prepared_on = std::this_thread::get_id();
    ++prepared;
    return [this, days = request.days()](v1::GetIntradayResponse& to, const Stop& stop) {
      done_on = std::this_thread::get_id();
      begun.set_value();
      if (days == forever)
        while (!stop()) std::this_thread::yield();
      to.add_remarks(std::to_string(days) + " days");
      gave_up = stop();
      ended.set_value();
      begun = {};
      ended = {};
      return grpc::Status::OK;
    };
  }
  Work<v1::SimulateResponse> simulate(const v1::SimulateRequest&) override { return {}; }
  Work<v1::GetWhatIfResponse> what_if(const v1::GetWhatIfRequest&) override { return {}; }
  Work<v1::GetRosterResponse> roster(const v1::GetRosterRequest&) override { return {}; }
  Work<v1::CheckRosterChangeResponse> roster_change(const v1::CheckRosterChangeRequest&) override { return {}; }
  static constexpr std::uint32_t forever = 1000;
  std::thread::id prepared_on, done_on;
  std::atomic<int> prepared{0};
  std::promise<void> begun, ended;
  std::atomic<bool> gave_up{false};
};

struct Centre {
  Planner planner;
  Engine engine{small_room(), quick(), {}, {}, &planner};
  std::unique_ptr<v1::WorkforceService::Stub> stub = v1::WorkforceService::NewStub(engine.channel);

  struct Asked {
    grpc::ClientContext context;
    v1::GetIntradayResponse response;
    std::future<grpc::Status> status;
  };
  std::unique_ptr<Asked> ask_for(std::uint32_t days, std::chrono::milliseconds within = 20s) {
    auto asked = std::make_unique<Asked>();
    asked->context.set_deadline(std::chrono::system_clock::now() + within);
    asked->status = std::async(std::launch::async, [this, days, one = asked.get()] {
      v1::GetIntradayRequest request;
      request.set_days(days);
      return stub->GetIntraday(&one->context, request, &one->response);
    });
    return asked;
  }
};

}  // namespace

TEST_CASE("a plan is prepared on the loop and computed on another thread") {
  Centre centre;
  const auto loop = centre.engine.on_loop([] { return std::this_thread::get_id(); });
  const auto asked = centre.ask_for(7);
  REQUIRE(asked->status.get().ok());
  CHECK(asked->response.remarks(0) == "7 days");
  CHECK(centre.planner.prepared_on == loop);
  CHECK(centre.planner.done_on != loop);
}

TEST_CASE("a refusal of the planner reaches the client") {
  Centre centre;
  v1::GetAdherenceRequest request;
  request.add_handlers("h1");
  v1::GetAdherenceResponse response;
  grpc::ClientContext context;
  const auto status = centre.stub->GetAdherence(&context, request, &response);
  CHECK(status.error_code() == grpc::StatusCode::FAILED_PRECONDITION);
  CHECK(status.error_message() == "no roster for h1");
}

TEST_CASE("a plan that fails ends its own call, and the next is computed") {
  Centre centre;
  v1::GetAdherenceRequest request;
  request.add_handlers("broken");
  v1::GetAdherenceResponse response;
  grpc::ClientContext context;
  const auto status = centre.stub->GetAdherence(&context, request, &response);
  CHECK(status.error_code() == grpc::StatusCode::INTERNAL);
  CHECK(reason(status) == "PLANNING_FAILED");
  CHECK(centre.ask_for(7)->status.get().ok());
}

TEST_CASE("without a planner a plan is refused with what to do") {
  Engine engine;
  const auto stub = v1::WorkforceService::NewStub(engine.channel);
  grpc::ClientContext context;
  v1::GetIntradayResponse response;
  const auto status = stub->GetIntraday(&context, {}, &response);
  CHECK(status.error_code() == grpc::StatusCode::FAILED_PRECONDITION);
  CHECK(reason(status) == "NO_WORKFORCE");
}

TEST_CASE("while one plan is computed one may wait, a further one is refused, and the loop serves on") {
  Centre centre;
  auto begun = centre.planner.begun.get_future();
  const auto first = centre.ask_for(Planner::forever);
  begun.wait();
  const auto second = centre.ask_for(Planner::forever);
  while (centre.planner.prepared < 2) std::this_thread::yield();
  centre.engine.on_loop([] {});  // what was prepared waits by now
  const auto third = centre.ask_for(Planner::forever);
  const auto refused = third->status.get();
  CHECK(refused.error_code() == grpc::StatusCode::RESOURCE_EXHAUSTED);
  CHECK(reason(refused) == "TOO_MANY_JOBS");
  centre.engine.sign_on("h1");
  first->context.TryCancel();
  second->context.TryCancel();
}

TEST_CASE("who goes away, and whose deadline passes, stops the computation") {
  Centre centre;
  auto begun = centre.planner.begun.get_future(), ended = centre.planner.ended.get_future();
  const auto gone = centre.ask_for(Planner::forever);
  begun.wait();
  gone->context.TryCancel();
  CHECK(gone->status.get().error_code() == grpc::StatusCode::CANCELLED);
  REQUIRE(ended.wait_for(10s) == std::future_status::ready);
  CHECK(centre.planner.gave_up);
  const auto late = centre.ask_for(Planner::forever, 300ms);
  CHECK(late->status.get().error_code() == grpc::StatusCode::DEADLINE_EXCEEDED);
  const auto next = centre.ask_for(3);  // the thread is free again
  CHECK(next->status.get().ok());
}

TEST_CASE("the engine stops while a plan is computed") {
  std::unique_ptr<Centre::Asked> asked;
  {
    Centre centre;
    auto begun = centre.planner.begun.get_future();
    asked = centre.ask_for(Planner::forever);
    begun.wait();
    centre.engine.on_loop([&] { centre.engine.service.stop(); });
    CHECK(!asked->status.get().ok());
  }
}
