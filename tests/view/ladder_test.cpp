#include "tools/pledge/view/ladder.hpp"

#include <catch2/catch.hpp>

using namespace pledge;
using namespace pledge::view;
using namespace std::chrono_literals;

namespace {

const core::Time begin{1'700'000'000'000'000'000};

struct Trace {
  v1::GetContactTraceResponse all;
  core::Duration at{};
  v1::TraceStep& step() {
    auto* out = all.add_steps();
    *out->mutable_time() = timestamp_of(begin + at);
    at += 250ms;
    return *out;
  }
  void sip(bool sent, const char* party, const char* method, unsigned status = 0, const char* text = "",
           const char* body = "") {
    auto* out = step().mutable_sip();
    out->set_sent(sent);
    out->set_party(party);
    out->set_method(method);
    out->set_status(status);
    out->set_text(text);
    out->set_cseq(7);
    out->set_peer(*party ? "192.0.2.7:5060/udp" : "192.0.2.1:5060/tcp");
    out->set_call_id(*party ? "phone@pledge" : "caller@net");
    out->set_body(body);
  }
};

std::string joined(const Frame& frame) {
  std::string out;
  for (const auto& line : frame) out += line + "\n";
  return out;
}
std::string line_with(const Frame& frame, const std::string& what) {
  for (const auto& line : frame)
    if (line.find(what) != std::string::npos) return line;
  return {};
}

}  // namespace

TEST_CASE("the ladder has the caller left of Pledge and the phone right of it, arrows by direction") {
  Trace t;
  t.sip(false, "", "INVITE", 0, "sip:999@192.0.2.9", "SDP 192.0.2.1:6000 PCMA");
  t.sip(true, "h1", "INVITE", 0, "sip:h1@192.0.2.7");
  t.sip(false, "h1", "INVITE", 180, "Ringing");
  t.sip(true, "", "BYE", 200, "OK");
  const auto frame = draw_ladder(t.all);
  INFO(joined(frame));
  CHECK(line_with(frame, "SDP 192.0.2.1:6000 PCMA").find("│── INVITE ─────────────>│") != std::string::npos);
  CHECK(line_with(frame, "h1 7 INVITE").find("│                        │── INVITE ─────────────>│") !=
        std::string::npos);
  CHECK(line_with(frame, "180 Ringing").find("│<─ 180 Ringing ─────────│") != std::string::npos);
  CHECK(line_with(frame, "200 OK (BYE)").find("│<─ 200 OK (BYE) ────────│") != std::string::npos);
  CHECK(line_with(frame, "200 OK (BYE)").find("   0.750") != std::string::npos);
}

TEST_CASE("each leg is named once with its address and Call-ID") {
  Trace t;
  t.sip(false, "", "INVITE");
  t.sip(true, "h1", "INVITE");
  t.sip(false, "", "ACK");
  const auto text = joined(draw_ladder(t.all));
  CHECK(text.find("  caller      192.0.2.1:5060/tcp        Call-ID caller@net\n") != std::string::npos);
  CHECK(text.find("  h1          192.0.2.7:5060/udp        Call-ID phone@pledge\n") != std::string::npos);
  CHECK(text.find("caller@net") == text.rfind("caller@net"));
}

TEST_CASE("states, offers and decisions stand between the messages, broken at the width asked for") {
  Trace t;
  t.sip(false, "", "INVITE");
  t.step().mutable_contact()->set_state(v1::CONTACT_STATE_WAITING);
  t.all.mutable_steps(1)->mutable_contact()->set_queue("emergency");
  auto* offer = t.step().mutable_offer();
  offer->set_id(4);
  offer->set_handler("h1");
  offer->set_end(v1::OFFER_END_DECLINED);
  t.step().mutable_decision()->set_text(
      "waits in emergency: 12 ahead, 13 waiting in all; of 14 handlers signed on who can serve it none are free");
  const auto frame = draw_ladder(t.all, 80);
  INFO(joined(frame));
  CHECK_FALSE(line_with(frame, "■ waits in emergency").empty());
  CHECK_FALSE(line_with(frame, "◆ offer 4 to h1: declined").empty());
  CHECK_FALSE(line_with(frame, "none are free").empty());
  for (const auto& line : frame)
    if (line.find("──") == std::string::npos) CHECK(columns_of(line) <= 80);  // of a message the ladder itself fits
}

TEST_CASE("a retransmission and a cut trace are said") {
  Trace t;
  t.sip(false, "", "INVITE");
  t.all.mutable_steps(0)->mutable_sip()->set_again(true);
  t.all.set_cut(true);
  const auto frame = draw_ladder(t.all);
  CHECK_FALSE(line_with(frame, "(again)").empty());
  CHECK(frame.back().find("not kept") != std::string::npos);
}

TEST_CASE("the recording of a call and its pauses stand between the arrows") {
  Trace t;
  t.sip(false, "", "INVITE");
  t.step().mutable_recording()->set_text("recording paused by h1 (card number)");
  const auto frame = draw_ladder(t.all, 120);
  CHECK(line_with(frame, "● recording paused by h1 (card number)").find("│ ●") != std::string::npos);
}
