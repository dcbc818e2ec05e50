// A call handler's console over a real gRPC connection.
#include "service/engine.hpp"

using namespace pledge::service::test;
using namespace pledge;

namespace {

using Stub = v1::ConsoleService::Stub;
using Event = v1::WatchConsoleResponse;

core::Options accept_first() {
  auto options = small_room();
  for (auto& handler : options.handlers) handler.phone_mode = core::PhoneMode::accept_first;
  options.queues[0].wrap_up_until_done = true;
  options.not_ready_reasons = {"break", "training"};
  return options;
}

template <class Request>
Request of(const std::string& handler) {
  Request request;
  Engine::mutate(request);
  request.set_handler(handler);
  return request;
}

}  // namespace

TEST_CASE("a handler signs on, sees the offer, accepts it, talks, releases and wraps up") {
  Engine engine{accept_first()};
  ConsoleWatch watch{engine, "h1"};
  const auto first = watch.event(Event::kSnapshot).snapshot();
  CHECK(first.handler().state() == v1::HANDLER_STATE_SIGNED_OFF);
  CHECK(first.not_ready_reasons_size() == 2);
  CHECK(first.roles(0) == "all");
  engine.staff("h1");
  CHECK(watch.state(v1::HANDLER_STATE_READY).handler().console_attached());

  engine.call("999");
  const auto offer = watch.event(Event::kOffer).offer();
  CHECK(offer.can_accept());
  CHECK(offer.contact().queue() == "emergency");
  CHECK(offer.contact().rule() == "999");
  CHECK(offer.contact().facts().caller() == "+442079460001");
  CHECK(offer.contact().facts().provenance() == v1::PROVENANCE_ASSERTED);
  REQUIRE(offer.contact().facts().body_parts_size() == 1);
  CHECK(offer.contact().facts().body_parts(0).content() == "<presence/>");
  CHECK(offer.contact().answer_deadline().seconds() - offer.contact().queued().seconds() == 10);

  auto accept = of<v1::AcceptRequest>("h1");
  accept.set_offer(offer.id());
  REQUIRE(ask(engine.console, &Stub::Accept, accept).ok());
  engine.tell(core::LegAnswered{engine.rung()});
  CHECK(watch.state(v1::HANDLER_STATE_TALKING).handler().contact() == offer.contact().id());

  auto release = of<v1::ReleaseRequest>("h1");
  release.set_contact(offer.contact().id());
  REQUIRE(ask(engine.console, &Stub::Release, release).ok());
  watch.state(v1::HANDLER_STATE_WRAP_UP);
  REQUIRE(ask(engine.console, &Stub::FinishWrapUp, of<v1::FinishWrapUpRequest>("h1")).ok());
  watch.state(v1::HANDLER_STATE_READY);
  CHECK(watch.event(Event::kStatistics).statistics().calls() == 1);
}

TEST_CASE("an offer is the first that its console hears of it, whatever changed in the same turn") {
  Engine engine{accept_first()};
  engine.sign_on("h1");
  ConsoleWatch watch{engine, "h1"};
  watch.event(Event::kSnapshot);
  engine.call("999");  // waits, until she is ready: then ready and offered at once
  auto ready = of<v1::ReadyRequest>("h1");
  REQUIRE(ask(engine.console, &Stub::Ready, ready).ok());
  const auto first = watch.next([](const auto& r) {
    return r.has_offer() || (r.has_handler() && r.handler().state() != v1::HANDLER_STATE_NOT_READY);
  });
  CHECK(first.has_offer());
  const auto state = watch.next([](const auto& r) { return r.has_handler(); }).handler();
  CHECK(state.state() == v1::HANDLER_STATE_OFFERED);  // what was true in between is not told
}

TEST_CASE("in ring mode the console cannot accept, and says why") {
  Engine engine;
  ConsoleWatch watch{engine, "h1"};
  engine.staff("h1");
  engine.call("999");
  const auto offer = watch.event(Event::kOffer).offer();
  CHECK_FALSE(offer.can_accept());
  CHECK_FALSE(offer.cannot_accept_reason().empty());
  auto accept = of<v1::AcceptRequest>("h1");
  accept.set_offer(offer.id());
  const auto status = ask(engine.console, &Stub::Accept, accept);
  CHECK(status.error_code() == grpc::StatusCode::FAILED_PRECONDITION);
  CHECK(reason(status) == "ACCEPT_AT_PHONE");
}

TEST_CASE("an offer that the caller leaves is over at once, and a late accept is refused") {
  Engine engine{accept_first()};
  ConsoleWatch watch{engine, "h1"};
  engine.staff("h1");
  const auto leg = engine.call("999");
  const auto offer = watch.event(Event::kOffer).offer();
  engine.tell(core::LegEnded{leg, core::LegEnd::cancelled});
  const auto over = watch.event(Event::kOfferOver).offer_over();
  CHECK(over.id() == offer.id());
  CHECK(over.end() == v1::OFFER_END_WITHDRAWN);
  auto accept = of<v1::AcceptRequest>("h1");
  accept.set_offer(offer.id());
  const auto late = ask(engine.console, &Stub::Accept, accept);
  CHECK(late.error_code() == grpc::StatusCode::FAILED_PRECONDITION);
  CHECK(reason(late) == "OFFER_GONE");
}

TEST_CASE("an offer tells what became of the earlier calls of its number, as long as they are known") {
  auto options = accept_first();
  options.queues[0].ring_back = true;
  auto bounds = quick();
  SECTION("who abandoned is rung back") {}
  SECTION("the call itself is forgotten") { bounds.ended_contacts = 0; }
  Engine engine{options, bounds};
  engine.tell(core::LegEnded{engine.call("999"), core::LegEnd::cancelled});
  ConsoleWatch watch{engine, "h1"};
  engine.staff("h1");
  const auto call = watch.event(Event::kOffer).offer().contact();
  CHECK(call.ring_back());
  const auto& earlier = call.facts().earlier();
  REQUIRE(earlier.size() == (bounds.ended_contacts == 0 ? 0 : 1));
  if (earlier.empty()) return;
  CHECK(earlier[0].id() == call.continues());
  CHECK(earlier[0].end() == v1::CONTACT_END_ABANDONED);
  CHECK(earlier[0].queue() == "emergency");
  CHECK(earlier[0].has_ended());
  CHECK(earlier[0].handler().empty());
  CHECK_FALSE(earlier[0].outgoing());
}

TEST_CASE("a console that opens in the middle of an offer finds it in its snapshot") {
  Engine engine{accept_first()};
  ConsoleWatch before{engine, "h1"};
  engine.staff("h1");
  engine.call("999");
  const auto offer = before.event(Event::kOffer).offer();
  ConsoleWatch after{engine, "h1"};
  const auto snapshot = after.event(Event::kSnapshot).snapshot();
  CHECK(snapshot.offer().id() == offer.id());
  CHECK(snapshot.contact().facts().caller() == "+442079460001");
}

TEST_CASE("the last stream's end is a lost console; signing on under an open stream attaches it") {
  Engine engine{accept_first()};
  const auto attached = [&] { return engine.on_loop([&] { return engine.core.handler({"h1"})->console_attached; }); };
  {
    ConsoleWatch one{engine, "h1"};
    ConsoleWatch two{engine, "h1"};
    one.event(Event::kSnapshot);
    two.event(Event::kSnapshot);
    engine.sign_on("h1");
    CHECK(engine.heard<core::ConsoleAttached>(3));  // two streams before, one again at the sign-on
    CHECK(attached());
  }
  CHECK(engine.heard<core::ConsoleLost>(1));
  CHECK_FALSE(attached());
}

TEST_CASE("a repeated request id gets the first answer; with other contents it is refused") {
  Engine engine{accept_first()};
  ConsoleWatch watch{engine, "h1"};
  engine.staff("h1");
  auto not_ready = of<v1::NotReadyRequest>("h1");
  not_ready.set_reason("break");
  v1::NotReadyResponse first, second;
  REQUIRE(ask(engine.console, &Stub::NotReady, not_ready, &first).ok());
  REQUIRE(ask(engine.console, &Stub::Ready, of<v1::ReadyRequest>("h1")).ok());
  REQUIRE(ask(engine.console, &Stub::NotReady, not_ready, &second).ok());
  CHECK(first.version() == second.version());
  CHECK(engine.state("h1") == core::HandlerState::ready);
  not_ready.set_reason("training");
  const auto reused = ask(engine.console, &Stub::NotReady, not_ready);
  CHECK(reused.error_code() == grpc::StatusCode::INVALID_ARGUMENT);
  CHECK(reason(reused) == "REQUEST_ID_REUSED");
  not_ready.clear_mutation();
  CHECK(reason(ask(engine.console, &Stub::NotReady, not_ready)) == "REQUEST_ID_REQUIRED");
}

TEST_CASE("each refusal has its code and its reason") {
  Engine engine{accept_first()};
  auto unknown = of<v1::SignOnRequest>("nobody");
  unknown.set_session("desk");
  auto status = ask(engine.console, &Stub::SignOn, unknown);
  CHECK(status.error_code() == grpc::StatusCode::NOT_FOUND);
  CHECK(reason(status) == "UNKNOWN_HANDLER");

  engine.staff("h1");
  auto second = of<v1::SignOnRequest>("h1");
  second.set_session("elsewhere");
  status = ask(engine.console, &Stub::SignOn, second);
  CHECK(status.error_code() == grpc::StatusCode::ALREADY_EXISTS);
  CHECK(reason(status) == "ALREADY_SIGNED_ON");
  second.set_takeover(true);
  Engine::mutate(second);
  CHECK(ask(engine.console, &Stub::SignOn, second).ok());

  auto stale = of<v1::NotReadyRequest>("h1");
  stale.set_reason("break");
  stale.mutable_mutation()->set_expected_version(1'000'000);
  status = ask(engine.console, &Stub::NotReady, stale);
  CHECK(status.error_code() == grpc::StatusCode::ABORTED);
  CHECK(reason(status) == "STALE_VERSION");

  auto whim = of<v1::NotReadyRequest>("h1");
  whim.set_reason("whim");
  status = ask(engine.console, &Stub::NotReady, whim);
  CHECK(status.error_code() == grpc::StatusCode::INVALID_ARGUMENT);
  CHECK(reason(status) == "UNKNOWN_REASON");

  status = ask(engine.console, &Stub::FinishWrapUp, of<v1::FinishWrapUpRequest>("h1"));
  CHECK(status.error_code() == grpc::StatusCode::FAILED_PRECONDITION);
  CHECK(reason(status) == "WRONG_STATE");

  CHECK(reason(ask(engine.console, &Stub::SignOn, of<v1::SignOnRequest>("h2"))) == "SESSION_REQUIRED");
  CHECK(reason(ConsoleWatch{engine, "h1", ""}.finish()) == "SESSION_REQUIRED");
  CHECK(reason(ConsoleWatch{engine, "nobody"}.finish()) == "UNKNOWN_HANDLER");
}

TEST_CASE("a call without a deadline gets the server's own when the loop does not answer") {
  auto options = quick();
  options.default_deadline = 150ms;
  Engine engine{small_room(), options};
  std::promise<void> held, let_go;
  boost::asio::post(engine.loop, [&] {
    held.set_value();
    let_go.get_future().wait();
  });
  held.get_future().wait();
  auto sign_on = of<v1::SignOnRequest>("h1");
  sign_on.set_session("desk");
  const auto status = ask(engine.console, &Stub::SignOn, sign_on);
  CHECK(status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED);
  CHECK(reason(status) == "DEADLINE_EXCEEDED");
  let_go.set_value();
  CHECK(engine.heard<core::SignOn>());
  // The change was made all the same; repeating it with its request id tells so, and makes no second one.
  v1::SignOnResponse done;
  CHECK(ask(engine.console, &Stub::SignOn, sign_on, &done).ok());
  CHECK(engine.on_loop([&] { return engine.core.handler({"h1"})->now.version; }) == done.version());
}

TEST_CASE("an idle console hears heartbeats, one too many is refused, and the engine's end ends the stream") {
  auto options = quick();
  options.heartbeat = 20ms;
  options.watchers = 1;
  auto engine = std::make_unique<Engine>(small_room(), options);
  ConsoleWatch watch{*engine, "h1"};
  watch.event(Event::kHeartbeat);
  const auto refused = ConsoleWatch{*engine, "h2"}.finish();
  CHECK(refused.error_code() == grpc::StatusCode::RESOURCE_EXHAUSTED);
  CHECK(reason(refused) == "TOO_MANY_WATCHERS");
  engine.reset();
  CHECK(watch.finish().error_code() == grpc::StatusCode::UNAVAILABLE);
}
