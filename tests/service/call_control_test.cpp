// Call control over gRPC: asked for by the handler who has the call, shown to everybody who takes part, told in the trace.
#include <catch2/catch.hpp>

#include "engine.hpp"

using namespace pledge;
using namespace pledge::service::test;

namespace {

core::Options room() {
  auto options = small_room(3);
  options.call_control.numbers = {"02079460*"};
  options.silent.announcement = "press 55";
  options.roles.push_back({{"supervisor"}, {}, true});
  options.handlers[2].roles = {{"supervisor"}};
  return options;
}

struct Centre {
  Engine engine;
  core::LegId caller, first;

  // A call with h1, answered.
  explicit Centre(const runtime::ServiceOptions& options = quick()) : engine(room(), options) {
    engine.staff("h1");
    caller = engine.call("999");
    first = engine.rung();
    engine.tell(core::LegAnswered{first});
  }
  template <class Request, class Response>
  grpc::Status ask(grpc::Status (v1::ConsoleService::Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                   const std::string& handler, const std::function<void(Request&)>& fill = {}) {
    Request request;
    Engine::mutate(request);
    request.set_handler(handler);
    if (fill) fill(request);
    return service::test::ask(engine.console, method, request, static_cast<Response*>(nullptr));
  }
  grpc::Status hold(const std::string& handler, bool on) {
    return ask<v1::HoldRequest, v1::HoldResponse>(&v1::ConsoleService::Stub::Hold, handler, [&](auto& r) {
      r.set_contact(1);
      r.set_on(on);
    });
  }
  grpc::Status consult(const std::string& handler, const std::function<void(v1::CallTarget&)>& to) {
    return ask<v1::ConsultRequest, v1::ConsultResponse>(&v1::ConsoleService::Stub::Consult, handler, [&](auto& r) {
      r.set_contact(1);
      to(*r.mutable_to());
    });
  }
};

v1::Parties parties_of(ConsoleWatch& console, const std::function<bool(const v1::Parties&)>& holds) {
  return console.next([&](const auto& r) { return r.has_parties() && holds(r.parties()); }).parties();
}

}  // namespace

TEST_CASE("a consultation is shown to both handlers, and the refusals say what is wrong") {
  Centre c;
  ConsoleWatch h1(c.engine, "h1"), h2(c.engine, "h2");
  h1.event(v1::WatchConsoleResponse::kSnapshot);  // from here on it is told of what happens
  h2.event(v1::WatchConsoleResponse::kSnapshot);
  CHECK(reason(c.hold("h2", true)) == "NOT_SIGNED_ON");
  c.engine.sign_on("h2");
  CHECK(reason(c.hold("h2", true)) == "NOT_IN_CALL");
  REQUIRE(c.hold("h1", true).ok());
  CHECK(parties_of(h1, [](const auto& p) { return p.held(); }).parties_size() == 1);
  CHECK(reason(c.consult("h1", [](auto&) {})) == "BAD_TARGET");
  CHECK(reason(c.consult("h1", [](auto& to) { to.set_number("07700900999"); })) == "NUMBER_NOT_ALLOWED");
  CHECK(c.consult("h1", [](auto& to) { to.set_number("07700900999"); }).error_code() == grpc::PERMISSION_DENIED);
  CHECK(reason(c.consult("h1", [](auto& to) { to.set_handler("h1"); })) == "HANDLER_NOT_FREE");
  CHECK(reason(c.consult("h1", [](auto& to) { to.set_queue("nowhere"); })) == "UNKNOWN_QUEUE");
  REQUIRE(c.consult("h1", [](auto& to) { to.set_handler("h2"); }).ok());
  CHECK(h2.event(v1::WatchConsoleResponse::kOffer).offer().contact().id() == 1);
  c.engine.tell(core::LegAnswered{c.engine.rung()});
  const auto answered = [](const v1::Parties& p) { return p.parties_size() == 2 && p.parties(1).answered(); };
  const auto seen = parties_of(h1, answered);
  CHECK(seen.parties(0).handler() == "h1");
  CHECK(seen.parties(1).handler() == "h2");
  CHECK(seen.parties(1).role() == v1::PARTY_ROLE_CONSULTED);
  CHECK(parties_of(h2, answered).contact() == 1);
  ConsoleWatch again(c.engine, "h1");  // opened anew in the middle of it
  CHECK(again.event(v1::WatchConsoleResponse::kSnapshot).snapshot().parties().parties_size() == 2);
}

TEST_CASE("a queue is consulted: its handler is told who asks and about what, and then has the call's facts") {
  Centre c;
  ConsoleWatch h1(c.engine, "h1"), h2(c.engine, "h2");
  h1.event(v1::WatchConsoleResponse::kSnapshot);
  h2.event(v1::WatchConsoleResponse::kSnapshot);
  const auto general = [](auto& to) { to.set_queue("general"); };
  CHECK(reason(c.consult("h1", general)) == "HANDLER_NOT_FREE");
  c.engine.sign_on("h2");
  REQUIRE(c.consult("h1", general).ok());
  const auto waits = parties_of(h1, [](const auto& p) { return p.parties_size() == 2 && p.parties(1).position() == 1; });
  CHECK(waits.held());
  CHECK(waits.parties(1).role() == v1::PARTY_ROLE_CONSULTED);
  CHECK(waits.parties(1).queue() == "general");
  CHECK(waits.parties(1).waits_as() == 2);
  ConsoleWatch again(c.engine, "h1");  // opened anew meanwhile
  CHECK(again.event(v1::WatchConsoleResponse::kSnapshot).snapshot().parties().parties(1).queue() == "general");

  const auto ready = c.ask<v1::ReadyRequest, v1::ReadyResponse>(&v1::ConsoleService::Stub::Ready, "h2");
  REQUIRE(ready.ok());
  const auto asked = h2.event(v1::WatchConsoleResponse::kOffer).offer().contact();
  CHECK(asked.id() == 2);
  CHECK(asked.consults() == 1);
  CHECK(asked.consulted_by() == "h1");
  CHECK(asked.facts().caller() == "+442079460001");
  CHECK_FALSE(asked.has_answer_deadline());
  c.engine.tell(core::LegAnswered{c.engine.rung()});
  const auto call = h2.next([](const auto& r) { return r.has_contact() && r.contact().id() == 1; }).contact();
  CHECK(call.handler() == "h1");
  CHECK(call.facts().caller() == "+442079460001");
  const auto answered = [](const v1::Parties& p) { return p.parties_size() == 2 && p.parties(1).answered(); };
  CHECK(parties_of(h1, answered).parties(1).handler() == "h2");
  CHECK(parties_of(h2, answered).parties(1).queue().empty());
}

TEST_CASE("who consults a queue is told with the heartbeat when its place there has changed") {
  auto options = quick();
  options.heartbeat = 20ms;
  Centre c(options);
  ConsoleWatch h1(c.engine, "h1");
  h1.event(v1::WatchConsoleResponse::kSnapshot);
  c.engine.sign_on("h2");
  REQUIRE(c.consult("h1", [](auto& to) { to.set_queue("general"); }).ok());
  const auto at = [](std::uint32_t position) {
    return [position](const v1::Parties& p) { return p.parties_size() == 2 && p.parties(1).position() == position; };
  };
  parties_of(h1, at(1));
  c.engine.tell(core::Reprioritise{{{}, "h3", 0}, {2}, core::Grade::resolution, "can wait"});
  c.engine.call("101", "call-2");
  CHECK(parties_of(h1, at(2)).parties(1).waits_as() == 2);
}

TEST_CASE("what was done to a call stands in its trace and its explanation, with who did it") {
  Centre c;
  REQUIRE(c.hold("h1", true).ok());
  REQUIRE(c.hold("h1", false).ok());
  v1::GetContactTraceRequest request;
  request.set_contact(1);
  v1::GetContactTraceResponse trace;
  REQUIRE(ask(c.engine.operations, &v1::OperationsService::Stub::GetContactTrace, request, &trace).ok());
  std::vector<std::string> notes;
  for (const auto& step : trace.steps())
    if (step.has_note()) notes.push_back(step.note().text());
  CHECK(notes == std::vector<std::string>{"on hold (by h1)", "off hold (by h1)"});
}

TEST_CASE("a supervisor's listening needs the role, a reason and a call") {
  Centre c;
  const auto monitor = [&](const std::string& who, const std::string& why) {
    return c.ask<v1::MonitorRequest, v1::MonitorResponse>(&v1::ConsoleService::Stub::Monitor, who, [&](auto& r) {
      r.set_contact(1);
      r.set_mode(v1::MONITOR_MODE_LISTEN);
      r.set_reason(why);
    });
  };
  c.engine.sign_on("h2");
  c.engine.sign_on("h3");
  CHECK(reason(monitor("h2", "training")) == "ROLE_NOT_ALLOWED");
  CHECK(reason(monitor("h3", "")) == "REASON_REQUIRED");
  REQUIRE(monitor("h3", "training").ok());
  ConsoleWatch h1(c.engine, "h1");
  h1.event(v1::WatchConsoleResponse::kSnapshot);
  c.engine.tell(core::LegAnswered{c.engine.rung()});
  const auto listens = parties_of(h1, [](const auto& p) { return p.parties_size() == 2 && p.parties(1).answered(); });
  CHECK(listens.parties(1).mode() == v1::MONITOR_MODE_LISTEN);
}

TEST_CASE("a supervisor's console shows the call listened to, also one that is opened meanwhile, and its end") {
  Centre c;
  ConsoleWatch h3(c.engine, "h3");
  const auto first = h3.event(v1::WatchConsoleResponse::kSnapshot).snapshot();
  REQUIRE(first.supervisor_roles_size() == 1);
  CHECK(first.supervisor_roles(0) == "supervisor");
  c.engine.sign_on("h3");
  const auto listen = c.ask<v1::MonitorRequest, v1::MonitorResponse>(&v1::ConsoleService::Stub::Monitor, "h3", [](auto& r) {
    r.set_contact(1);
    r.set_mode(v1::MONITOR_MODE_LISTEN);
    r.set_reason("training");
  });
  REQUIRE(listen.ok());
  const auto monitors = [](std::uint64_t call) {
    return [call](const v1::WatchConsoleResponse& r) {
      return r.has_handler() && r.handler().state() == v1::HANDLER_STATE_NOT_READY && r.handler().monitors() == call;
    };
  };
  h3.next(monitors(1));
  const auto call = h3.event(v1::WatchConsoleResponse::kContact).contact();
  CHECK(call.id() == 1);
  CHECK(call.handler() == "h1");
  CHECK(call.facts().caller() == "+442079460001");
  CHECK_FALSE(parties_of(h3, [](const auto& p) { return p.parties_size() == 2; }).parties(1).answered());
  c.engine.tell(core::LegAnswered{c.engine.rung()});
  CHECK(parties_of(h3, [](const auto& p) { return p.parties(1).answered(); }).contact() == 1);
  ConsoleWatch again(c.engine, "h3");
  const auto snapshot = again.event(v1::WatchConsoleResponse::kSnapshot).snapshot();
  CHECK(snapshot.handler().monitors() == 1);
  CHECK(snapshot.monitored().facts().caller() == "+442079460001");
  CHECK(snapshot.monitored_parties().parties_size() == 2);
  c.engine.tell(core::LegEnded{c.caller, core::LegEnd::hung_up});
  h3.next(monitors(0));
}

TEST_CASE("labels given during a call reach the console, and an outgoing call is of no queue's statistics") {
  Centre c;
  ConsoleWatch h1(c.engine, "h1");
  h1.event(v1::WatchConsoleResponse::kSnapshot);
  const auto ask_for_keys = c.ask<v1::AskForKeysRequest, v1::AskForKeysResponse>(
      &v1::ConsoleService::Stub::AskForKeys, "h1", [](auto& r) { r.set_contact(1); });
  REQUIRE(ask_for_keys.ok());
  const auto labelled = h1.next([](const auto& r) { return r.has_contact() && r.contact().labels_size() > 0; });
  CHECK(labelled.contact().labels(0) == "silent");
  const auto wrong_use = c.ask<v1::MarkWrongUseRequest, v1::MarkWrongUseResponse>(
      &v1::ConsoleService::Stub::MarkWrongUse, "h1", [](auto& r) { r.set_contact(1); });
  CHECK(reason(wrong_use) == "WRONG_STATE");

  c.engine.sign_on("h2");
  const auto call_out = c.ask<v1::CallOutRequest, v1::CallOutResponse>(
      &v1::ConsoleService::Stub::CallOut, "h2", [](auto& r) { r.set_number("02079460123"); });
  REQUIRE(call_out.ok());
  c.engine.tell(core::LegAnswered{c.engine.rung()});
  const auto contact = c.engine.on_loop([&] { return c.engine.core.contact({2}); });
  REQUIRE(contact);
  CHECK(contact->now.outgoing);
  CHECK(contact->now.state == core::ContactState::calling);
  v1::GetQueueStatisticsRequest request;
  request.set_interval(v1::INTERVAL_KIND_ROLLING_60_MINUTES);
  v1::GetQueueStatisticsResponse figures;
  REQUIRE(ask(c.engine.statistics, &v1::StatisticsService::Stub::GetQueueStatistics, request, &figures).ok());
  std::uint32_t offered = 0;
  for (const auto& row : figures.statistics()) offered = std::max(offered, row.offered());
  CHECK(offered == 1);
}
