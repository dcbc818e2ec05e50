// What a caller's INVITE tells the core and the handler's phone, by who sent it, over the wire.
#include "signalling/sip_fixture.hpp"

using namespace sip_test;

namespace {

constexpr char claims[] =
    "P-Asserted-Identity: <sip:+442079460555@example.com>\r\n"
    "Resource-Priority: wps.0, esnet.3\r\n"
    "X-Handover-Time: 2023-11-14T22:13:19Z\r\n"
    "Geolocation: <cid:here@example.com>\r\n"
    "Call-Info: <https://example.com/picture>;purpose=icon\r\n"
    "Call-Info: <https://example.com/device>;purpose=EmergencyCallData.DeviceInfo\r\n";

struct Caller : Fixture {
  explicit Caller(bool trusted) {
    options.trunks[0].trusted = trusted;
    start();
    call.target = target();
  }
  core::CallFacts arrive(const std::string& more) {
    call.invite(more);
    const auto arrived = await<core::CallArrived>();
    leg = arrived.leg;
    return arrived.facts;
  }
  Message rung() {
    ring(phone, leg);
    return phone.expect("INVITE");
  }
  Peer line{*this}, phone{*this};
  Call call{line, {}};
  LegId leg{};
};

std::string with_line(std::string text, const std::string& name, const std::string& value) {
  const auto at = text.find(name + ":");
  return text.replace(at, text.find("\r\n", at) - at, name + ": " + value);
}

}  // namespace

TEST_CASE("a trusted trunk is believed: number, priority and hand-over time; the phone is shown the priority") {
  Caller t(true);
  const auto facts = t.arrive(claims);
  CHECK(facts.trusted);
  CHECK(facts.caller == "+442079460555");
  CHECK(facts.resource_priority == "esnet.3");
  CHECK(facts.network_handover);
  CHECK(t.rung().header("Resource-Priority") == "esnet.3");
}

TEST_CASE("an untrusted trunk's claims are stripped, for the core and for the phone; what informs is kept") {
  Caller t(false);
  const auto facts = t.arrive(claims);
  CHECK_FALSE(facts.trusted);
  CHECK(facts.caller == "+442079460123");
  CHECK(facts.provenance == core::Provenance::from);
  CHECK(facts.resource_priority.empty());
  CHECK_FALSE(facts.network_handover);
  CHECK(facts.geolocation == std::vector<std::string>{"<cid:here@example.com>"});
  CHECK(facts.call_info == std::vector<std::string>{"<https://example.com/picture>;purpose=icon"});
  CHECK(facts.additional_data.size() == 1);
  const auto invite = t.rung();
  CHECK(invite.header("Resource-Priority").empty());
  CHECK(invite.header("P-Asserted-Identity").empty());
  CHECK(invite.header("Call-Info") == "<https://example.com/picture>;purpose=icon");
}

TEST_CASE("a location in the body tells the place, which is better known so than by the caller's number") {
  Fixture f;
  f.options.places = {{"+44207946", "Westminster"}};
  f.options.place_names = {"Westminster", "Camden"};
  f.options.areas = {{"Camden", 51.54, -0.16, 4000}};
  f.start();
  Peer line{f};
  Call call{line, f.target()};
  const auto arrived = [&](const std::string& pos) {
    const std::string document =
        "<presence xmlns='urn:ietf:params:xml:ns:pidf'><tuple><status><gp:geopriv xmlns:gp='urn:ietf:params:xml:ns:pidf:"
        "geopriv10'><gp:location-info><g:Point xmlns:g='http://www.opengis.net/gml'><g:pos>" + pos +
        "</g:pos></g:Point></gp:location-info></gp:geopriv></status></tuple></presence>";
    call.invite("Content-Type: multipart/mixed;boundary=b\r\nGeolocation: <cid:here@example.com>\r\n",
                "--b\r\nContent-Type: application/sdp\r\n\r\n" + sdp("127.0.0.1", 6002) +
                    "\r\n--b\r\nContent-Type: application/pidf+xml\r\nContent-ID: <here@example.com>\r\n\r\n" + document +
                    "\r\n--b\r\nContent-Type: application/EmergencyCallData.eCall.MSD\r\n\r\nx\r\n--b--\r\n");
    return f.await<core::CallArrived>().facts;
  };
  SECTION("inside an area") {
    const auto facts = arrived("51.541 -0.161");
    REQUIRE(facts.locations.size() == 1);
    CHECK(facts.locations[0].latitude == 51.541);
    CHECK(facts.additional_items == std::vector<core::NamedText>{{"eCall.MSD", "1 bytes, not interpreted"}});
    CHECK(facts.place == "Camden");
  }
  SECTION("outside of every area, and malformed: the number tells the place, and the call arrives all the same") {
    const auto pos = GENERATE("53.4 -2.2", "nonsense", "</g:pos>");
    const auto facts = arrived(pos);
    CHECK(facts.locations.size() == 1);
    CHECK(facts.place == "Westminster");
  }
}

TEST_CASE("a mobile caller is known by the number's plan, or by the network's word on the line") {
  Caller t(true);
  SECTION("a number of a mobile") {
    CHECK(t.arrive("P-Asserted-Identity: <tel:+447700900123>\r\n").mobile);
  }
  SECTION("a number of a landline") { CHECK_FALSE(t.arrive("P-Asserted-Identity: <tel:+442079460555>\r\n").mobile); }
  SECTION("RFC 7852 ServiceMobility") {
    const bool mobile = GENERATE(true, false);
    const std::string document =
        "<svc:EmergencyCallData.ServiceInfo xmlns:svc='urn:ietf:params:xml:ns:EmergencyCallData:ServiceInfo'>"
        "<svc:DataProviderReference>1@example.com</svc:DataProviderReference><svc:ServiceMobility>" +
        std::string(mobile ? "Mobile" : "Fixed") + "</svc:ServiceMobility></svc:EmergencyCallData.ServiceInfo>";
    t.call.invite("Content-Type: multipart/mixed;boundary=b\r\n",
                  "--b\r\nContent-Type: application/sdp\r\n\r\n" + sdp("127.0.0.1", 6002) +
                      "\r\n--b\r\nContent-Type: application/EmergencyCallData.ServiceInfo+xml\r\n\r\n" + document + "\r\n--b--\r\n");
    CHECK(t.await<core::CallArrived>().facts.mobile == mobile);
  }
}

TEST_CASE("an emergency service's URN reaches the core, and the phone as a priority") {
  Caller t(true);
  auto text = t.call.request("INVITE", {}, sdp("127.0.0.1", 6002));
  t.line.send(text.replace(0, text.find(" SIP/2.0"), "INVITE urn:service:sos.police"));
  const auto arrived = t.await<core::CallArrived>();
  t.leg = arrived.leg;
  CHECK(arrived.facts.service_urn == "urn:service:sos.police");
  CHECK(t.rung().header("Priority") == "emergency");
}

TEST_CASE("numbers are E.164 whether they come as tel: or sip:, in Request-URI and From") {
  const auto [dialled, from] = GENERATE(table<std::string, std::string>({
      {"tel:+44-20-7946-0999", "<tel:+44-20-7946-0123>;tag=caller"},
      {"tel:02079460999;phone-context=+44", "<tel:02079460123;phone-context=+44>;tag=caller"},
      {"sip:02079460999@127.0.0.1", "\"A Caller\" <sip:02079460123@example.net;user=phone>;tag=caller"},
  }));
  Caller t(true);
  auto text = t.call.request("INVITE", {}, sdp("127.0.0.1", 6002));
  text.replace(0, text.find(" SIP/2.0"), "INVITE " + dialled);
  t.line.send(with_line(text, "From", from));
  const auto arrived = t.await<core::CallArrived>();
  t.leg = arrived.leg;
  CHECK(arrived.facts.dialled == "+442079460999");
  CHECK(arrived.facts.caller == "+442079460123");
  const auto shown = t.rung().header("From");
  CHECK(shown.find(arrived.facts.from_user + "@") != std::string::npos);
}

TEST_CASE("Max-Forwards and Max-Breadth go on, one less and unspent") {
  Caller t(true);
  t.arrive("Max-Breadth: 4\r\n");
  const auto invite = t.rung();
  CHECK(invite.header("Max-Forwards") == "69");
  CHECK(invite.header("Max-Breadth") == "4");
}

TEST_CASE("requests inside a dialog that change nothing are answered, and the call goes on") {
  Caller t(true);
  t.arrive({});
  t.sip->perform(core::AnswerLeg{t.leg});
  t.call.answered();
  t.call.ack();
  t.line.send(t.call.request("OPTIONS"));
  CHECK(t.line.expect("SIP/2.0 200").header("Allow").find("UPDATE") != std::string::npos);
  t.line.send(t.call.request("INFO", "Content-Type: application/dtmf-relay\r\n", "Signal=1\r\n"));
  t.line.expect("SIP/2.0 200");
  t.line.send(t.call.request("REFER", "Refer-To: <sip:other@127.0.0.1>\r\n"));
  t.line.expect("SIP/2.0 405");
  t.line.send(t.call.request("NOSUCHMETHOD"));
  t.line.expect("SIP/2.0 501");
  CHECK_FALSE(t.events.last<core::LegEnded>());
  CHECK(t.sip->counters().legs == 1);
}
