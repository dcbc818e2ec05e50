// Statistics, operations, health, reflection and the pages over HTTP.
// clang-format off: Asio uses std::exchange without saying so
#include <utility>
// clang-format on
#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <grpcpp/generic/generic_stub.h>

#include "grpc/health/v1/health.grpc.pb.h"
#include "service/engine.hpp"

using namespace pledge::service::test;
using namespace pledge;

namespace {

using Operations = v1::OperationsService::Stub;
using Statistics = v1::StatisticsService::Stub;
namespace asio = boost::asio;

std::string http(const Engine& engine, const std::string& request) {
  asio::io_context io;
  asio::ip::tcp::socket socket{io};
  socket.connect({asio::ip::make_address("127.0.0.1"), engine.addresses.http_port});
  asio::write(socket, asio::buffer(request));
  std::string answer;
  boost::system::error_code end;
  asio::read(socket, asio::dynamic_buffer(answer), end);
  return answer;
}
std::string get(const Engine& engine, const std::string& path) {
  return http(engine, "GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
}

// One answered and completed call, one abandoned.
void two_calls(Engine& engine) {
  engine.staff("h1");
  const auto answered = engine.call("999", "answered");
  engine.tell(core::LegAnswered{engine.rung()});
  const auto abandoned = engine.call("999", "abandoned");
  engine.tell(core::LegEnded{abandoned, core::LegEnd::cancelled});
  engine.tell(core::LegEnded{answered, core::LegEnd::hung_up});
}

}  // namespace

TEST_CASE("statistics add up, name their abandonment rule, and agree with the list of ended calls") {
  Engine engine;
  two_calls(engine);
  v1::GetQueueStatisticsRequest request;
  request.set_interval(v1::INTERVAL_KIND_ROLLING_5_MINUTES);
  request.add_queues("emergency");
  request.set_rule(v1::ABANDON_RULE_COUNTS_AGAINST);
  v1::GetQueueStatisticsResponse figures;
  REQUIRE(ask(engine.statistics, &Statistics::GetQueueStatistics, request, &figures).ok());
  REQUIRE(figures.statistics_size() == 1);
  const auto& row = figures.statistics(0);
  CHECK(row.offered() == 2);
  CHECK(row.answered() == 1);
  CHECK(row.abandoned() == 1);
  CHECK(row.abandoned_short() == 1);
  CHECK(row.in_progress() == 0);
  CHECK(row.from_queue_entry().answered_within_target() == 1);
  CHECK(row.from_queue_entry().share_within_target() == Approx(0.5));
  CHECK(row.from_hand_over().under_10_s() == 1);
  CHECK(row.target_within().seconds() == 10);
  CHECK(figures.rule() == v1::ABANDON_RULE_COUNTS_AGAINST);
  CHECK_FALSE(figures.rule_text().empty());

  v1::ListEndedCallsResponse calls, none;
  REQUIRE(ask(engine.statistics, &Statistics::ListEndedCalls, v1::ListEndedCallsRequest{}, &calls).ok());
  REQUIRE(calls.calls_size() == 2);
  CHECK(calls.calls(0).facts().sip_call_id() == "abandoned");
  CHECK(calls.calls(1).end() == v1::CONTACT_END_COMPLETED);
  CHECK(calls.calls(1).has_answered());
  CHECK(calls.calls(1).has_ended());
  v1::ListEndedCallsRequest since;
  since.set_page_token(calls.next_page_token());
  REQUIRE(ask(engine.statistics, &Statistics::ListEndedCalls, since, &none).ok());
  CHECK(none.calls_size() == 0);
  CHECK_FALSE(none.gap());
}

TEST_CASE("intervals are paged; unknown queues and a missing interval are refused") {
  Engine engine;
  two_calls(engine);
  v1::GetQueueStatisticsRequest request;
  CHECK(reason(ask(engine.statistics, &Statistics::GetQueueStatistics, request)) == "INTERVAL_REQUIRED");
  request.set_interval(v1::INTERVAL_KIND_QUARTER_HOUR);
  request.set_page_size(1);
  v1::GetQueueStatisticsResponse first, second;
  REQUIRE(ask(engine.statistics, &Statistics::GetQueueStatistics, request, &first).ok());
  REQUIRE(first.statistics_size() == 1);
  CHECK(first.statistics(0).queue() == "emergency");
  CHECK(first.statistics(0).provisional());
  CHECK(first.rule() == v1::ABANDON_RULE_SHORT_EXCLUDED);
  request.set_page_token(first.next_page_token());
  REQUIRE(ask(engine.statistics, &Statistics::GetQueueStatistics, request, &second).ok());
  CHECK(second.statistics(0).queue() == "general");
  request.clear_page_token();
  request.add_queues("none");
  CHECK(ask(engine.statistics, &Statistics::GetQueueStatistics, request).error_code() == grpc::StatusCode::NOT_FOUND);
}

TEST_CASE("the history of ended calls is bounded, and says when calls are missing") {
  auto options = quick();
  options.ended_contacts = 1;
  Engine engine{small_room(), options};
  two_calls(engine);
  v1::ListEndedCallsRequest from_first;
  from_first.set_page_token("0");
  v1::ListEndedCallsResponse calls;
  REQUIRE(ask(engine.statistics, &Statistics::ListEndedCalls, from_first, &calls).ok());
  CHECK(calls.gap());
  CHECK(calls.calls_size() == 1);
}

TEST_CASE("a past call is explained and traced; an unknown one is refused") {
  Engine engine;
  two_calls(engine);
  v1::ExplainRequest explain;
  explain.set_sip_call_id("answered");
  v1::ExplainResponse explained;
  REQUIRE(ask(engine.operations, &Operations::Explain, explain, &explained).ok());
  REQUIRE(explained.decisions_size() >= 2);
  CHECK(explained.decisions(0).kind() == v1::DECISION_KIND_TRIAGED);
  CHECK(explained.lines_size() == explained.decisions_size());
  CHECK(explained.contact().state() == v1::CONTACT_STATE_ENDED);

  v1::GetContactTraceRequest trace;
  trace.set_contact(explained.contact().id());
  v1::GetContactTraceResponse traced;
  REQUIRE(ask(engine.operations, &Operations::GetContactTrace, trace, &traced).ok());
  CHECK(traced.steps_size() > explained.decisions_size());
  const auto before = [](const auto& a, const auto& b) {
    return std::pair{a.time().seconds(), a.time().nanos()} < std::pair{b.time().seconds(), b.time().nanos()};
  };
  CHECK(std::is_sorted(traced.steps().begin(), traced.steps().end(), before));

  explain.set_contact(424'242);
  CHECK(reason(ask(engine.operations, &Operations::Explain, explain)) == "UNKNOWN_CONTACT");
}

TEST_CASE("a call that did not happen is routed on paper") {
  auto room = small_room();
  room.triage[0].grade = core::Grade::immediate;
  room.triage[0].labels = {"marked"};
  room.triage[0].skills = {{{"welsh"}, 2}};
  Engine engine{room};
  v1::ExplainRequest explain;
  explain.mutable_what_if()->set_dialled("999");
  explain.mutable_what_if()->set_caller("02079460002");
  v1::ExplainResponse explained;
  REQUIRE(ask(engine.operations, &Operations::Explain, explain, &explained).ok());
  REQUIRE(explained.decisions_size() == 1);
  CHECK(explained.decisions(0).queue() == "emergency");
  CHECK(explained.decisions(0).rule() == "999");
  const auto& routing = explained.routing();
  CHECK(routing.facts().caller() == "+442079460002");
  CHECK(routing.grade() == v1::GRADE_IMMEDIATE);
  CHECK(std::vector<std::string>(routing.labels().begin(), routing.labels().end()) == std::vector<std::string>{"marked"});
  REQUIRE(routing.skills_size() == 1);
  CHECK(routing.skills(0).level() == 2);
  CHECK(routing.end() == v1::ROUTING_END_WAITS);
  CHECK(routing.target() == "emergency");
  CHECK(std::vector<std::string>(explained.lines().begin(), explained.lines().end()) ==
        std::vector<std::string>{"a call from +442079460002 (asserted) to 999, from no place that is known, by trunk network, which is trusted",
                                 "triaged by rule 999 to queue emergency",
                                 "grade: I; labels: marked; skills beyond the queue's: welsh (level 2)",
                                 "now in queue emergency: 0 calls ahead of it; nobody who can serve it is signed on"});
  CHECK(engine.on_loop([&] { return engine.core.contacts_live(); }) == 0);
  explain.mutable_what_if()->set_trunk("netwrok");
  CHECK(reason(ask(engine.operations, &Operations::Explain, explain)) == "BAD_CALL");
}

TEST_CASE("what cannot be told of a call any more is told by a command that the refusal names") {
  Engine engine;
  v1::ExplainRequest explain;
  explain.set_contact(424'242);
  CHECK(ask(engine.operations, &Operations::Explain, explain)
            .error_message()
            .ends_with(": pledge explain 424242 --journal '/var/lib/journal of the centre'"));
  v1::GetContactTraceRequest trace;
  trace.set_sip_call_id("it's@192.0.2.1");
  CHECK(ask(engine.operations, &Operations::GetContactTrace, trace)
            .error_message()
            .ends_with(": pledge trace 'it'\\''s@192.0.2.1' --journal '/var/lib/journal of the centre'"));
}

TEST_CASE("a reload has an actor, and the same request reloads once") {
  Engine engine;
  engine.next_options = std::make_shared<const core::Options>(small_room(3));
  v1::ReloadRequest reload;
  reload.set_directory("config");
  CHECK(reason(ask(engine.operations, &Operations::Reload, reload)) == "REQUEST_ID_REQUIRED");
  Engine::mutate(reload);
  CHECK(reason(ask(engine.operations, &Operations::Reload, reload)) == "ACTOR_REQUIRED");
  reload.mutable_mutation()->set_actor("operator1");
  v1::ReloadResponse first, again;
  REQUIRE(ask(engine.operations, &Operations::Reload, reload, &first).ok());
  REQUIRE(ask(engine.operations, &Operations::Reload, reload, &again).ok());
  CHECK(first.lines(0) == "reload 1");
  CHECK(again.SerializeAsString() == first.SerializeAsString());
  reload.set_directory("another");
  CHECK(reason(ask(engine.operations, &Operations::Reload, reload)) == "REQUEST_ID_REUSED");
  Engine::mutate(reload, "operator2");
  engine.on_loop([&] { engine.next_options = nullptr; });
  v1::ReloadResponse faulty;
  REQUIRE(ask(engine.operations, &Operations::Reload, reload, &faulty).ok());
  CHECK_FALSE(faulty.ok());
  CHECK(engine.on_loop([&] { return engine.reloads; }) == std::vector<std::string>{"operator1: config", "operator2: another"});
}

TEST_CASE("check, diff and shut-down reach the engine; draining shows on /readyz") {
  Engine engine;
  v1::CheckRequest check;
  CHECK(reason(ask(engine.operations, &Operations::Check, check)) == "DIRECTORY_REQUIRED");
  check.set_directory("config");
  v1::CheckResponse checked;
  REQUIRE(ask(engine.operations, &Operations::Check, check, &checked).ok());
  CHECK_FALSE(checked.ok());
  CHECK(checked.lines(0) == "config/x.toml:1:1: bad");
  CHECK(get(engine, "/readyz").find("200 OK") != std::string::npos);

  v1::DrainRequest drain;
  Engine::mutate(drain, "operator");
  v1::DrainResponse drained;
  REQUIRE(ask(engine.operations, &Operations::Drain, drain, &drained).ok());
  CHECK(drained.service_state().draining());
  CHECK(get(engine, "/readyz").find("503") != std::string::npos);
  CHECK(get(engine, "/healthz").find("200 OK") != std::string::npos);

  v1::SetServiceStateRequest state;
  Engine::mutate(state, "operator");
  state.set_state("imaginary");
  state.set_reason("try");
  CHECK(ask(engine.operations, &Operations::SetServiceState, state).error_code() == grpc::StatusCode::NOT_FOUND);

  v1::ShutdownRequest down;
  CHECK(reason(ask(engine.operations, &Operations::Shutdown, down)) == "REQUEST_ID_REQUIRED");
  Engine::mutate(down);
  CHECK(reason(ask(engine.operations, &Operations::Shutdown, down)) == "ACTOR_REQUIRED");
  Engine::mutate(down, "operator");
  auto asked = engine.shut_down_asked.get_future();
  REQUIRE(ask(engine.operations, &Operations::Shutdown, down).ok());
  REQUIRE(asked.wait_for(10s) == std::future_status::ready);
  CHECK(asked.get() == "operator");
}

TEST_CASE("the health service knows each service") {
  Engine engine;
  const auto health = grpc::health::v1::Health::NewStub(engine.channel);
  for (const auto* name : {"", "pledge.v1.ConsoleService", "pledge.v1.OperationsService"}) {
    grpc::health::v1::HealthCheckRequest request;
    request.set_service(name);
    grpc::health::v1::HealthCheckResponse response;
    REQUIRE(ask(health, &grpc::health::v1::Health::Stub::Check, request, &response).ok());
    CHECK(response.status() == grpc::health::v1::HealthCheckResponse::SERVING);
  }
}

namespace {

// One question to the reflection service. Debian has no header of its messages; their classes are in its library.
class Reflection {
 public:
  explicit Reflection(const std::shared_ptr<grpc::Channel>& channel) : stub_(channel) {}

  std::unique_ptr<google::protobuf::Message> ask(const std::string& field, const std::string& value) {
    auto request = message("grpc.reflection.v1alpha.ServerReflectionRequest");
    request->GetReflection()->SetString(request.get(), request->GetDescriptor()->FindFieldByName(field), value);
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + 20s);
    grpc::CompletionQueue queue;
    const auto stream = stub_.PrepareCall(&context, "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", &queue);
    stream->StartCall(this);
    finish(queue);
    const grpc::Slice slice{request->SerializeAsString()};
    stream->Write(grpc::ByteBuffer{&slice, 1}, this);
    finish(queue);
    grpc::ByteBuffer answer;
    stream->Read(&answer, this);
    finish(queue);
    std::vector<grpc::Slice> slices;
    REQUIRE(answer.Dump(&slices).ok());
    std::string bytes;
    for (const auto& part : slices) bytes.append(reinterpret_cast<const char*>(part.begin()), part.size());
    auto response = message("grpc.reflection.v1alpha.ServerReflectionResponse");
    REQUIRE(response->ParseFromString(bytes));
    return response;
  }

 private:
  static std::unique_ptr<google::protobuf::Message> message(const std::string& name) {
    const auto* type = google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(name);
    REQUIRE(type);
    return std::unique_ptr<google::protobuf::Message>{google::protobuf::MessageFactory::generated_factory()->GetPrototype(type)->New()};
  }
  void finish(grpc::CompletionQueue& queue) {
    void* tag = nullptr;
    bool ok = false;
    REQUIRE(queue.Next(&tag, &ok));
    REQUIRE(ok);
  }
  grpc::GenericStub stub_;
};

}  // namespace

TEST_CASE("the reflection service lists each service and describes it") {
  Engine engine;
  Reflection reflection{engine.channel};
  const auto listed = reflection.ask("list_services", "*")->DebugString();
  for (const auto* name : {"Console", "Supervision", "Statistics", "Operations", "Recording", "Workforce", "Location"}) {
    INFO(listed);
    CHECK(listed.find("\"pledge.v1." + std::string{name} + "Service\"") != std::string::npos);
    const auto file = reflection.ask("file_containing_symbol", "pledge.v1." + std::string{name} + "Service")->DebugString();
    CHECK(file.find("file_descriptor_response") != std::string::npos);
  }
  CHECK(reflection.ask("file_containing_symbol", "grpc.health.v1.Health")->DebugString().find("file_descriptor_response") !=
        std::string::npos);
  CHECK(reflection.ask("file_containing_symbol", "pledge.v1.NoService")->DebugString().find("error_response") != std::string::npos);
}

TEST_CASE("metrics count calls, decisions and what others add") {
  Engine engine;
  engine.on_loop([&] {
    engine.service.add_metrics([] {
      return std::vector<service::Metric>{
          {"pledge_journal_lag_seconds", "Age of what is not yet on disk.", 0.25, false, {}}};
    });
  });
  two_calls(engine);
  const auto page = get(engine, "/metrics");
  for (const auto* line :
       {"pledge_calls_entered_total{queue=\"emergency\"} 2",
        "pledge_calls_answered_within_target_total{queue=\"emergency\"} 1",
        "pledge_calls_ended_total{queue=\"emergency\",end=\"abandoned\"} 1", "pledge_handlers{state=\"ready\"} 1",
        "pledge_offers_total{end=\"accepted\"} 1", "pledge_journal_lag_seconds 0.25",
        "pledge_answer_wait_seconds_bucket{queue=\"emergency\",le=\"0.5\"} 1",
        "# TYPE pledge_calls_ended_total counter"}) {
    INFO(line << "\n" << page);
    CHECK(page.find(line) != std::string::npos);
  }
}

TEST_CASE("other paths, other methods and broken requests harm nothing") {
  Engine engine;
  CHECK(get(engine, "/etc").find("404") != std::string::npos);
  CHECK(http(engine, "DELETE /metrics HTTP/1.1\r\nConnection: close\r\n\r\n").find("405") != std::string::npos);
  http(engine, "\x16\x03\x01 nonsense\r\n\r\n");
  http(engine, "GET /" + std::string(20'000, 'x') + " HTTP/1.1\r\n\r\n");
  CHECK(get(engine, "/healthz").find("200 OK") != std::string::npos);
}

TEST_CASE("an address in use or malformed is an error, not a second engine on the same port") {
  Engine engine;
  boost::asio::io_context loop;
  auto options = quick();
  options.http_address = "nowhere";
  service::Service bad_http{loop, engine.core, engine, engine, options, engine};
  CHECK_FALSE(bad_http.start());
  options = quick();
  options.grpc_address = "127.0.0.1:" + std::to_string(engine.addresses.grpc_port);
  service::Service taken{loop, engine.core, engine, engine, options, engine};
  CHECK_FALSE(taken.start());
}
