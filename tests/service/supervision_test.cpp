// The whole floor over a real gRPC connection.
#include <set>

#include "service/engine.hpp"

using namespace pledge::service::test;
using namespace pledge;

namespace {

using Stub = v1::SupervisionService::Stub;
using Event = v1::WatchResponse;

runtime::ServiceOptions lively() {
  auto options = quick();
  options.batch_gap = 5ms;
  return options;
}

bool has_contact(const v1::WatchResponse& response, v1::ContactState state) {
  const auto& contacts = response.delta().contacts();
  return std::any_of(contacts.begin(), contacts.end(), [&](const auto& contact) { return contact.state() == state; });
}

}  // namespace

TEST_CASE("a watch begins with a snapshot, then tells what changes until the call has ended") {
  Engine engine{small_room(), lively()};
  engine.call("999", "waits");
  FloorWatch watch{engine};
  const auto first = watch.event(Event::kSnapshot);
  CHECK(first.snapshot().queues_size() == 2);
  CHECK(first.snapshot().handlers_size() == 3);  // and who supervises
  CHECK(first.snapshot().pools_size() == 1);
  REQUIRE(first.snapshot().contacts_size() == 1);
  CHECK(first.snapshot().contacts(0).facts().caller() == "+442079460001");
  CHECK(first.snapshot().contacts(0).facts().body_parts_size() == 0);
  CHECK(first.snapshot().service_state().state() == "normal");
  CHECK_FALSE(first.snapshot().more());
  CHECK_FALSE(first.resume_token().empty());

  engine.staff("h1");
  const auto offered = watch.next([](const auto& r) { return has_contact(r, v1::CONTACT_STATE_OFFERED); });
  // The queue's own change may be of the next batch.
  const auto empty = [](const auto& r) {
    return std::any_of(r.delta().queues().begin(), r.delta().queues().end(), [](const auto& q) { return q.waiting() == 0 && q.id() == "emergency"; });
  };
  if (!empty(offered)) watch.next(empty);
  CHECK_FALSE(offered.delta().contacts(0).has_facts());  // they came with the snapshot
  engine.tell(core::LegAnswered{engine.rung()});
  const auto talking = watch.next([](const auto& r) { return has_contact(r, v1::CONTACT_STATE_TALKING); });
  CHECK(talking.delta().contacts(0).handler() == "h1");
  CHECK(talking.sequence() > first.sequence());
  engine.tell(core::LegEnded{{2}, core::LegEnd::hung_up});
  const auto ended = watch.next([](const auto& r) { return has_contact(r, v1::CONTACT_STATE_ENDED); });
  CHECK(ended.delta().contacts(0).end() == v1::CONTACT_END_COMPLETED);
}

TEST_CASE("labels that a caller earns by keys while the call waits are seen at once") {
  auto options = small_room();
  options.silent.announcement = "press 55";
  options.silent.after = 10s;
  options.silent.ask = core::AskSilent::mobiles;
  Engine engine{options, lively()};
  FloorWatch watch{engine};
  watch.event(Event::kSnapshot);
  core::CallFacts facts;
  facts.trunk = {"network"};
  facts.dialled = "999";
  facts.caller = "+447700900001";
  facts.sip_call_id = "silent";
  facts.trusted = facts.operator_present = facts.mobile = true;
  const core::LegId caller{2};
  engine.tell(core::CallArrived{caller, facts});
  engine.tell(core::OperatorLeft{caller});
  for (int i = 0; i < 2; ++i) engine.tell(core::KeyPressed{caller, core::Key::five});
  std::vector<std::string> labels;
  watch.next([&](const auto& r) {  // changes may come together
    for (const auto& contact : r.delta().contacts())
      if (contact.grade() == v1::GRADE_IMMEDIATE) labels.assign(contact.labels().begin(), contact.labels().end());
    return !labels.empty();
  });
  CHECK(labels == std::vector<std::string>{"silent", "pressed 55"});
}

TEST_CASE("a token resumes what was missed; one of another run or from too long ago is refused") {
  auto options = lively();
  options.delta_ring = 2;
  Engine engine{small_room(), options};
  std::string token;
  {
    FloorWatch watch{engine};
    token = watch.event(Event::kSnapshot).resume_token();
  }
  FloorWatch other{engine};
  other.event(Event::kSnapshot);
  engine.call("999", "one");
  other.next([](const auto& r) { return has_contact(r, v1::CONTACT_STATE_WAITING); });
  {
    FloorWatch resumed{engine, token};
    const auto missed = resumed.event(Event::kDelta);
    CHECK(missed.delta().contacts(0).facts().sip_call_id() == "one");
  }
  for (const auto* id : {"two", "three", "four"}) {
    engine.call("999", id);
    other.next([&](const auto& r) {
      return r.delta().contacts_size() == 1 && r.delta().contacts(0).facts().sip_call_id() == id;
    });
  }
  for (const auto& expired : {token, std::string{"beef:1"}, std::string{"nonsense"}}) {
    const auto status = FloorWatch{engine, expired}.finish();
    CHECK(status.error_code() == grpc::StatusCode::OUT_OF_RANGE);
    CHECK(reason(status) == "TOKEN_EXPIRED");
  }
}

TEST_CASE("a large snapshot comes in parts, and only the last has the token") {
  auto options = lively();
  options.snapshot_part = 10;
  options.changes_per_turn = 7;  // gathered in turns as well
  Engine engine{small_room(45), options};
  FloorWatch watch{engine};
  int handlers = 0, parts = 0;
  watch.next([&](const v1::WatchResponse& r) {
    ++parts;
    handlers += r.snapshot().handlers_size();
    CHECK(r.snapshot().more() == r.resume_token().empty());
    return !r.snapshot().more();
  });
  CHECK(handlers == 46);
  CHECK(parts == 5);  // and 1 state, 2 queues, 1 pool
}

TEST_CASE("calls with much told about them come in messages that every client takes") {
  Engine engine{small_room(), lively()};
  FloorWatch early{engine};
  early.event(Event::kSnapshot);
  constexpr int calls = 100;
  const std::string much(60'000, 'x');  // 6 MB in all; clients take 4 MB at a time
  for (int i = 0; i < calls; ++i) engine.call("999", much + std::to_string(i));
  std::set<std::uint64_t> told;
  early.next([&](const v1::WatchResponse& r) {
    for (const auto& contact : r.delta().contacts()) told.insert(contact.id());
    return told.size() == calls;
  });
  FloorWatch late{engine};
  int in_snapshot = 0;
  late.next([&](const v1::WatchResponse& r) {
    in_snapshot += r.snapshot().contacts_size();
    CHECK(r.ByteSizeLong() < 1'000'000);
    return !r.snapshot().more();
  });
  CHECK(in_snapshot == calls);
  v1::ListContactsRequest request;
  request.set_page_size(1'000);
  int listed = 0;
  do {
    v1::ListContactsResponse page;
    REQUIRE(ask(engine.supervision, &Stub::ListContacts, request, &page).ok());
    listed += page.contacts_size();
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  CHECK(listed == calls);
}

TEST_CASE("an idle watch hears heartbeats with a token that still resumes") {
  auto options = lively();
  options.heartbeat = 20ms;
  Engine engine{small_room(), options};
  FloorWatch watch{engine};
  const auto beat = watch.event(Event::kHeartbeat);
  FloorWatch resumed{engine, beat.resume_token()};
  CHECK(resumed.event(Event::kHeartbeat).resume_token() == beat.resume_token());
}

TEST_CASE("a stalled watcher costs a bounded outbox and is dropped; another goes on") {
  auto options = lively();
  options.batch_outbox = 4;
  options.stall_limit = 1h;
  Engine engine{small_room(2'000), options};
  FloorWatch stalled{engine};
  stalled.event(Event::kSnapshot);
  FloorWatch lively_one{engine};
  lively_one.event(Event::kSnapshot);
  // Each reload sends the whole floor. The stalled reader takes none of it until it has been dropped.
  const auto dropped = [&] {
    return engine.on_loop([&] {
      engine.submit(core::Configured{std::make_shared<const core::Options>(small_room(2'000)), {}});
      engine.submit(core::CallArrived{{1'000'000}, {}});
      return engine.service.watchers_dropped();
    });
  };
  while (dropped() == 0) lively_one.next([](const auto& r) { return r.delta().configuration_changed(); });
  const auto status = stalled.finish();
  CHECK(status.error_code() == grpc::StatusCode::RESOURCE_EXHAUSTED);
  CHECK(reason(status) == "WATCHER_TOO_SLOW");
  lively_one.event(Event::kDelta);
}

TEST_CASE("a reload reaches the watchers whole") {
  Engine engine{small_room(2), lively()};
  FloorWatch watch{engine};
  watch.event(Event::kSnapshot);
  engine.next_options = std::make_shared<const core::Options>(small_room(3));
  v1::ReloadRequest reload;
  Engine::mutate(reload, "operator");
  reload.set_directory("config");
  v1::ReloadResponse done;
  REQUIRE(ask(engine.operations, &v1::OperationsService::Stub::Reload, reload, &done).ok());
  CHECK(done.ok());
  const auto delta = watch.next([](const auto& r) { return r.delta().configuration_changed(); }).delta();
  CHECK(delta.handlers_size() == 4);
  CHECK(delta.queues_size() == 2);
}

TEST_CASE("supervisors re-prioritise, move and withdraw a waiting call, with reason and version") {
  Engine engine{small_room(), lively()};
  engine.call("101", "a");
  v1::ListContactsResponse list;
  REQUIRE(ask(engine.supervision, &Stub::ListContacts, v1::ListContactsRequest{}, &list).ok());
  REQUIRE(list.contacts_size() == 1);
  const auto contact = list.contacts(0);
  CHECK(contact.queue() == "general");
  CHECK(contact.position() == 1);

  v1::ReprioritiseRequest raise;
  Engine::mutate(raise, "manager");
  raise.set_contact(contact.id());
  raise.set_grade(v1::GRADE_IMMEDIATE);
  raise.set_reason("caller in danger");
  raise.mutable_mutation()->set_expected_version(contact.version());
  v1::ReprioritiseResponse raised;
  REQUIRE(ask(engine.supervision, &Stub::Reprioritise, raise, &raised).ok());
  CHECK(raised.version() > contact.version());

  v1::MoveRequest move;
  Engine::mutate(move, "manager");
  move.set_contact(contact.id());
  move.set_queue("emergency");
  move.set_reason("caller in danger");
  move.mutable_mutation()->set_expected_version(contact.version());
  CHECK(ask(engine.supervision, &Stub::Move, move).error_code() == grpc::StatusCode::ABORTED);
  Engine::mutate(move, "manager");
  move.mutable_mutation()->set_expected_version(raised.version());
  REQUIRE(ask(engine.supervision, &Stub::Move, move).ok());

  v1::WithdrawRequest withdraw;
  Engine::mutate(withdraw, "manager");
  withdraw.set_contact(contact.id());
  CHECK(reason(ask(engine.supervision, &Stub::Withdraw, withdraw)) == "REASON_REQUIRED");
  withdraw.set_reason("test call");
  Engine::mutate(withdraw);
  CHECK(reason(ask(engine.supervision, &Stub::Withdraw, withdraw)) == "ACTOR_REQUIRED");
  Engine::mutate(withdraw, "manager");
  REQUIRE(ask(engine.supervision, &Stub::Withdraw, withdraw).ok());
  Engine::mutate(withdraw, "manager");
  CHECK(ask(engine.supervision, &Stub::Withdraw, withdraw).error_code() == grpc::StatusCode::NOT_FOUND);
  engine.on_loop([&] { engine.core.check_invariants(); });
}

TEST_CASE("supervisors assign a handler to queues and sign one off") {
  Engine engine{small_room(), lively()};
  engine.staff("h1");
  v1::AssignHandlerRequest assign;
  Engine::mutate(assign, "manager");
  assign.set_handler("h1");
  assign.add_queues("general");
  assign.set_reason("surge");
  REQUIRE(ask(engine.supervision, &Stub::AssignHandler, assign).ok());
  v1::ListHandlersRequest ready;
  ready.set_state(v1::HANDLER_STATE_READY);
  v1::ListHandlersResponse list;
  REQUIRE(ask(engine.supervision, &Stub::ListHandlers, ready, &list).ok());
  REQUIRE(list.handlers_size() == 1);
  REQUIRE(list.handlers(0).queues_size() == 1);
  CHECK(list.handlers(0).queues(0) == "general");
  v1::SignOffHandlerRequest off;
  Engine::mutate(off, "manager");
  off.set_handler("h1");
  off.set_reason("end of shift");
  REQUIRE(ask(engine.supervision, &Stub::SignOffHandler, off).ok());
  CHECK(engine.state("h1") == core::HandlerState::signed_off);
}

TEST_CASE("lists are paged") {
  auto options = lively();
  options.page_size = 2;
  options.page_most = 3;
  Engine engine{small_room(5), options};
  for (int i = 0; i < 5; ++i) engine.call("999", std::to_string(i));
  std::vector<std::uint64_t> ids;
  v1::ListContactsRequest request;
  int pages = 0;
  do {
    v1::ListContactsResponse page;
    REQUIRE(ask(engine.supervision, &Stub::ListContacts, request, &page).ok());
    for (const auto& contact : page.contacts()) ids.push_back(contact.id());
    request.set_page_token(page.next_page_token());
    ++pages;
  } while (!request.page_token().empty());
  CHECK(pages == 3);
  CHECK(ids.size() == 5);
  CHECK(std::is_sorted(ids.begin(), ids.end()));

  v1::ListHandlersRequest all;
  all.set_page_size(1'000);
  v1::ListHandlersResponse cut;
  REQUIRE(ask(engine.supervision, &Stub::ListHandlers, all, &cut).ok());
  CHECK(cut.handlers_size() == 3);
  all.set_page_token(cut.next_page_token());
  v1::ListHandlersResponse rest;
  REQUIRE(ask(engine.supervision, &Stub::ListHandlers, all, &rest).ok());
  CHECK(rest.handlers_size() == 3);
  CHECK(rest.next_page_token().empty());

  v1::ListQueuesRequest one;
  one.set_page_size(1);
  v1::ListQueuesResponse queues;
  REQUIRE(ask(engine.supervision, &Stub::ListQueues, one, &queues).ok());
  CHECK(queues.queues(0).id() == "emergency");
  CHECK(queues.queues(0).waiting() == 5);
  one.set_page_token(queues.next_page_token());
  REQUIRE(ask(engine.supervision, &Stub::ListQueues, one, &queues).ok());
  CHECK(queues.queues(0).id() == "general");
  request.set_page_token("x");
  CHECK(reason(ask(engine.supervision, &Stub::ListContacts, request)) == "BAD_PAGE_TOKEN");
}
