#pragma once
// A whole engine without telephones: loop, core and services on ephemeral ports, with real client stubs. Legs are
// reported by hand.
// clang-format off: Asio uses std::exchange without saying so
#include <utility>
// clang-format on
#include <grpcpp/grpcpp.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <future>
#include <mutex>
#include <thread>

#include "core/room.hpp"
#include "pledge/v1/console.grpc.pb.h"
#include "pledge/v1/location.grpc.pb.h"
#include "pledge/v1/operations.grpc.pb.h"
#include "pledge/v1/recording.grpc.pb.h"
#include "pledge/v1/statistics.grpc.pb.h"
#include "pledge/v1/supervision.grpc.pb.h"
#include "service/service.hpp"

namespace pledge::service::test {

namespace v1 = ::pledge::v1;
using namespace std::chrono_literals;
using core::test::small_room;

inline runtime::ServiceOptions quick() {
  runtime::ServiceOptions options;
  options.grpc_address = "127.0.0.1:0";
  options.http_address = "127.0.0.1:0";
  return options;
}

inline constexpr std::size_t planner_jobs = 1;  // that wait

class Engine final : public runtime::EventSink, public runtime::OperationsPort, public runtime::Clock, public runtime::LocationReader,
                     public runtime::CallReader {
 public:
  // The clock runs, unless it is to stand at `frozen` until told otherwise.
  explicit Engine(core::Options options = small_room(), runtime::ServiceOptions service_options = quick(),
                  core::Time frozen = {}, const std::string& recordings_in = {}, WorkforcePort* planner = nullptr)
      : frozen_ns(frozen.ns), service(loop, core, *this, *this, service_options, *this) {
    submit(core::Configured{std::make_shared<const core::Options>(std::move(options)), {}});
    runtime::RecordingOptions kept;
    kept.directory = recordings_in;
    if (!recordings_in.empty()) service.serve_recordings(kept);
    if (planner) service.serve_workforce(*planner, planner_jobs);
    service.take_locations(*this);
    service.imagine_calls(*this);
    const auto started = service.start();
    if (!started) throw std::runtime_error{started.error()};
    addresses = *started;
    thread_ = std::thread{[this] { loop.run(); }};
    channel =
        grpc::CreateChannel("127.0.0.1:" + std::to_string(addresses.grpc_port), grpc::InsecureChannelCredentials());
    console = v1::ConsoleService::NewStub(channel);
    supervision = v1::SupervisionService::NewStub(channel);
    statistics = v1::StatisticsService::NewStub(channel);
    operations = v1::OperationsService::NewStub(channel);
    recordings = v1::RecordingService::NewStub(channel);
    locations = v1::LocationService::NewStub(channel);
  }
  ~Engine() {
    on_loop([&] { service.stop(); });
    work_.reset();
    loop.stop();
    thread_.join();
  }

  // ---- the ports
  void submit(core::Event event) override {
    events_.push_back(std::move(event));
    if (std::exchange(busy_, true)) return;
    for (; !events_.empty(); events_.pop_front()) apply(events_.front());
    busy_ = false;
  }
  runtime::OperationResult check(const std::string& directory) override {
    return {false, {directory + "/x.toml:1:1: bad"}};
  }
  runtime::OperationResult diff(const std::string& directory) override {
    return {true, {directory + ": nothing changes"}};
  }
  runtime::OperationResult reload(const std::string& directory, const std::string& actor) override {
    reloads.push_back(actor + ": " + directory);
    if (next_options) submit(core::Configured{next_options, actor});
    return {next_options != nullptr, {"reload " + std::to_string(reloads.size())}};
  }
  void shut_down(const std::string& actor) override { shut_down_asked.set_value(actor); }
  std::string journal_folder() const override { return "/var/lib/journal of the centre"; }
  core::Time now() const override {
    if (const auto ns = frozen_ns.load(); ns != 0) return {ns};
    const auto since = std::chrono::steady_clock::now().time_since_epoch();
    return {core::test::start.ns + std::chrono::duration_cast<std::chrono::nanoseconds>(since).count()};
  }

  // Reads "Camden" as a circle in Camden; anything else cannot be read.
  Reading read_location(std::string_view document) const override {
    core::Location location;
    location.circle = document == "Camden";
    if (!location.circle) location.fault = "not readable: line 1: syntax error";
    return {{location}, location.circle ? "Camden" : ""};
  }
  std::string normal_number(std::string_view text) const override {
    return text.starts_with('0') ? "+44" + std::string(text.substr(1)) : std::string(text);
  }

  // A call by the trunk "network", which is trusted; there is no other.
  tl::expected<core::CallFacts, std::string> facts_of(const runtime::ImaginedCall& call) const override {
    if (!call.trunk.empty() && call.trunk.value != "network") return tl::unexpected("no trunk \"" + call.trunk.value + "\"");
    core::CallFacts facts;
    facts.trunk = {"network"};
    facts.trusted = true;
    facts.caller = normal_number(call.caller);
    facts.provenance = core::Provenance::asserted;
    facts.dialled = call.dialled;
    return facts;
  }

  // ---- what a test does
  void at(core::Time time) { frozen_ns = time.ns; }  // the clock stands there from now on
  template <class Work>
  auto on_loop(Work work) -> decltype(work()) {
    std::packaged_task<decltype(work())()> task{std::move(work)};
    auto result = task.get_future();
    boost::asio::post(loop, [&] { task(); });
    return result.get();
  }
  core::LegId call(const std::string& dialled, const std::string& call_id = "call-1") {
    core::CallFacts facts;
    facts.trunk = {"network"};
    facts.dialled = dialled;
    facts.caller = "+442079460001";
    facts.provenance = core::Provenance::asserted;
    facts.sip_call_id = call_id;
    facts.body_parts = {{"application/pidf+xml", "<where>", "<presence/>"}};
    return on_loop([&] {
      const core::LegId leg{next_leg_ += 2};
      submit(core::CallArrived{leg, facts});
      return leg;
    });
  }
  void tell(core::Event event) {
    on_loop([&] { submit(std::move(event)); });
  }
  core::LegId rung() {
    return on_loop([&] { return last_rung_; });
  }
  core::HandlerState state(const std::string& handler) {
    return on_loop([&] { return core.handler({handler})->now.state; });
  }
  // Waits until so many events of the type have been taken in since the engine's start.
  template <class E>
  bool heard(int times = 1) {
    std::unique_lock lock{mutex_};
    const auto index = core::Event{E{}}.index();
    return heard_changed_.wait_for(lock, 10s, [&] { return heard_[index] >= times; });
  }
  // Gives the change a request id of its own.
  template <class Request>
  static void mutate(Request& request, const std::string& actor = {}) {
    const auto unique = std::chrono::steady_clock::now().time_since_epoch().count();
    request.mutable_mutation()->set_request_id(std::to_string(unique));
    request.mutable_mutation()->set_actor(actor);
  }
  void sign_on(const std::string& handler, const std::string& session = "desk") {
    v1::SignOnRequest request;
    mutate(request);
    request.set_handler(handler);
    request.set_session(session);
    v1::SignOnResponse done;
    grpc::ClientContext context;
    const auto status = console->SignOn(&context, request, &done);
    INFO(status.error_message());
    REQUIRE(status.ok());
  }
  void staff(const std::string& handler) {
    sign_on(handler);
    v1::ReadyRequest ready;
    mutate(ready);
    ready.set_handler(handler);
    v1::ReadyResponse done;
    grpc::ClientContext context;
    REQUIRE(console->Ready(&context, ready, &done).ok());
  }

  std::atomic<std::int64_t> frozen_ns;
  boost::asio::io_context loop;
  core::Core core;
  Service service;
  Addresses addresses;
  std::shared_ptr<const core::Options> next_options;  // what a reload finds
  std::vector<std::string> reloads;                   // asked for: "actor: directory"
  std::promise<std::string> shut_down_asked;          // by whom
  std::shared_ptr<grpc::Channel> channel;
  std::unique_ptr<v1::ConsoleService::Stub> console;
  std::unique_ptr<v1::SupervisionService::Stub> supervision;
  std::unique_ptr<v1::StatisticsService::Stub> statistics;
  std::unique_ptr<v1::OperationsService::Stub> operations;
  std::unique_ptr<v1::RecordingService::Stub> recordings;
  std::unique_ptr<v1::LocationService::Stub> locations;

 private:
  void apply(const core::Event& event) {
    const auto at = now();
    const core::Actions actions = core.step(at, event);
    for (const auto& action : actions) {
      if (const auto* answer = std::get_if<core::AnswerLeg>(&action)) events_.push_back(core::AnswerSent{answer->leg});
      if (const auto* ring = std::get_if<core::RingPhone>(&action)) last_rung_ = ring->leg;
      service.observe(at, action);
    }
    const std::lock_guard lock{mutex_};
    ++heard_[event.index()];
    heard_changed_.notify_all();
  }

  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{loop.get_executor()};
  std::deque<core::Event> events_;
  bool busy_ = false;
  std::uint64_t next_leg_ = 0;
  core::LegId last_rung_;
  std::thread thread_;
  std::mutex mutex_;
  std::condition_variable heard_changed_;
  std::array<int, std::variant_size_v<core::Event>> heard_{};
};

inline std::string reason(const grpc::Status& status) {
  v1::ErrorDetail detail;
  detail.ParseFromString(status.error_details());
  return detail.reason();
}

// One unary call with a test's patience.
template <class Stub, class Request, class Response>
grpc::Status ask(const std::unique_ptr<Stub>& stub,
                 grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*), const Request& request,
                 Response* response = nullptr) {
  grpc::ClientContext context;
  Response ignored;
  return (stub.get()->*method)(&context, request, response ? response : &ignored);
}

// A stream whose messages are taken one by one.
template <class Response>
struct Watch {
  grpc::ClientContext context;
  std::unique_ptr<grpc::ClientReader<Response>> reader;
  Watch() { context.set_deadline(std::chrono::system_clock::now() + 20s); }
  ~Watch() {
    if (!reader) return;
    context.TryCancel();
    finish();
  }
  // The next message for which `wanted` is true; none before the stream's end is a failure.
  template <class Wanted>
  Response next(Wanted wanted) {
    Response response;
    while (reader->Read(&response)) {
      if (wanted(response)) return response;
    }
    FAIL("the stream ended: " << finish().error_message());
    return response;
  }
  // Reads what is left, and says how the stream ended.
  grpc::Status finish() {
    for (Response left; reader->Read(&left);) continue;
    const auto status = reader->Finish();
    reader.reset();
    return status;
  }
};

struct ConsoleWatch : Watch<v1::WatchConsoleResponse> {
  ConsoleWatch(Engine& engine, const std::string& handler, const std::string& session = "desk") {
    v1::WatchConsoleRequest request;
    request.set_handler(handler);
    request.set_session(session);
    reader = engine.console->WatchConsole(&context, request);
  }
  auto event(v1::WatchConsoleResponse::EventCase kind) {
    return next([&](const auto& response) { return response.event_case() == kind; });
  }
  auto state(v1::HandlerState state) {
    return next([&](const auto& response) { return response.has_handler() && response.handler().state() == state; });
  }
};

struct FloorWatch : Watch<v1::WatchResponse> {
  explicit FloorWatch(Engine& engine, const std::string& token = {}) {
    v1::WatchRequest request;
    request.set_resume_token(token);
    reader = engine.supervision->Watch(&context, request);
  }
  auto event(v1::WatchResponse::EventCase kind) {
    return next([&](const auto& response) { return response.event_case() == kind; });
  }
};

}  // namespace pledge::service::test
