#include "sip/signalling/registrar.hpp"

#include <catch2/catch.hpp>

namespace pledge::signalling {
namespace {

using namespace std::chrono_literals;
constexpr core::Time start{1'000'000'000'000};
const core::HandlerId alice{"alice"};

struct Desk {
  Registrar registrar{runtime::PhoneOptions{}};
  RegisterRequest request{alice, "call-1", 0, false, {{"sip:alice@192.0.2.5:5062", {}}}, {}, "192.0.2.5:5062/udp"};

  RegisterResult send(core::Time now = start) {
    ++request.cseq;
    return registrar.handle(now, request);
  }
};

TEST_CASE("a phone binds, refreshes and is told its lifetime") {
  Desk desk;
  auto result = desk.send();
  CHECK(result.status == 200);
  CHECK(result.change == PhoneChange{alice, true});
  CHECK(result.bindings == std::vector<std::pair<std::string, std::uint32_t>>{{"sip:alice@192.0.2.5:5062", 300}});
  REQUIRE(desk.registrar.find(alice));
  CHECK(desk.registrar.find(alice)->source == "192.0.2.5:5062/udp");
  result = desk.send(start + 200s);
  CHECK_FALSE(result.change);
  CHECK(desk.registrar.next() == start + 500s);
  CHECK(desk.registrar.due(start + 499s).empty());
  CHECK(desk.registrar.due(start + 500s) == std::vector{PhoneChange{alice, false}});
  CHECK(desk.registrar.find(alice) == nullptr);
  CHECK(desk.registrar.next() == core::never);
}

TEST_CASE("wishes: the contact's before the header's, too long shortened, too short 423") {
  Desk desk;
  desk.request.expires = 600;
  CHECK(desk.send().bindings.at(0).second == 600);
  desk.request.contacts[0].expires = 90;
  CHECK(desk.send().bindings.at(0).second == 90);
  desk.request.contacts[0].expires = 4'000'000'000;
  CHECK(desk.send().bindings.at(0).second == 3600);
  desk.request.contacts[0].expires = 59;
  const auto result = desk.send();
  CHECK(result.status == 423);
  CHECK(result.min_expires == 60);
  CHECK(desk.registrar.next() == start + 3600s);
}

TEST_CASE("a new phone of the same handler replaces the old one, silently") {
  Desk desk;
  desk.send();
  desk.request.call_id = "call-2";
  desk.request.cseq = 0;
  desk.request.contacts[0].uri = "sip:alice@192.0.2.77";
  const auto result = desk.send();
  CHECK_FALSE(result.change);
  CHECK(result.bindings.size() == 1);
  CHECK(desk.registrar.find(alice)->contact == "sip:alice@192.0.2.77");
}

TEST_CASE("several phones are kept where configured; the last heard of is rung") {
  runtime::PhoneOptions options;
  options.bindings_most = 2;
  Registrar registrar(options);
  for (const char* host : {"a", "b", "c"}) {
    RegisterRequest request{alice, std::string("call-") + host, 1, false, {{std::string("sip:") + host, {}}}, {}, ""};
    registrar.handle(start, request);
  }
  CHECK(registrar.find(alice)->contact == "sip:c");
  RegisterRequest gone{alice, "call-c", 2, false, {{"sip:c", 0}}, {}, ""};
  const auto result = registrar.handle(start, gone);
  CHECK(result.bindings.size() == 1);
  CHECK(registrar.find(alice)->contact == "sip:b");
}

TEST_CASE("where bindings were made from is known as long as they live") {
  runtime::PhoneOptions options;
  options.bindings_most = 2;
  Registrar registrar(options);
  auto send = [&, cseq = 0u](const std::string& host, const std::string& source, std::uint32_t expires) mutable {
    registrar.handle(start, {alice, "call-" + source, ++cseq, false, {{"sip:a@" + host, expires}}, {}, source});
  };
  send("192.0.2.5", "192.0.2.5:4000/tcp", 60);
  send("[2001:DB8::5]", "[2001:db8::5]:4000/tcp", 120);
  CHECK(registrar.bound_from("192.0.2.5:4000/tcp"));
  CHECK(registrar.bound_at("192.0.2.5"));
  CHECK(registrar.bound_at("[2001:db8::5]"));
  CHECK(registrar.due(start + 60s).empty());  // one of two: no change to tell
  CHECK_FALSE(registrar.bound_from("192.0.2.5:4000/tcp"));
  CHECK_FALSE(registrar.bound_at("192.0.2.5"));
  send("10.0.0.1", "192.0.2.9:4000/udp", 300);
  CHECK(registrar.bound_from("192.0.2.9:4000/udp"));
  CHECK_FALSE(registrar.bound_at("192.0.2.9"));  // it says that it is elsewhere
  registrar.remove(alice);
  CHECK_FALSE(registrar.bound_from("[2001:db8::5]:4000/tcp"));
  CHECK_FALSE(registrar.bound_at("[2001:db8::5]"));
}

TEST_CASE("expires 0 and Contact * take the phone away") {
  Desk desk;
  desk.send();
  desk.request.contacts[0].expires = 0;
  auto result = desk.send();
  CHECK(result.status == 200);
  CHECK(result.bindings.empty());
  CHECK(result.change == PhoneChange{alice, false});
  desk.request.contacts[0].expires.reset();
  desk.send();
  desk.request.contacts.clear();
  desk.request.star = true;
  CHECK(desk.send().status == 400);
  desk.request.expires = 0;
  CHECK(desk.send().change == PhoneChange{alice, false});
}

TEST_CASE("CSeq must grow within a Call-ID; a query changes nothing") {
  Desk desk;
  desk.send();
  CHECK(desk.registrar.handle(start, desk.request).status == 500);
  auto query = desk.request;
  query.contacts.clear();
  const auto result = desk.registrar.handle(start + 100s, query);
  CHECK(result.status == 200);
  CHECK(result.bindings.at(0).second == 200);
}

TEST_CASE("contacts that no phone can have are refused whole") {
  Desk desk;
  desk.request.contacts.push_back({"name:John_Smith", {}});
  CHECK(desk.send().status == 400);
  CHECK(desk.registrar.size() == 0);
  desk.request.contacts.assign(9, {"sip:a@b", {}});
  CHECK(desk.send().status == 400);
  desk.request.contacts.assign(1, {"sip:" + std::string(1100, 'a'), {}});
  CHECK(desk.send().status == 400);
}

TEST_CASE("a handler removed from the configuration loses the binding") {
  Desk desk;
  desk.send();
  CHECK(desk.registrar.remove(alice) == PhoneChange{alice, false});
  CHECK_FALSE(desk.registrar.remove(alice));
  CHECK(desk.registrar.next() == core::never);
}

}  // namespace
}  // namespace pledge::signalling
