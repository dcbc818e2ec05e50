// What is written down of each leg for a successor of the engine: the dialog as it is on the wire, until its end.
#include "sip/signalling/leg_record.hpp"
#include "signalling/sip_fixture.hpp"

using namespace sip_test;

namespace {

struct Records final : runtime::LegStatePort {
  void append_leg_state(core::Time, LegId leg, std::string_view state) override { all[leg].emplace_back(state); }
  LegRecord last(LegId leg) const {
    const auto found = all.find(leg);
    REQUIRE(found != all.end());
    const auto record = decode_leg_record(found->second.back());
    INFO(found->second.back() << (record ? "" : record.error()));
    REQUIRE(record);
    return *record;
  }
  bool gone(LegId leg) const { return all.at(leg).back().empty(); }
  std::map<LegId, std::vector<std::string>> all;
};

std::string tag_of(const std::string& party) { return party.substr(party.find(";tag=") + 5); }
std::uint32_t number_of(const std::string& cseq) { return static_cast<std::uint32_t>(std::stoul(cseq)); }

struct Kept : Fixture {
  Kept() {
    start();
    sip->keep_legs_in(&records);
    call.target = target();
  }
  ~Kept() { sip.reset(); }  // it writes to the end
  LegId arrive(const std::string& more = {}, const std::string& body = "default") {
    call.invite(more, body);
    leg = await<core::CallArrived>().leg;
    return leg;
  }
  Message talk(const std::string& more = {}) {
    sip->perform(core::AnswerLeg{arrive(more)});
    auto answer = call.answered();
    call.ack();
    REQUIRE(run_until([&] { return records.last(leg).state == LegRecord::State::confirmed; }));
    return answer;
  }
  Records records;
  Peer line{*this};
  Call call{line, {}};
  LegId leg{};
};

}  // namespace

TEST_CASE("a waiting call's record tells where its answer has to go") {
  Kept t;
  const auto leg = t.arrive("Via: SIP/2.0/UDP 192.0.2.30;branch=z9hG4bK-below\r\n");
  t.sip->perform(core::AlertLeg{leg});
  const auto ringing = t.line.expect("SIP/2.0 180");
  const auto record = t.records.last(leg);
  CHECK(record.role == LegRecord::Role::caller);
  CHECK(record.state == LegRecord::State::early);
  CHECK(record.call_id == "call-1");
  CHECK(record.remote_tag == "caller");
  CHECK(record.local_tag == tag_of(ringing.header("To")));
  CHECK(record.invite_cseq == 1);
  CHECK(record.invite_vias == ringing.all("Via"));
  CHECK(record.invite_vias.size() == 2);
  CHECK(record.peer == t.line.host() + "/udp");
  CHECK(record.hops == 69);
  CHECK(t.records.all[leg].size() == 1);  // ringing changes nothing
}

TEST_CASE("an answered call's record is the dialog on the wire") {
  Kept t;
  const auto answer = t.talk("Record-Route: <sip:127.0.0.1:1;lr>\r\nAllow: INVITE, UPDATE\r\n");
  const auto record = t.records.last(t.leg);
  CHECK(record.local_tag == tag_of(answer.header("To")));
  CHECK(record.local_uri == "sip:999@" + t.target());
  CHECK(record.remote_uri == "sip:+442079460123@" + t.line.host());
  CHECK(record.remote_cseq == 1);
  CHECK(record.routes == std::vector<std::string>{"<sip:127.0.0.1:1;lr>"});
  CHECK(record.target == "sip:+442079460123@" + t.line.host());
  CHECK(record.invite_vias.empty());
  CHECK(record.listener == "udp/" + t.target());
  CHECK(record.peer_allows_update);
  CHECK(record.media_ip == "127.0.0.1");
  CHECK(record.media_port == 20'004);
  CHECK(record.lines == std::vector<std::string>{"audio 20004 RTP/AVP 8"});
  CHECK(answer.body().find("o=pledge " + std::to_string(record.session_id) + " " +
                           std::to_string(record.session_version) + " ") != std::string::npos);
  REQUIRE(record.format);
  CHECK(record.format == t.media.formats[t.leg]);
  CHECK(record.timer == SessionTimer{Refresher::us, 1'800, false});
  CHECK(record.refreshed_at == 1'700'000'000);
  CHECK(t.records.all[t.leg].size() == 3);  // arrived, answered, acknowledged
}

TEST_CASE("between the 200 and the ACK a record says so, and still knows the INVITE") {
  Kept t;
  t.sip->perform(core::AnswerLeg{t.arrive()});
  t.call.answered();
  const auto record = t.records.last(t.leg);
  CHECK(record.state == LegRecord::State::answered);
  CHECK(record.invite_cseq == 1);
  CHECK(record.invite_vias.size() == 1);
}

TEST_CASE("a re-INVITE, an UPDATE and a refresh are followed by the record") {
  Kept t;
  t.talk("Allow: INVITE, UPDATE\r\n");
  const auto before = t.records.last(t.leg);
  ++t.call.cseq;
  t.line.send(t.call.request("INVITE", "Contact: <sip:moved@" + t.line.host() + ">\r\n",
                             sdp("127.0.0.1", 6800, "0", "a=sendonly\r\n"), "again"));
  t.line.expect("SIP/2.0 200");
  t.call.ack();
  const auto after = t.records.last(t.leg);
  CHECK(after.target == "sip:moved@" + t.line.host());
  CHECK(after.remote_cseq == 2);
  CHECK(after.session_version == before.session_version + 1);
  CHECK(after.format->remote.port == 6800);
  CHECK(after.format->codec == runtime::AudioCodec::pcmu);
  CHECK_FALSE(after.format->send);
  CHECK(after.local_tag == before.local_tag);

  t.line.send(t.call.request("UPDATE", {}, sdp("127.0.0.1", 6802, "8"), "update"));
  t.line.expect("SIP/2.0 200");
  CHECK(t.records.last(t.leg).remote_cseq == 3);
  CHECK(t.records.last(t.leg).format->remote.port == 6802);
}

TEST_CASE("our own refresh moves the local CSeq and the time that the timer counts from") {
  Kept t;
  t.talk("Allow: INVITE, UPDATE\r\n");
  t.pass(std::chrono::seconds(900));
  const auto update = t.line.expect("UPDATE");
  t.line.answer(update, "200 OK", "Session-Expires: 1800;refresher=uac\r\n");
  REQUIRE(t.run_until([&] { return t.records.last(t.leg).refreshed_at == 1'700'000'900; }));
  CHECK(t.records.last(t.leg).local_cseq == number_of(update.header("CSeq")));
}

TEST_CASE("a late offer is open in the record until the ACK answers it") {
  Kept t;
  t.sip->perform(core::AnswerLeg{t.arrive({}, {})});
  t.call.answered();
  CHECK(t.records.last(t.leg).offer_open);
  CHECK_FALSE(t.records.last(t.leg).format);
  t.call.ack(sdp("127.0.0.1", 6100, "8"));
  REQUIRE(t.run_until([&] { return t.records.last(t.leg).state == LegRecord::State::confirmed; }));
  CHECK_FALSE(t.records.last(t.leg).offer_open);
  CHECK(t.records.last(t.leg).format->remote.port == 6100);
}

TEST_CASE("a phone's record can cancel it while it rings, and is its dialog once it has answered") {
  Kept t;
  Peer phone{t};
  const auto leg = t.ring(phone, t.arrive());
  const auto invite = phone.expect("INVITE");
  const auto early = t.records.last(leg);
  CHECK(early.role == LegRecord::Role::phone);
  CHECK(early.state == LegRecord::State::early);
  CHECK(early.call_id == invite.header("Call-ID"));
  CHECK(early.local_tag == tag_of(invite.header("From")));
  CHECK(early.remote_tag.empty());
  CHECK(early.invite_cseq == number_of(invite.header("CSeq")));
  CHECK_FALSE(early.invite_branch.empty());
  CHECK(invite.header("Via").find("branch=" + early.invite_branch) != std::string::npos);
  CHECK(early.offer_open);

  phone.answer(invite, "200 OK", "Record-Route: <sip:127.0.0.1:2;lr>\r\nContact: <sip:desk@" + phone.host() + ">\r\n",
               sdp("127.0.0.1", 7000, "8 101", "a=rtpmap:101 telephone-event/8000\r\n"));
  t.await<core::LegAnswered>();
  const auto record = t.records.last(leg);
  CHECK(record.state == LegRecord::State::confirmed);
  CHECK(record.remote_tag == "peer");
  CHECK(record.local_cseq >= record.invite_cseq);
  CHECK(record.target == "sip:desk@" + phone.host());
  CHECK(record.remote_uri == "sip:h1@" + phone.host());
  CHECK(record.routes.size() == 1);
  CHECK(record.invite_branch.empty());
  CHECK(record.format == t.media.formats[leg]);
  CHECK(record.format->event_payload_type == 101);
}

TEST_CASE("the record of a leg that has ended is empty, whichever way it ended") {
  const std::string way = GENERATE("hung up", "released", "cancelled", "refused");
  Kept t;
  if (way == "hung up" || way == "released") t.talk();
  else t.arrive();
  if (way == "hung up") t.call.bye();
  if (way == "released") t.sip->perform(core::ReleaseLeg{t.leg, "over"});
  if (way == "cancelled") t.line.send(t.call.request("CANCEL", {}, {}, "invite"));
  if (way == "refused") t.sip->perform(core::RejectLeg{t.leg, 480, "nobody"});
  REQUIRE(t.run_until([&] { return t.records.gone(t.leg); }));
}

TEST_CASE("a phone that refuses and one that is given up leave empty records") {
  const bool refuses = GENERATE(true, false);
  Kept t;
  Peer phone{t};
  const auto leg = t.ring(phone, t.arrive());
  const auto invite = phone.expect("INVITE");
  if (refuses) {
    phone.answer(invite, "486 Busy Here");
  } else {
    phone.answer(invite, "180 Ringing");
    t.await<core::LegRinging>();
    t.sip->perform(core::ReleaseLeg{leg, "gone"});
    phone.answer(phone.expect("CANCEL"), "200 OK");
    phone.answer(invite, "487 Request Terminated");
  }
  REQUIRE(t.run_until([&] { return t.records.gone(leg); }));
  CHECK_FALSE(t.records.gone(t.leg));  // the caller waits on
}

TEST_CASE("a call that is refused before it became one leaves no record") {
  Kept t;
  t.call.invite({}, sdp("127.0.0.1", 6300, "98", "a=rtpmap:98 OPUS/48000\r\n"));
  t.line.expect("SIP/2.0 488");
  CHECK(t.records.all.empty());
}
