// Every way in which the services say no: its code, its stable reason, and a text that says what to do.
#include <latch>

#include "service/engine.hpp"

using namespace pledge::service::test;
using namespace pledge;

namespace {

using Console = v1::ConsoleService::Stub;
using Supervision = v1::SupervisionService::Stub;
using Operations = v1::OperationsService::Stub;
using Statistics = v1::StatisticsService::Stub;

// h1 may take either role, h2 one; h3 has no phone of her own until one registers.
core::Options room() {
  auto options = small_room(3);
  options.handlers[1].roles = {{"general"}};
  options.handlers[2].phone.clear();
  options.queues[0].bound = 1;
  for (auto& handler : options.handlers) handler.phone_mode = core::PhoneMode::accept_first;
  return options;
}

template <class Request>
Request of(const std::string& handler) {
  Request request;
  Engine::mutate(request, "manager");
  request.set_handler(handler);
  return request;
}
template <class Request>
Request about(std::uint64_t contact) {
  Request request;
  Engine::mutate(request, "manager");
  request.set_contact(contact);
  request.set_reason("because");
  return request;
}
v1::SignOnRequest sign_on(const std::string& handler, const std::string& role) {
  auto request = of<v1::SignOnRequest>(handler);
  request.set_role(role);
  request.set_session("desk");
  return request;
}

void refused(const grpc::Status& status, grpc::StatusCode code, const std::string& why) {
  INFO(status.error_message());
  CHECK(status.error_code() == code);
  CHECK(reason(status) == why);
  CHECK_FALSE(status.error_message().empty());
}
std::uint64_t only_contact(Engine& engine) {
  v1::ListContactsResponse list;
  REQUIRE(ask(engine.supervision, &Supervision::ListContacts, v1::ListContactsRequest{}, &list).ok());
  REQUIRE(list.contacts_size() > 0);
  return list.contacts(0).id();
}

// How many of so many requests that come at once, while the loop is held, find no room. Waits until all but one are
// answered.
std::size_t refused_of(std::size_t asked, Engine& engine) {
  std::promise<void> held, let_go;
  boost::asio::post(engine.loop, [&] {
    held.set_value();
    let_go.get_future().wait();
  });
  held.get_future().wait();
  std::atomic<std::size_t> refused = 0, answered = 0;
  std::latch together{static_cast<std::ptrdiff_t>(asked)};
  std::vector<std::future<void>> calls;
  for (std::size_t i = 0; i < asked; ++i) {
    calls.push_back(std::async(std::launch::async, [&] {
      together.arrive_and_wait();
      const auto status = ask(engine.supervision, &Supervision::ListQueues, v1::ListQueuesRequest{});
      refused += reason(status) == "TOO_MANY_REQUESTS";
      ++answered;
      answered.notify_one();
    }));
  }
  for (std::size_t seen = 0; seen < asked - 1; seen = answered) answered.wait(seen);
  let_go.set_value();
  for (auto& call : calls) call.get();
  return refused;
}

}  // namespace

TEST_CASE("roles and phones: unknown, not allowed, not registered, not signed on") {
  Engine engine{room()};
  refused(ask(engine.console, &Console::SignOn, sign_on("h1", "admiral")), grpc::StatusCode::NOT_FOUND, "UNKNOWN_ROLE");
  refused(ask(engine.console, &Console::SignOn, sign_on("h2", "all")), grpc::StatusCode::PERMISSION_DENIED,
          "ROLE_NOT_ALLOWED");
  refused(ask(engine.console, &Console::Ready, of<v1::ReadyRequest>("h1")), grpc::StatusCode::FAILED_PRECONDITION,
          "NOT_SIGNED_ON");
  REQUIRE(ask(engine.console, &Console::SignOn, sign_on("h3", "all")).ok());
  refused(ask(engine.console, &Console::Ready, of<v1::ReadyRequest>("h3")), grpc::StatusCode::FAILED_PRECONDITION,
          "PHONE_NOT_REGISTERED");
}

TEST_CASE("calls: none to release, none to decline, an offer that is over") {
  Engine engine{room()};
  engine.staff("h1");
  auto release = of<v1::ReleaseRequest>("h1");
  release.set_contact(7);
  refused(ask(engine.console, &Console::Release, release), grpc::StatusCode::FAILED_PRECONDITION, "NOT_IN_CALL");
  auto decline = of<v1::DeclineRequest>("h1");
  decline.set_offer(7);
  refused(ask(engine.console, &Console::Decline, decline), grpc::StatusCode::FAILED_PRECONDITION, "OFFER_GONE");
  ConsoleWatch watch{engine, "h1"};
  watch.event(v1::WatchConsoleResponse::kSnapshot);
  const auto caller = engine.call("999");
  const auto offer = watch.event(v1::WatchConsoleResponse::kOffer).offer();
  engine.tell(core::LegEnded{caller, core::LegEnd::cancelled});
  auto accept = of<v1::AcceptRequest>("h1");
  accept.set_offer(offer.id());
  refused(ask(engine.console, &Console::Accept, accept), grpc::StatusCode::FAILED_PRECONDITION, "OFFER_GONE");
}

TEST_CASE("supervisors: unknown call, unknown queue, a full one, a call that waits no more") {
  Engine engine{room()};
  refused(ask(engine.supervision, &Supervision::Withdraw, about<v1::WithdrawRequest>(424'242)),
          grpc::StatusCode::NOT_FOUND, "UNKNOWN_CONTACT");
  engine.call("101", "first");
  const auto contact = only_contact(engine);
  auto move = about<v1::MoveRequest>(contact);
  move.set_queue("imaginary");
  refused(ask(engine.supervision, &Supervision::Move, move), grpc::StatusCode::NOT_FOUND, "UNKNOWN_QUEUE");
  engine.call("999", "second");
  move = about<v1::MoveRequest>(contact);
  move.set_queue("emergency");
  refused(ask(engine.supervision, &Supervision::Move, move), grpc::StatusCode::RESOURCE_EXHAUSTED, "QUEUE_FULL");
  engine.sign_on("h1");
  auto assign = of<v1::AssignHandlerRequest>("h1");
  assign.add_queues("imaginary");
  assign.set_reason("because");
  refused(ask(engine.supervision, &Supervision::AssignHandler, assign), grpc::StatusCode::NOT_FOUND, "UNKNOWN_QUEUE");
  refused(ask(engine.supervision, &Supervision::SignOffHandler, of<v1::SignOffHandlerRequest>("nobody")),
          grpc::StatusCode::NOT_FOUND, "UNKNOWN_HANDLER");
}

TEST_CASE("a call that talks is no more a supervisor's to move") {
  auto options = room();
  for (auto& handler : options.handlers) handler.phone_mode = core::PhoneMode::ring;
  Engine engine{options};
  engine.staff("h1");
  engine.call("999");
  engine.tell(core::LegAnswered{engine.rung()});
  auto raise = about<v1::ReprioritiseRequest>(only_contact(engine));
  raise.set_grade(v1::GRADE_IMMEDIATE);
  refused(ask(engine.supervision, &Supervision::Reprioritise, raise), grpc::StatusCode::FAILED_PRECONDITION,
          "NOT_WAITING");
}

TEST_CASE("operations: an unknown state, a directory or an actor missing, a call in no history") {
  Engine engine{room()};
  v1::SetServiceStateRequest state;
  Engine::mutate(state, "manager");
  state.set_state("imaginary");
  state.set_reason("because");
  refused(ask(engine.operations, &Operations::SetServiceState, state), grpc::StatusCode::NOT_FOUND,
          "UNKNOWN_SERVICE_STATE");
  refused(ask(engine.operations, &Operations::Diff, v1::DiffRequest{}), grpc::StatusCode::INVALID_ARGUMENT,
          "DIRECTORY_REQUIRED");
  refused(ask(engine.operations, &Operations::Reload, v1::ReloadRequest{}), grpc::StatusCode::INVALID_ARGUMENT,
          "DIRECTORY_REQUIRED");
  v1::ShutdownRequest down;
  Engine::mutate(down);
  refused(ask(engine.operations, &Operations::Shutdown, down), grpc::StatusCode::INVALID_ARGUMENT, "ACTOR_REQUIRED");
  v1::GetContactTraceRequest trace;
  trace.set_sip_call_id("never seen");
  refused(ask(engine.operations, &Operations::GetContactTrace, trace), grpc::StatusCode::NOT_FOUND, "UNKNOWN_CONTACT");
  v1::ListEndedCallsRequest calls;
  calls.set_page_token("x");
  refused(ask(engine.statistics, &Statistics::ListEndedCalls, calls), grpc::StatusCode::INVALID_ARGUMENT,
          "BAD_PAGE_TOKEN");
}

TEST_CASE("names beyond their bound, and more requests than the engine holds, are refused") {
  auto options = quick();
  options.requests_pending = 1;
  Engine engine{room(), options};
  auto ready = of<v1::ReadyRequest>("h1");
  ready.mutable_mutation()->set_request_id(std::string(200, 'x'));
  refused(ask(engine.console, &Console::Ready, ready), grpc::StatusCode::INVALID_ARGUMENT, "NAME_TOO_LONG");
  for (int round = 0; round < 30; ++round) CHECK(refused_of(8, engine) == 7);
}

TEST_CASE("a request beyond its size is refused, and the engine goes on") {
  Engine engine{room()};
  auto ready = of<v1::ReadyRequest>("h1");
  ready.set_handler(std::string(1'000'000, 'x'));
  CHECK(ask(engine.console, &Console::Ready, ready).error_code() == grpc::StatusCode::RESOURCE_EXHAUSTED);
  engine.staff("h1");
}

TEST_CASE("a console that takes nothing is dropped, and its offer goes to another handler") {
  auto service_options = quick();
  service_options.console_outbox = 8;
  auto options = room();
  options.handlers[1].roles = {{"all"}};
  Engine engine{options, service_options};
  engine.staff("h1");
  ConsoleWatch stalled{engine, "h1"};
  stalled.event(v1::WatchConsoleResponse::kSnapshot);
  engine.call("999");
  stalled.event(v1::WatchConsoleResponse::kOffer);
  engine.staff("h2");
  // Nobody reads the console any more; the service states are long enough to fill what gRPC holds for it.
  for (int i = 0; engine.service.watchers_dropped() == 0; ++i) {
    REQUIRE(i < 100'000);
    const core::ServiceStateChanged state{std::string(20'000, static_cast<char>('a' + i % 26)), false};
    engine.on_loop([&] { engine.service.observe(engine.now(), state); });
  }
  REQUIRE(engine.heard<core::ConsoleLost>());
  CHECK(engine.state("h1") == core::HandlerState::ready);  // until the grace time is over; offered nothing meanwhile
  CHECK(engine.state("h2") == core::HandlerState::offered);
  const auto status = stalled.finish();
  refused(status, grpc::StatusCode::RESOURCE_EXHAUSTED, "WATCHER_TOO_SLOW");
}
