// Malformed messages on the wire: an INVITE with a usable top Via gets a 4xx with a reason; whatever else is counted,
// logged and alarmed.
#include <functional>
#include <memory>

#include "signalling/sip_fixture.hpp"

using namespace sip_test;

namespace {

struct Wire : Fixture {
  Wire() {
    listen(runtime::Transport::tcp);
    start();
  }
  std::unique_ptr<Endpoint> connect(bool tcp) {
    if (tcp) return std::make_unique<TcpPeer>(*this);
    return std::make_unique<Peer>(*this);
  }
};

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

std::string without(std::string text, const std::string& name) {
  const auto at = text.find("\r\n" + name + ":");
  REQUIRE(at != std::string::npos);
  return text.erase(at, text.find("\r\n", at + 2) - at);
}

const std::string nul(1, '\0');

struct Case {
  const char* what;
  std::function<std::string(std::string)> spoil;
};
const Case cases[] = {
    {"no From", [](auto s) { return without(s, "From"); }},
    {"no To", [](auto s) { return without(s, "To"); }},
    {"no Call-ID", [](auto s) { return without(s, "Call-ID"); }},
    {"no CSeq", [](auto s) { return without(s, "CSeq"); }},
    {"an unclosed quote in From", [](auto s) { return replaced(s, "\"A Caller\"", "\"A Caller"); }},
    {"a CSeq that is no number", [](auto s) { return replaced(s, "CSeq: 1 ", "CSeq: one "); }},
    {"a CSeq of another method", [](auto s) { return replaced(s, " INVITE\r\nContact", " OPTIONS\r\nContact"); }},
    {"a Request-URI with blanks", [](auto s) { return replaced(s, " SIP/2.0\r\n", " ; lr SIP/2.0\r\n"); }},
    {"a Via with empty parameters", [](auto s) { return replaced(s, "\r\nMax", ";;,;,,\r\nMax"); }},
    {"a Contact that is no address", [](auto s) { return replaced(s, "Contact: <sip:", "Contact: <<"); }},
    {"a Record-Route that is not sip",
     [](auto s) { return replaced(s, "Max-Forwards", "Record-Route: <http://example.com>\r\nMax-Forwards"); }},
    {"a CSeq beyond 32 bits", [](auto s) { return replaced(s, "CSeq: 1 ", "CSeq: 4294967296 "); }},
    {"a second From", [](auto s) { return replaced(s, "Contact:", "From: <sip:b@example.com>\r\nContact:"); }},
    {"a second Content-Length", [](auto s) { return replaced(s, "Contact:", "l: 5\r\nContact:"); }},
    {"NUL in a header field", [](auto s) { return replaced(s, "\"A Caller\" <sip", "A" + nul + "B <sip"); }},
};

}  // namespace

TEST_CASE("a malformed INVITE gets a 4xx with a reason wherever its top Via is usable, over UDP and TCP") {
  const bool tcp = GENERATE(false, true);
  Wire t;
  int count = 0;
  for (const auto& [what, spoil] : cases) {
    INFO(what << (tcp ? " over TCP" : " over UDP"));
    const auto peer = t.connect(tcp);  // a connection with an error on it is closed
    Call call{*peer, t.target()};
    call.id = "spoiled-" + std::to_string(++count);
    peer->send(spoil(call.request("INVITE", {}, sdp("127.0.0.1", 6002), "invite")));
    Message refusal;
    REQUIRE(t.run_until([&] { return peer->next("SIP/2.0 4", refusal); }));
    CHECK(refusal.start().size() > std::string("SIP/2.0 400 ").size());
    CHECK(refusal.header("Via").find(peer->host()) != std::string::npos);
  }
  CHECK(t.events.all.empty());
  CHECK(t.media.ports == 1'000);
}

TEST_CASE("line breaks that keep a connection or a NAT open are no messages, over UDP and TCP") {
  const bool tcp = GENERATE(false, true);
  Wire t;
  const auto peer = t.connect(tcp);
  Call call{*peer, t.target()};
  peer->send("\r\n\r\n");
  peer->send("\r\n\r\n" + call.request("OPTIONS"));  // RFC 3261 §7.5
  peer->expect("SIP/2.0 200");
  t.housekeep();
  CHECK(t.sip->counters().malformed == 0);
  CHECK(t.alarms.empty());
}

TEST_CASE("an unreadable Max-Forwards, or a line that is no header field, costs no call") {
  const std::string instead = GENERATE("Max-Forwards: 7x", "Max-Forwards: 70\r\nno colon here");
  Wire t;
  Peer peer{t};
  Call call{peer, t.target()};
  peer.send(replaced(call.request("INVITE", {}, sdp("127.0.0.1", 6002)), "Max-Forwards: 70", instead));
  t.await<core::CallArrived>();
}

TEST_CASE("NUL in a quoted string is legal and does not cut the message off, over UDP and TCP") {
  const bool tcp = GENERATE(false, true);
  Wire t;
  const auto peer = t.connect(tcp);
  Call call{*peer, t.target()};
  peer->send(replaced(call.request("INVITE", {}, sdp("127.0.0.1", 6002)), "\"A Caller\"", "\"A\\" + nul + " Caller\""));
  CHECK(t.await<core::CallArrived>().facts.from_user == "+442079460123");
}

TEST_CASE("NUL in a later segment of a head over TCP neither cuts the message off nor touches its body") {
  Wire t;
  const auto peer = t.connect(true);
  Call call{*peer, t.target()};
  const std::string body = "v=0\r\n" + nul + "\r\n\r\n" + nul;
  const auto text = replaced(call.request("OPTIONS", "Content-Type: text/x\r\n", body), "\"A Caller\"",
                             "\"A\\" + nul + " Caller\"");
  const auto cut = GENERATE_COPY(text.find("\r\nVia") + 5, text.find("Caller") - 4, text.find("\r\n\r\n") + 1,
                                 text.find("\r\n\r\n") + 4, text.size() - 3);
  INFO("cut at " << cut << " of " << text.size());
  peer->send(text.substr(0, cut));
  // The engine has read the first part for sure once it has answered somebody who spoke later.
  const auto other = t.connect(true);
  Call later{*other, t.target(), "later"};
  other->send(later.request("OPTIONS"));
  other->expect("SIP/2.0 200");
  t.settle();
  peer->send(text.substr(cut));
  peer->expect("SIP/2.0 200");
}

TEST_CASE("what cannot be answered is counted and alarmed") {
  const std::string text = GENERATE("this is not SIP\r\n\r\n", "INVITE sip:999@example.com SIP/2.0\r\nTo: <sip:a@b>\r\nContent-Length: 0\r\n\r\n",
                                    "SIP/2.0 999 what\r\nContent-Length: 0\r\n\r\n", "INVITE sip:999@example.com SIP/2.0\r\nVia: x\r\nContent-Length: 0\r\n\r\n");
  const bool tcp = GENERATE(false, true);
  INFO(text << (tcp ? " over TCP" : " over UDP"));
  Wire t;
  const auto peer = t.connect(tcp);
  peer->send(text);
  REQUIRE(t.run_until([&] { return t.sip->counters().malformed > 0; }));
  REQUIRE(t.run_until([&] { return !t.alarms.empty(); }));
  CHECK(t.alarm_kinds() == "malformed");
  CHECK(t.events.all.empty());
  const auto said = t.alarms.front().second;
  INFO(said);
  CHECK(said.find("1 message could not be read; from " + peer->host() + (tcp ? "/tcp, " : "/udp, ")) == 0);
  CHECK(said.find(" " + std::to_string(text.size()) + " bytes, ") != std::string::npos);
  CHECK(said.find(": \"" + text.substr(0, text.find("\r\n"))) != std::string::npos);
}

TEST_CASE("the alarm says what could not be read, and shows the beginning in one line of ASCII") {
  Wire t;
  Peer peer{t};
  Call call{peer, t.target()};
  call.id = "spoiled";
  const auto text = call.request("INVITE", {}, sdp("127.0.0.1", 6002));
  const auto told_of = [&](const std::string& message) {
    t.alarms.clear();
    peer.send(message);
    REQUIRE(t.run_until([&] { return !t.alarms.empty(); }));
    const auto& said = t.alarms.front().second;
    return said.substr(said.find(" bytes, ") + 8);
  };
  const auto start = ": \"" + text.substr(0, text.find("\r\n")) + "\\r\\n\"";
  CHECK(told_of(without(text, "From")) == "no From" + start);
  CHECK(told_of(without(text, "Via")) == "no Via" + start);
  CHECK(told_of(replaced(text, "CSeq: 1 INVITE", "CSeq: 1 OPTIONS")) == "a CSeq of another method" + start);
  CHECK(told_of(replaced(text, "\"A Caller\"", "\"A Caller")) == "malformed From" + start);
  CHECK(told_of(replaced(text, "Call-ID: ", "Call-ID: another\r\nCall-ID: ")) == "a second Call-ID" + start);
  const auto blanks = replaced(text, " SIP/2.0\r\n", " ; lr SIP/2.0\r\n");
  CHECK(told_of(blanks) == "malformed Request-Line: \"" + blanks.substr(0, blanks.find("\r\n")) + "\"");
  CHECK(told_of(text.substr(0, text.size() - 3)) == "cut off" + start);
  CHECK(told_of("\x16\x03\x01\"\\" + std::string(100, 'x')) == "not SIP: \"\\x16\\x03\\x01\\\"\\\\" + std::string(55, 'x') + "\"");
}

TEST_CASE("a body announced longer than it came, over TCP, is not told of as its bytes") {
  Wire t;
  TcpPeer peer{t};
  peer.send("INVITE sip:999@example.com SIP/2.0\r\nContent-Length: 6000\r\n\r\nv=0");
  peer.close();
  REQUIRE(t.run_until([&] { return !t.alarms.empty(); }));
  const auto said = t.alarms.front().second;
  INFO(said);
  CHECK(said.find("/tcp, ") != std::string::npos);
  CHECK(said.find(" bytes") == std::string::npos);
}

TEST_CASE("an unreadable field that nobody needs makes no message unreadable") {
  Wire t;
  Peer peer{t};
  Call call{peer, t.target()};
  peer.send(replaced(call.request("OPTIONS"), "Max-Forwards: 70", "Max-Forwards: 7x"));
  peer.expect("SIP/2.0 200");
  peer.send("not SIP\r\n\r\n");
  call.id = "again";
  peer.send(replaced(call.request("OPTIONS"), "Max-Forwards: 70", "Max-Forwards: 7x"));
  REQUIRE(t.run_until([&] { return !t.alarms.empty(); }));
  CHECK(t.alarms.front().second.find("not SIP") != std::string::npos);
}

TEST_CASE("a flood of unreadable messages is told of once a second, with its number and the last of them") {
  Wire t;
  Peer one{t}, two{t};
  for (int i = 0; i < 199; ++i) one.send("nonsense " + std::to_string(i) + "\r\n\r\n");
  t.settle();
  two.send("nonsense at last\r\n\r\n");
  REQUIRE(t.run_until([&] { return t.sip->counters().malformed == 200; }));
  REQUIRE(t.run_until([&] { return !t.alarms.empty() && t.alarms.back().second.find("at last") != std::string::npos; }));
  CHECK(t.alarms.size() <= 2);
  CHECK(t.alarms.back().second.find(two.host()) != std::string::npos);
}

TEST_CASE("a head that is cut off in the middle, over TCP, is counted and alarmed when its time is over") {
  Fixture t;
  t.listen(runtime::Transport::tcp);
  t.options.limits.tcp_message = std::chrono::milliseconds(100);
  t.start();
  TcpPeer peer{t};
  Call call{peer, t.target()};
  const auto text = call.request("INVITE", {}, sdp("127.0.0.1", 6002));
  peer.send(text.substr(0, text.find("Call-ID")));
  REQUIRE(t.run_until([&] { return peer.closed(); }));
  REQUIRE(t.run_until([&] { return !t.alarms.empty(); }));
  CHECK(t.alarm_kinds() == "malformed");
}

TEST_CASE("a request larger than the limit is refused, counted and alarmed, over UDP and TCP, outside of a dialog and inside") {
  const bool tcp = GENERATE(false, true);
  Fixture t;
  t.listen(runtime::Transport::tcp);
  t.options.limits.message_bytes = 4'096;
  t.start();
  const auto peer = tcp ? std::unique_ptr<Endpoint>(new TcpPeer(t)) : std::unique_ptr<Endpoint>(new Peer(t));
  Call call{*peer, t.target()};
  const std::string much = "X-Much: " + std::string(8'000, 'x') + "\r\n";
  peer->send(call.request("INVITE", much, sdp("127.0.0.1", 6002)));
  peer->expect("SIP/2.0 513");
  CHECK(t.alarm_kinds() == "oversized");
  CHECK(t.events.all.empty());
  call.restart("call-2");
  call.invite();
  t.sip->perform(core::AnswerLeg{t.await<core::CallArrived>().leg});
  call.answered();
  call.ack();
  peer->send(call.request("UPDATE", much, {}, "much"));
  peer->expect("SIP/2.0 513");
  CHECK(t.sip->counters().oversized == 2);
}

TEST_CASE("a message that is larger than any datagram closes its TCP connection instead of being kept") {
  Fixture t;
  t.listen(runtime::Transport::tcp);
  t.options.limits.message_bytes = 4'096;
  t.start();
  TcpPeer peer{t};
  Call call{peer, t.target()};
  peer.send(call.request("INVITE", "X-Much: " + std::string(80'000, 'x') + "\r\n", sdp("127.0.0.1", 6002)));
  REQUIRE(t.run_until([&] { return peer.closed(); }));
  CHECK(t.events.all.empty());
}
