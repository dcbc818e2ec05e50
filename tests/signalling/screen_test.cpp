#include "sip/signalling/screen.hpp"

#include <catch2/catch.hpp>

namespace pledge::signalling {
namespace {

struct Request {
  std::string start = "INVITE sip:999@esn.example.net SIP/2.0";
  std::string via = "SIP/2.0/UDP 192.0.2.1:5070;branch=z9hG4bK1;rport";
  std::string from = "<sip:+442079460111@gw.example.net>;tag=1";
  std::string cseq = "1 INVITE";
  std::string more = "Contact: <sip:a@192.0.2.1>\r\n";
  std::string body = "";

  std::string text() const {
    return start + "\r\nVia: " + via + "\r\nFrom: " + from +
           "\r\nTo: <sip:999@esn.example.net>\r\nCall-ID: c1\r\nCSeq: " + cseq + "\r\n" + more +
           "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  }
};

// "pass", or the status and reason of the refusal.
std::string judged(const std::string& text, std::string_view transport = "UDP") {
  const auto s = screen(text, transport);
  if (!s.refusal) return "pass";
  return std::to_string(s.refusal->status) + " " + s.refusal->reason;
}
std::string judged(const Request& request) { return judged(request.text()); }

TEST_CASE("a sound request passes; keep-alives are told apart") {
  CHECK(judged(Request{}) == "pass");
  CHECK(screen("\r\n\r\n", "UDP").kind == MessageKind::keepalive);
  CHECK(judged("\r\n\r\n" + Request{}.text()) == "pass");
  CHECK(screen("", "UDP").kind == MessageKind::keepalive);
}

TEST_CASE("start lines") {
  const auto with = [](std::string start) { return judged(Request{std::move(start)}); };
  CHECK(with("INVITE sip:999@esn.example.net SIP/3.0") == "505 SIP Version Not Supported");
  CHECK(with("INVITE sip:999@esn.example.net; lr SIP/2.0") == "400 Malformed Request-URI");
  CHECK(with("INVITE <sip:999@esn.example.net> SIP/2.0") == "400 Malformed Request-URI");
  CHECK(with("INVITE  sip:999@esn.example.net  SIP/2.0") == "pass");
  CHECK(with("INVITE soap.beep://192.0.2.103:3002 SIP/2.0") == "416 Unsupported URI Scheme");
  CHECK(with("INVITE sip: SIP/2.0") == "400 Malformed Request-URI");
  CHECK(with("INVITE urn:service:sos SIP/2.0") == "pass");
  CHECK(with("INVITE tel:+442079460123 SIP/2.0") == "pass");
  CHECK(with("INVITE sip:999@esn.example.net") == "400 Malformed Request-Line");
  CHECK(screen("hello", "UDP").kind == MessageKind::garbage);
  CHECK_FALSE(screen("hello", "UDP").answerable());
}

TEST_CASE("header fields that must be there once") {
  Request request;
  request.more = "From: <sip:b@example.net>\r\n";
  CHECK(judged(request) == "400 Multiple From");
  request.more = "l: 5\r\n";
  CHECK(judged(request) == "400 Multiple Content-Length");
  request.more = "no colon here\r\n";
  CHECK(judged(request) == "400 Malformed Header Field");
  CHECK(judged("OPTIONS sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP h\r\n\r\n") == "400 Missing From");
  auto many = Request{};
  for (int i = 0; i < 256; ++i) many.more += "X: y\r\n";
  CHECK(judged(many) == "400 Too Many Header Fields");
  CHECK(judged(Request{}.text() + std::string(70'000, 'x')) == "513 Message Too Large");
}

TEST_CASE("numbers in bounds") {
  const auto with = [](std::string cseq, std::string more = "") {
    Request request;
    request.cseq = std::move(cseq);
    request.more = std::move(more);
    return judged(request);
  };
  CHECK(with("4294967296 INVITE") == "400 Malformed CSeq");
  CHECK(with("-1 INVITE") == "400 Malformed CSeq");
  CHECK(with("1") == "400 Malformed CSeq");
  CHECK(with("1 OPTIONS") == "400 CSeq Method Differs");
  CHECK(with("0009\r\n  INVITE") == "pass");
  CHECK(with("1 INVITE", "Max-Forwards: 300\r\n") == "400 Malformed Max-Forwards");
  CHECK(with("1 INVITE", "Max-Forwards: 0\r\n") == "pass");
  auto cut = Request{};
  cut.body = "v=0";
  cut.more += "c: application/sdp\r\n";
  auto text = cut.text();
  CHECK(judged(text) == "pass");
  text.pop_back();
  CHECK(judged(text) == "400 Content-Length Exceeds Message");
}

TEST_CASE("Via and branch") {
  const auto with = [](std::string via) {
    Request request;
    request.via = std::move(via);
    return judged(request);
  };
  CHECK(with("SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK") == "400 Branch Identifies No Transaction");
  CHECK(with("SIP/2.0/UDP 192.0.2.1;branch=x") == "400 Branch Identifies No Transaction");
  CHECK(with("SIP/2.0/UDP 192.0.2.1;branch=") == "400 Branch Identifies No Transaction");
  CHECK(with("SIP/2.0/UDP 192.0.2.1") == "pass");
  CHECK(with("SIP  /   2.0\r\n /UDP\r\n    192.0.2.2;branch=390skdjuw") == "pass");
  CHECK(with("SIP/2.0/UDP 192.0.2.1:99999;branch=z9hG4bK1") == "400 Malformed Via");
  CHECK(with("SIP/2.0/UDP 192.0.2.15;;,;,,") == "400 Malformed Via");
  CHECK(with("nonsense") == "400 Malformed Via");
  CHECK(with("SIP/2.0/UDP [2001:db8::1]:5060;branch=z9hG4bK1") == "pass");
  CHECK(with("SIP/2.0/TCP 192.0.2.1;branch=z9hG4bK1") == "400 Via Says TCP");
  CHECK_FALSE(screen(Request{"", "nonsense"}.text(), "UDP").answerable());
}

TEST_CASE("addresses the library must not follow") {
  const auto with = [](std::string more, std::string start = Request{}.start, std::string cseq = "1 INVITE") {
    Request request;
    request.more = std::move(more);
    request.start = std::move(start);
    request.cseq = std::move(cseq);
    return judged(request);
  };
  for (const char* uri : {"tel:+442079460123", "http://example.com", "urn:service:sos", "name:John_Smith"})
    CHECK(with(std::string("Contact: <") + uri + ">\r\n") == "400 Contact Is Not a SIP URI");
  CHECK(with("Contact: *\r\n") == "400 Malformed Contact");
  CHECK(with("Contact: *\r\n", "REGISTER sip:example.net SIP/2.0", "1 REGISTER") == "pass");
  CHECK(with("m: <sip:ok@a>, <tel:5>\r\n") == "400 Contact Is Not a SIP URI");
  CHECK(with("Contact:\r\n") == "400 Malformed Contact");
  CHECK(with("Contact: sip:a@b?Route=%3Csip:c%3E\r\n") == "400 Malformed Contact");
  CHECK(with("Record-Route: <sip:p;lr>,<tel:1>\r\n") == "400 Record-Route Is Not a SIP URI");
  Request request;
  request.from = "\"Mr. J. User <sip:a@b>";
  CHECK(judged(request) == "400 Malformed From");
}

TEST_CASE("methods, required extensions and bodies that the engine does not know") {
  Request request{"FROB sip:a@b SIP/2.0"};
  request.cseq = "1 FROB";
  auto s = screen(request.text(), "UDP");
  REQUIRE(s.refusal);
  CHECK(s.refusal->status == 501);
  CHECK(s.refusal->headers.at(0).second == "INVITE, ACK, CANCEL, BYE, OPTIONS, REGISTER, UPDATE, PRACK");
  request = {};
  request.more = "Require: 100rel, Magic\r\nRequire: more-magic\r\n";
  s = screen(request.text(), "UDP");
  REQUIRE(s.refusal);
  CHECK(s.refusal->status == 420);
  CHECK(s.refusal->headers.at(0) == std::pair<std::string, std::string>{"Unsupported", "Magic, more-magic"});
  request = {};
  request.body = "<audio/>";
  CHECK(judged(request) == "400 Missing Content-Type");
  request.more = "Content-Type: application/unknownformat\r\n";
  s = screen(request.text(), "UDP");
  REQUIRE(s.refusal);
  CHECK(s.refusal->headers.at(0).second == "application/sdp, multipart/*, application/pidf+xml");
  request.more += "Content-Disposition: render;handling=optional\r\n";
  CHECK(judged(request) == "pass");
  request.more = "Content-Type: application/EmergencyCallData.Comment+xml\r\n";
  CHECK(judged(request) == "pass");
}

TEST_CASE("the refusal is a response that the sender can match") {
  Request request;
  request.via =
      "SIP/2.0/UDP 10.0.0.5:5070;keep;branch=z9hG4bK1;rport;received=203.0.113.6, SIP/2.0/TCP 10.0.0.6;branch=z9hG4bK2";
  request.start = "INVITE sip:a@b SIP/9.0";
  const auto s = screen(request.text(), "UDP");
  REQUIRE(s.answerable());
  const auto text = refusal_text(s, "198.51.100.7", 6000, "Pledge");
  const auto tag = text.find(";tag=", text.find("To: "));
  REQUIRE(tag != std::string::npos);
  CHECK(text.substr(0, tag) ==
        "SIP/2.0 505 SIP Version Not Supported\r\n"
        "Via: SIP/2.0/UDP 10.0.0.5:5070;branch=z9hG4bK1;keep;rport=6000;received=198.51.100.7\r\n"
        "Via: SIP/2.0/TCP 10.0.0.6;branch=z9hG4bK2\r\n"
        "From: <sip:+442079460111@gw.example.net>;tag=1\r\n"
        "To: <sip:999@esn.example.net>");
  CHECK(text.substr(text.find("Call-ID")) ==
        "Call-ID: c1\r\nCSeq: 1 INVITE\r\nServer: Pledge\r\nContent-Length: 0\r\n\r\n");
  CHECK(text == refusal_text(screen(request.text(), "UDP"), "198.51.100.7", 6000, "Pledge"));
  CHECK(reply_target(s, "198.51.100.7", 6000).port == 6000);
}

TEST_CASE("where the answer goes") {
  const auto port = [](std::string via) {
    Request request;
    request.via = std::move(via);
    return reply_target(screen(request.text(), ""), "198.51.100.7", 6000).port;
  };
  CHECK(port("SIP/2.0/UDP h:5070;branch=z9hG4bK1") == 5070);
  CHECK(port("SIP/2.0/UDP h;branch=z9hG4bK1") == 5060);
  CHECK(port("SIP/2.0/UDP h:5070;rport;branch=z9hG4bK1") == 6000);
}

TEST_CASE("responses pass or are dropped, never answered") {
  const std::string rest =
      "Via: SIP/2.0/UDP h;branch=z9hG4bK1\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:c@d>\r\nCall-ID: x\r\nCSeq: 1 "
      "INVITE\r\n\r\n";
  CHECK(judged("SIP/2.0 180 Ringing\r\n" + rest) == "pass");
  CHECK(judged("SIP/2.0 100 \r\n" + rest) == "pass");
  CHECK(judged("SIP/2.0 4294967301 big\r\n" + rest) == "400 Malformed Status Code");
  CHECK(judged("SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP g;branch=z9hG4bK2\r\n" + rest) == "400 Response For Another");
  CHECK(judged("SIP/2.0 200 OK\r\nContact: <tel:1>\r\n" + rest) == "400 Contact Is Not a SIP URI");
  CHECK_FALSE(screen("SIP/2.0 99 x\r\n" + rest, "UDP").answerable());
  Request ack{"ACK sip:a@b SIP/2.0"};
  CHECK_FALSE(screen(ack.text(), "UDP").answerable());
}

}  // namespace
}  // namespace pledge::signalling
