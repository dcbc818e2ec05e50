// A call that did not happen is read as one that comes.
#include "sip/signalling/imagined_call.hpp"

#include <catch2/catch.hpp>

#include "sip/signalling/identity.hpp"
#include "signalling/sip_fixture.hpp"

namespace pledge::signalling {
namespace {

constexpr core::Time arrival{1'772'366'400'000'000'000};  // 2026-03-01T12:00:00Z

runtime::SignallingOptions options() {
  runtime::SignallingOptions options;
  runtime::TrunkOptions emergency, public_network;
  emergency.id = {"emergency-a"};
  emergency.trusted = emergency.hand_over = true;
  public_network.id = {"public-a"};
  options.trunks = {emergency, public_network};
  options.places = {{"+4420794603", "Islington"}, {"+442079460305", "Bromley"}};
  options.place_names = {"Islington", "Bromley", "Camden"};
  return options;
}

tl::expected<core::CallFacts, std::string> read(const runtime::ImaginedCall& call, const runtime::SignallingOptions& given = options()) {
  Numbers numbers;
  return facts_of(call, arrival, numbers, given);
}

std::string text_of(const core::CallFacts& facts) {
  std::string text;
  core::to_text(text, facts);
  return text;
}

runtime::ImaginedCall from_to(const std::string& from, const std::string& to, const std::string& trunk = {}) {
  return {from, to, {trunk}, {}, {}, {}};
}

}  // namespace

TEST_CASE("imagined: numbers as people write them become E.164, and the caller's tells the place") {
  for (const char* from : {"02079460305", "020 7946 0305", "+44 20 7946 0305", "+44(0)20-7946-0305", "0044 2079460305"}) {
    const auto facts = read(from_to(from, "020 7946 0101"));
    REQUIRE(facts);
    CHECK(facts->caller == "+442079460305");
    CHECK(facts->place == "Bromley");
    CHECK(facts->dialled == "+442079460101");
    CHECK(facts->provenance == core::Provenance::from);
  }
  CHECK(read(from_to("07700 900123", "999"))->mobile);
  CHECK(read(from_to("07700 900123", "999"))->dialled == "999");
}

TEST_CASE("imagined: trust, priority and the operator are the trunk's") {
  auto call = from_to("02079460305", "999", "emergency-a");
  call.resource_priority = "esnet.1";
  const auto facts = read(call);
  REQUIRE(facts);
  CHECK(facts->trunk.value == "emergency-a");
  CHECK(facts->trusted);
  CHECK(facts->operator_present);
  CHECK(facts->provenance == core::Provenance::asserted);
  CHECK(facts->resource_priority == "esnet.1");
  call.trunk = {"public-a"};
  CHECK(read(call)->resource_priority.empty());
  CHECK(read(call)->provenance == core::Provenance::from);
  CHECK_FALSE(read(call)->trusted);
}

TEST_CASE("imagined: without a trunk it is the only one; of several none is guessed") {
  CHECK(read(from_to("02079460305", "999"))->trunk.empty());
  auto one = options();
  one.trunks.pop_back();
  CHECK(read(from_to("02079460305", "999"), one)->trunk.value == "emergency-a");
}

TEST_CASE("imagined: a withheld number, a service URN and a place of its location") {
  auto call = from_to(" ", "999", "emergency-a");
  CHECK(read(call)->provenance == core::Provenance::withheld);
  CHECK(read(call)->caller.empty());
  call = from_to("02079460305", "999");
  call.service_urn = "urn:service:sos.police";
  CHECK(read(call)->service_urn == "urn:service:sos.police");
  CHECK(read(call)->dialled == "999");
  call.place = "Camden";
  CHECK(read(call)->place == "Camden");
}

TEST_CASE("imagined: what is not there, or means nothing, is named") {
  const auto refused = [](runtime::ImaginedCall call) { return read(call).error(); };
  auto call = from_to("02079460305", "999", "emergncy-a");
  CHECK(refused(call) == "no trunk \"emergncy-a\" is configured; there are: emergency-a, public-a");
  call = from_to("02079460305", "999", "emergency-a");
  call.place = "Camdn";
  CHECK(refused(call) == "no place \"Camdn\" is configured; there are: Islington, Bromley, Camden");
  call.place.clear();
  call.service_urn = "urn:service:counseling";
  CHECK(refused(call).find("is no emergency service") != std::string::npos);
  call.service_urn.clear();
  call.resource_priority = "esnet.9";
  CHECK(refused(call).find("esnet.0 to esnet.4") != std::string::npos);
}

TEST_CASE("imagined: nothing that is typed can say more than a number") {
  const auto facts = read(from_to("1@evil.example>;x=<y, \"z\"", "9\r\nPrivacy: id", "emergency-a"));
  REQUIRE(facts);
  CHECK(facts->caller == "1@evil.example>;x=<y, \"z\"");
  CHECK(facts->dialled.starts_with("9"));
  CHECK(facts->provenance == core::Provenance::asserted);
}

// The same over the wire: what the adapter tells of an INVITE, and of one that is imagined.
TEST_CASE("imagined: the facts are those of a real call") {
  sip_test::Fixture f;
  f.options.trunks[0].trusted = GENERATE(false, true);
  f.options.places = {{"+442079460123", "Islington"}};
  f.start();
  sip_test::Peer line{f};
  sip_test::Call call{line, f.target()};
  call.invite("P-Asserted-Identity: <sip:+442079460123@example.com>\r\nResource-Priority: esnet.3\r\n");
  auto real = f.await<core::CallArrived>().facts;
  runtime::ImaginedCall same{"020 7946 0123", real.dialled, f.options.trunks[0].id, "esnet.3", {}, {}};
  const auto facts = f.sip->facts_of(same);
  REQUIRE(facts);
  CHECK(facts->caller == "+442079460123");
  CHECK(facts->place == "Islington");
  real.sip_call_id = real.source = real.display_name = {};
  real.from_user = facts->from_user;
  CHECK(text_of(real) == text_of(*facts));
}

}  // namespace pledge::signalling
