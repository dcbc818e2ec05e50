// Peers behind NAT, and several address families.
#include "signalling/sip_fixture.hpp"

using namespace sip_test;

namespace {

constexpr char private_contact[] = "Contact: <sip:caller@10.1.2.3:5060>\r\n";

}  // namespace

TEST_CASE("a caller behind NAT is answered where it sent from, and its media source is learned") {
  Fixture t;
  t.options.trunks[0].behind_nat = true;
  t.start();
  Peer line{t};
  Call call{line, t.target()};
  auto text = call.request("INVITE", private_contact, sdp("10.1.2.3", 6002), "invite");
  const auto via = text.find(line.host());
  text.replace(via, line.host().size(), "10.1.2.3:5060;rport");  // what the NAT has not changed
  line.send(text);
  const auto leg = t.await<core::CallArrived>().leg;
  CHECK(t.media.formats[leg].source == runtime::SourcePolicy::behind_nat);
  t.sip->perform(core::AnswerLeg{leg});
  const auto answer = line.expect("SIP/2.0 200");
  CHECK(answer.header("Via").find(";received=127.0.0.1") != std::string::npos);
  CHECK(answer.header("Via").find(";rport=" + line.host().substr(line.host().find(':') + 1)) != std::string::npos);
  call.learn(answer);
  call.ack();
  t.sip->perform(core::ReleaseLeg{leg, {}});
  const auto bye = line.expect("BYE");  // at the source, not at 10.1.2.3
  CHECK(bye.start() == "BYE sip:caller@10.1.2.3:5060 SIP/2.0");
}

TEST_CASE("a caller that is not behind NAT is believed its addresses") {
  Fixture t;
  t.start();
  Peer line{t}, at_home{t};
  Call call{line, t.target()};
  call.invite("Contact: <sip:caller@" + at_home.host() + ">\r\n");
  const auto leg = t.await<core::CallArrived>().leg;
  CHECK(t.media.formats[leg].source == runtime::SourcePolicy::signalled);
  t.sip->perform(core::AnswerLeg{leg});
  call.answered();
  call.ack();
  t.sip->perform(core::ReleaseLeg{leg, {}});
  at_home.expect("BYE");
}

TEST_CASE("a re-INVITE of a caller behind NAT does not move what we send to the address it thinks it has") {
  Fixture t;
  t.options.trunks[0].behind_nat = true;
  t.start();
  Peer line{t};
  Call call{line, t.target()};
  call.invite(private_contact);
  const auto leg = t.await<core::CallArrived>().leg;
  t.sip->perform(core::AnswerLeg{leg});
  call.answered();
  call.ack();
  ++call.cseq;
  line.send(call.request("INVITE", private_contact, sdp("10.1.2.3", 6010), "again"));
  line.expect("SIP/2.0 200");
  CHECK(t.media.formats[leg].source == runtime::SourcePolicy::behind_nat);
  call.ack();
  t.sip->perform(core::ReleaseLeg{leg, {}});
  line.expect("BYE");
}

TEST_CASE("calls over IPv6: a caller and a phone, in SIP and in SDP, and between the families") {
  Fixture t;
  t.listen(runtime::Transport::udp, "::1");
  t.start();
  Peer line{t, "::1"}, phone6{t, "::1"}, phone4{t};
  Call call{line, "[::1]:" + std::to_string(t.port(runtime::Transport::udp, true))};
  call.invite();
  const auto leg = t.await<core::CallArrived>().leg;
  CHECK(t.media.formats[leg].remote.ip == "::1");
  for (Peer* phone : {&phone6, &phone4}) {
    const auto handler = t.ring(*phone, leg);
    const auto invite = phone->expect("INVITE");
    const bool six = phone == &phone6;
    CHECK((invite.body().find("c=IN IP6 ::1") != std::string::npos) == six);
    CHECK((invite.header("Contact").find("@[::1]:") != std::string::npos) == six);
    phone->answer(invite, "200 OK", {}, sdp(phone->ip(), 6400, "8"));
    phone->expect("ACK");
    CHECK(t.await<core::LegAnswered>().leg == handler);
    CHECK(t.media.formats[handler].remote.ip == phone->ip());
    t.sip->perform(core::ReleaseLeg{handler, {}});
    phone->answer(phone->expect("BYE"), "200 OK");
    t.events.all.clear();
  }
  t.sip->perform(core::AnswerLeg{leg});
  CHECK(call.answered().body().find("c=IN IP6 ::1") != std::string::npos);
  call.ack();
  call.bye();
  CHECK(t.await<core::LegEnded>().leg == leg);
}

TEST_CASE("an IPv4 address in the SDP of a call over IPv6 is refused: no sound could reach it") {
  Fixture t;
  t.listen(runtime::Transport::udp, "::1");
  t.start();
  Peer line{t, "::1"};
  Call call{line, "[::1]:" + std::to_string(t.port(runtime::Transport::udp, true))};
  call.invite({}, sdp("127.0.0.1", 6002));
  CHECK(line.expect("SIP/2.0 488").header("Warning").rfind("301 ", 0) == 0);
}
