#include "sip/signalling/sdp.hpp"

#include <rapidcheck.h>

#include <catch2/catch.hpp>

namespace pledge::signalling {
namespace {

constexpr const char* typical =
    "v=0\r\n"
    "o=phone 2890844526 2890842807 IN IP4 192.0.2.10\r\n"
    "s=call\r\n"
    "i=ignored\r\n"
    "c=IN IP4 192.0.2.10\r\n"
    "b=AS:64\r\n"
    "t=0 0\r\n"
    "a=sendonly\r\n"
    "m=audio 49170 RTP/AVP 8 0 101\r\n"
    "a=rtpmap:8 PCMA/8000\r\n"
    "a=rtpmap:101 telephone-event/8000/1\r\n"
    "a=fmtp:101 0-15\r\n"
    "a=ptime:20\r\n"
    "a=rtcp:53020 IN IP6 2001:db8::7\r\n"
    "a=rtcp-mux\r\n"
    "m=video 51372/2 RTP/AVP 31\r\n"
    "c=IN IP6 2001:db8::1/3\r\n"
    "a=inactive\r\n";

std::string error_of(std::string_view text, const SdpLimits& limits = {}) {
  const auto sdp = parse_sdp(text, limits);
  return sdp ? "none" : to_string(sdp.error());
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  text.replace(text.find(from), from.size(), to);
  return text;
}

TEST_CASE("a typical description is read whole") {
  const auto sdp = parse_sdp(typical);
  REQUIRE(sdp);
  CHECK(sdp->origin == SdpOrigin{"phone", "2890844526", "2890842807", {false, "192.0.2.10"}});
  CHECK(sdp->session_name == "call");
  REQUIRE(sdp->media.size() == 2);
  const auto& audio = sdp->media[0];
  CHECK(audio.media == "audio");
  CHECK(audio.port == 49170);
  CHECK(audio.formats == std::vector<std::string>{"8", "0", "101"});
  CHECK(audio.rtpmap.at(1) == SdpRtpMap{101, "telephone-event", 8000, 1});
  CHECK(audio.fmtp.at(0) == SdpFmtp{"101", "0-15"});
  CHECK(audio.ptime == 20u);
  CHECK(audio.rtcp == SdpRtcp{53020, SdpAddress{true, "2001:db8::7"}});
  CHECK(audio.attributes == std::vector<SdpAttribute>{{"rtcp-mux", ""}});
  CHECK(sdp->direction_of(audio) == Direction::sendonly);
  CHECK(*sdp->connection_of(audio) == SdpAddress{false, "192.0.2.10"});
  CHECK(*sdp->connection_of(sdp->media[1]) == SdpAddress{true, "2001:db8::1"});
  CHECK(sdp->direction_of(sdp->media[1]) == Direction::inactive);
}

TEST_CASE("bare LF, missing o= s= t=, empty last lines and unknown lines cost no call") {
  const auto sdp = parse_sdp("v=0\nc=IN IP4 192.0.2.1\nx=what\nm=audio 49217 RTP/AVP 0 12\na=rtpmap:31 LPC\n\n");
  REQUIRE(sdp);
  CHECK(sdp->media.at(0).port == 49217);
  CHECK(sdp->media[0].rtpmap.empty());
  CHECK(sdp->media[0].attributes == std::vector<SdpAttribute>{{"rtpmap", "31 LPC"}});
}

TEST_CASE("faults name their line, what and why") {
  CHECK(error_of("") == "v=: the description is empty");
  CHECK(error_of("o=- 0 0 IN IP4 x\r\n") == "line 1: v=: the first line is not v=0");
  CHECK(error_of("v=0\r\nv=0\r\n") == "line 2: v=: a second v= line");
  CHECK(error_of("v=0\r\nnonsense\r\n") == "line 2: line: is not <letter>=<value>");
  CHECK(error_of("v=0\r\ns=a\rb\r\n") == "line 2: line: CR without LF");
  CHECK(error_of(std::string_view("v=0\r\ns=\0\r\n", 10)) == "size: contains a NUL byte");
  CHECK(error_of(replaced(typical, "IN IP4 192.0.2.10", "IN IP9 192.0.2.10")) ==
        "line 2: o=: is not <user> <id> <version> IN IP4|IP6 <address>");
  CHECK(error_of(replaced(typical, "c=IN IP4", "c=IP4")) == "line 5: c=: is not IN IP4|IP6 <address>");
  CHECK(error_of(replaced(typical, "49170", "65536")) == "line 9: m=: port is not a number up to 65535");
  CHECK(error_of(replaced(typical, "49170", "-1")) == "line 9: m=: port is not a number up to 65535");
  CHECK(error_of(replaced(typical, " 8 0 101", "")) == "line 9: m=: is not <media> <port> <proto> <format> ...");
}

TEST_CASE("every bound holds") {
  SdpLimits limits;
  limits.bytes = 64;
  CHECK(error_of("v=0\r\n" + std::string(60, 's'), limits) == "size: over 64 bytes");
  CHECK(error_of("v=0\r\ns=" + std::string(2047, 'x')) == "line 2: size: over 2048 bytes");
  std::string many = "v=0\r\n";
  for (int i = 0; i < 512; ++i) many += "a=x\r\n";
  CHECK(error_of(many) == "line 513: size: over 512 lines");
  many = "v=0\r\n";
  for (int i = 0; i < 17; ++i) many += "m=audio 0 RTP/AVP 0\r\n";
  CHECK(error_of(many) == "line 18: m=: over 16 m-lines");
  many = "v=0\r\nm=audio 0 RTP/AVP";
  for (int i = 0; i < 65; ++i) many += " 0";
  CHECK(error_of(many) == "line 2: m=: over 64 formats");
}

TEST_CASE("the line that sends other parsers into an endless loop is just a line") {
  const auto sdp = parse_sdp("v=0\r\no=- 0 0 IN IP4 192.0.2.1\r\ns=-\r\nt=0 0\r\nm=image 5000 udptl )\r\n");
  REQUIRE(sdp);
  CHECK(sdp->media.at(0).formats == std::vector<std::string>{")"});
}

TEST_CASE("what is printed is read back the same") {
  const auto sdp = parse_sdp(typical);
  REQUIRE(sdp);
  const auto again = parse_sdp(print_sdp(*sdp));
  REQUIRE(again);
  CHECK(*again == *sdp);
}

// Lines drawn from those above, any order, some cut short: whatever is accepted survives printing.
TEST_CASE("print and parse are inverse on everything that is accepted") {
  const std::vector<std::string> lines = {"o=- 1 1 IN IP4 192.0.2.1",
                                          "s=",
                                          "s= ",
                                          "c=IN IP6 2001:db8::1",
                                          "t=0 0",
                                          "a=sendrecv",
                                          "a=sendrecv:x",
                                          "a=:",
                                          "a=x:",
                                          "m=audio 4000 RTP/AVP 8 0",
                                          "m=image 5000 udptl )",
                                          "a=rtpmap:8 PCMA/8000",
                                          "a=rtpmap:8 PCMA/8000/2 x",
                                          "a=fmtp:101 0-15",
                                          "a=fmtp:101",
                                          "a=ptime:20",
                                          "a=ptime:x",
                                          "a=rtcp:4001",
                                          "a=rtcp:0",
                                          "a=recvonly",
                                          "",
                                          "k=clear"};
  CHECK(rc::check("parse(print(parse(x))) == parse(x)", [&] {
    std::string text = "v=0\r\n";
    for (const auto& line : *rc::gen::container<std::vector<std::string>>(rc::gen::elementOf(lines)))
      text += line.substr(0, *rc::gen::inRange<std::size_t>(0, line.size() * 12 + 1)) + "\r\n";
    const auto sdp = parse_sdp(text);
    if (!sdp) return;
    const auto again = parse_sdp(print_sdp(*sdp));
    RC_ASSERT(again.has_value());
    RC_ASSERT(*again == *sdp);
  }));
}

}  // namespace
}  // namespace pledge::signalling
