// Locations that come after the call, and what networks tell of it later, as clients see them.
#include <catch2/catch.hpp>

#include "service/engine.hpp"

using namespace pledge::service::test;
namespace core = pledge::core;

namespace {

grpc::Status report(Engine& engine, const std::string& caller, const std::string& document, v1::ReportResponse* answer = nullptr,
                    std::uint64_t contact = 0) {
  v1::ReportRequest request;
  Engine::mutate(request, "platform");
  request.set_caller(caller);
  request.set_contact(contact);
  request.set_document(document);
  return ask(engine.locations, &v1::LocationService::Stub::Report, request, answer);
}

}  // namespace

TEST_CASE("a location of a caller is taken by number or call, and reaches the handler's console with what was known before") {
  Engine engine;
  engine.staff("h1");
  ConsoleWatch h1(engine, "h1");
  h1.event(v1::WatchConsoleResponse::kSnapshot);
  engine.call("999");
  v1::ReportResponse taken;
  REQUIRE(report(engine, "02079460001", "Camden", &taken).ok());
  CHECK(taken.place() == "Camden");
  CHECK(taken.locations_size() == 1);
  const auto told = h1.next([](const auto& r) { return r.has_contact() && r.contact().facts().locations_size() == 1; });
  CHECK(told.contact().facts().place() == "Camden");
  CHECK(told.contact().facts().caller() == "+442079460001");
  CHECK(told.contact().facts().body_parts_size() == 1);
  REQUIRE(report(engine, "", "Camden", nullptr, 1).ok());
}

TEST_CASE("a location reaches watchers of the floor, with the facts of a call that was announced before") {
  Engine engine;
  FloorWatch floor(engine);
  floor.event(v1::WatchResponse::kSnapshot);
  engine.call("999");
  floor.next([](const auto& r) { return r.has_delta() && r.delta().contacts_size() > 0 && r.delta().contacts(0).has_facts(); });
  REQUIRE(report(engine, "+442079460001", "Camden").ok());
  const auto told = floor.next([](const auto& r) { return r.has_delta() && r.delta().contacts_size() > 0 && r.delta().contacts(0).has_facts(); });
  CHECK(told.delta().contacts(0).facts().place() == "Camden");
}

TEST_CASE("a location is refused with a reason") {
  Engine engine;
  engine.call("999");
  CHECK(reason(report(engine, "+442079460002", "Camden")) == "UNKNOWN_CONTACT");
  CHECK(report(engine, "+442079460002", "Camden").error_code() == grpc::StatusCode::NOT_FOUND);
  CHECK(reason(report(engine, "", "Camden", nullptr, 77)) == "UNKNOWN_CONTACT");
  CHECK(reason(report(engine, "", "Camden")) == "BAD_TARGET");
  CHECK(reason(report(engine, "+442079460001", "Camden", nullptr, 1)) == "BAD_TARGET");
  CHECK(reason(report(engine, std::string(65, '1'), "Camden")) == "BAD_TARGET");
  const auto unreadable = report(engine, "+442079460001", "<presence");
  CHECK(reason(unreadable) == "BAD_LOCATION");
  CHECK(unreadable.error_message() == "not readable: line 1: syntax error");
}

TEST_CASE("the handler tells that the operator has left, and the console shows it") {
  Engine engine;
  engine.staff("h1");
  ConsoleWatch h1(engine, "h1");
  h1.event(v1::WatchConsoleResponse::kSnapshot);
  core::CallFacts facts;
  facts.trunk = {"operators"};
  facts.trusted = facts.operator_present = true;
  facts.dialled = "999";
  facts.caller = "+442079460001";
  engine.tell(core::CallArrived{{1'000}, facts});
  engine.tell(core::LegAnswered{engine.rung()});
  h1.next([](const auto& r) { return r.has_contact() && r.contact().has_answered() && r.contact().operator_present(); });
  const auto handed_over = [&] {
    v1::HandedOverRequest request;
    Engine::mutate(request);
    request.set_handler("h1");
    request.set_contact(1);
    return ask<v1::ConsoleService::Stub, v1::HandedOverRequest, v1::HandedOverResponse>(engine.console, &v1::ConsoleService::Stub::HandedOver, request);
  };
  REQUIRE(handed_over().ok());
  const auto left = h1.next([](const auto& r) { return r.has_contact() && !r.contact().operator_present(); });
  CHECK(left.contact().has_operator_left());
  CHECK(reason(handed_over()) == "WRONG_STATE");
}
