#include "sip/signalling/identity.hpp"

#include <catch2/catch.hpp>

namespace pledge::signalling {
namespace {

using core::Provenance;
constexpr core::Time arrival{1'772'366'400'000'000'000};  // 2026-03-01T12:00:00Z

struct Call {
  InviteHeaders headers{"sip:999@esn.example.net",
                        "\"A Caller\" <sip:02079460111@gw.example.net;user=phone>;tag=1",
                        "<sip:999@esn.example.net>",
                        {},
                        {},
                        {},
                        {},
                        {},
                        {},
                        {}};
  bool trusted = true;
  IdentityOptions options;

  core::CallFacts facts() const {
    Numbers numbers;
    core::CallFacts out;
    out.trusted = trusted;
    fill_facts(out, headers, arrival, numbers, options);
    return out;
  }
};

TEST_CASE("a plain call: From, dialled number, display name") {
  const auto facts = Call{}.facts();
  CHECK(facts.caller == "+442079460111");
  CHECK(facts.provenance == Provenance::from);
  CHECK(facts.from_user == "02079460111");
  CHECK(facts.display_name == "A Caller");
  CHECK(facts.dialled == "999");
  CHECK(facts.service_urn.empty());
}

TEST_CASE("an asserted identity counts from trusted trunks only; the number of several") {
  Call call;
  call.headers.asserted = {"\"X\" <sip:switchboard@gw.example.net>, <tel:+442079460222>"};
  CHECK(call.facts().caller == "+442079460222");
  CHECK(call.facts().provenance == Provenance::asserted);
  call.headers.asserted = {"<sip:switchboard@gw.example.net>"};
  CHECK(call.facts().caller == "switchboard");
  call.trusted = false;
  CHECK(call.facts().caller == "+442079460111");
  CHECK(call.facts().provenance == Provenance::from);
}

TEST_CASE("withheld numbers stay withheld") {
  Call call;
  call.headers.asserted = {"<tel:+442079460222>"};
  for (const char* privacy : {"id", "header;ID;critical", "user, none", "none ; id"}) {
    call.headers.privacy = {privacy};
    CHECK(call.facts().provenance == Provenance::withheld);
    CHECK(call.facts().caller.empty());
    CHECK(call.facts().from_user == "anonymous");
    CHECK(call.facts().display_name.empty());
  }
  call.headers.privacy = {"none"};
  CHECK(call.facts().provenance == Provenance::asserted);
  call.headers.from = "\"Anonymous\" <sip:anonymous@anonymous.invalid>;tag=1";
  CHECK(call.facts().provenance == Provenance::asserted);
  call.trusted = false;
  CHECK(call.facts().provenance == Provenance::withheld);
  CHECK(call.facts().from_user == "anonymous");
}

TEST_CASE("a From that tells nothing is unknown, never an error") {
  Call call;
  for (const char* from : {"", "\"Mr. J. User <sip:j.user@example.com>", "<sip:example.com>;tag=1", "<>"}) {
    call.headers.from = from;
    CHECK(call.facts().provenance == Provenance::unknown);
    CHECK(call.facts().caller.empty());
  }
}

TEST_CASE("what a network writes where it knows no number is nobody's number") {
  Call call;
  for (const char* none : {"<sip:unavailable@unknown.invalid>", "<sip:Unknown@gw.example.net>", "<sip:0@unknown.invalid>"}) {
    call.headers.asserted = {none};
    const std::string from = std::string(none) + ";tag=1";
    call.headers.from = from;
    CHECK(call.facts().provenance == Provenance::unknown);
    CHECK(call.facts().caller.empty());
  }
}

TEST_CASE("emergency services are found in Request-URI, To and Route") {
  Call call;
  call.headers.request_uri = "URN:service:SOS.police";
  CHECK(call.facts().service_urn == "urn:service:sos.police");
  CHECK(call.facts().dialled == "999");
  call.headers.to = "<urn:service:sos>";
  CHECK(call.facts().dialled == "URN:service:SOS.police");
  call.headers.request_uri = "sip:999@esn.example.net";
  CHECK(call.facts().service_urn == "urn:service:sos");
  call.headers.to = "<sip:999@esn.example.net>";
  call.headers.route = {"<sip:proxy.example.net;lr>, <urn:service:sos.fire>"};
  CHECK(call.facts().service_urn == "urn:service:sos.fire");
  call.headers.request_uri = "urn:service:test.sos.police";
  CHECK(is_test_service(call.facts().service_urn));
  for (const char* other :
       {"urn:service:sosorry", "urn:service:sos.", "urn:service:counseling", "sip:sos@x", "urn:service:sos.a b"})
    CHECK(emergency_urn(other).empty());
  CHECK_FALSE(is_test_service("urn:service:sos"));
}

TEST_CASE("priority: the most urgent esnet value, of trusted trunks only") {
  Call call;
  call.headers.resource_priority = {"dsn.flash, ESNET.1", "esnet.3", "esnet.9, esnet.22"};
  CHECK(call.facts().resource_priority == "esnet.3");
  call.trusted = false;
  CHECK(call.facts().resource_priority.empty());
}

TEST_CASE("Call-Info and Additional Data come apart; Geolocation keeps its order") {
  Call call;
  call.headers.call_info = {
      "<https://a.example.com/x>;purpose=EmergencyCallData.ProviderInfo, <https://b.example.com>;purpose=icon",
      "<cid:1234@example.com>;purpose=\"emergencycalldata.Comment\""};
  call.headers.geolocation = {"<cid:target123@example.com>",
                              "<https://lis.example.com/1>, <https://lis.example.com/2>"};
  const auto facts = call.facts();
  CHECK(facts.call_info == std::vector<std::string>{"<https://b.example.com>;purpose=icon"});
  CHECK(facts.additional_data.size() == 2);
  CHECK(facts.geolocation == std::vector<std::string>{"<cid:target123@example.com>", "<https://lis.example.com/1>",
                                                      "<https://lis.example.com/2>"});
}

TEST_CASE("lists and values are bounded") {
  Call call;
  std::string many;
  for (int i = 0; i < 40; ++i) many += "<sip:a>,";
  const auto huge = "<data:" + std::string(3000, 'x') + ">";
  call.headers.geolocation = {many, many};
  call.headers.call_info = {huge, "<sip:b>"};
  CHECK(call.facts().geolocation.size() == 16);
  CHECK(call.facts().call_info == std::vector<std::string>{"<sip:b>"});
}

TEST_CASE("hand-over time: trusted, not from the future, not from another age") {
  Call call;
  call.headers.handover = " 2026-03-01T11:59:58.5Z ";
  CHECK(call.facts().network_handover == arrival - std::chrono::milliseconds(1500));
  call.headers.handover = "2026-03-01T12:00:03Z";
  CHECK(call.facts().network_handover == arrival);
  call.headers.handover = "2026-03-01T11:00:00Z";
  CHECK_FALSE(call.facts().network_handover);
  call.headers.handover = "2026-03-01T11:59:58Z";
  call.trusted = false;
  CHECK_FALSE(call.facts().network_handover);
}

TEST_CASE("RFC 3339 times") {
  CHECK(parse_rfc3339("1970-01-01T00:00:00Z") == core::Time{0});
  CHECK(parse_rfc3339("2026-03-01t13:00:00+01:00") == arrival);
  CHECK(parse_rfc3339("2026-03-01 07:30:00-04:30") == arrival);
  CHECK(parse_rfc3339("2026-03-01T12:00:00.0000000019z") == core::Time{arrival.ns + 1});
  CHECK(parse_rfc3339("2016-12-31T23:59:60Z") == parse_rfc3339("2017-01-01T00:00:00Z"));
  for (const char* wrong :
       {"", "2026-03-01", "2026-03-01T12:00:00", "2026-02-29T12:00:00Z", "2026-13-01T12:00:00Z", "2026-03-01T24:00:00Z",
        "2026-03-01T12:00:00.Z", "2026-03-01T12:00:00Z ", "2026-03-01T12:00:00+24:00", "9999-03-01T12:00:00Z",
        "1970-01-01T00:00:00+01:00", "-026-03-01T12:00:00Z", "2026-03-01T12:00:00+0100"})
    CHECK_FALSE(parse_rfc3339(wrong));
}

TEST_CASE("consoles get UTF-8 without control characters, whatever came") {
  Call call;
  call.headers.from = "\"caf\xc3\xa9 \xff\xc3( \xed\xa0\x80 \a\" <sip:a@b>";
  call.headers.request_uri = "sip:null-%00-null@example.com";
  const auto facts = call.facts();
  const std::string bad = "\xef\xbf\xbd";
  CHECK(facts.display_name == "caf\xc3\xa9 " + bad + bad + "( " + bad + bad + bad + " " + bad);
  CHECK(facts.dialled == "null-" + bad + "-null");
}

TEST_CASE("the place of the caller") {
  Call call;
  call.options.places = {{"+44207946", "Westminster"}};
  CHECK(call.facts().place == "Westminster");
}

}  // namespace
}  // namespace pledge::signalling
