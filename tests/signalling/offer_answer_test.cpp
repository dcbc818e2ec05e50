#include "sip/signalling/offer_answer.hpp"

#include <fmt/format.h>

#include <catch2/catch.hpp>

namespace pledge::signalling {
namespace {

using runtime::AudioCodec;

struct Offer {
  std::string address = "IP4 192.0.2.10";
  std::string media = "m=audio 40000 RTP/AVP 8 0 101\r\na=rtpmap:101 telephone-event/8000\r\n";
  operator std::string() const {
    return fmt::format("v=0\r\no=- 1 1 IN IP4 192.0.2.10\r\ns=-\r\nc=IN {}\r\nt=0 0\r\n{}", address, media);
  }
};

MediaSession fresh() { return start_session(7, "198.51.100.1", 20000); }

Negotiated answered(MediaSession& session, const Offer& offer, std::optional<AudioCodec> prefer = std::nullopt) {
  auto result = answer_offer(session, std::string(offer), prefer);
  INFO((result ? "" : result.error().why));
  REQUIRE(result);
  return *result;
}

MediaError refusal(const Offer& offer) {
  auto session = fresh();
  const auto before = session;
  auto result = answer_offer(session, std::string(offer));
  REQUIRE_FALSE(result);
  CHECK(session == before);
  return result.error();
}

TEST_CASE("an offer is answered with one codec and key presses") {
  auto session = fresh();
  const auto result = answered(session, {});
  CHECK(result.sdp ==
        "v=0\r\no=pledge 7 1 IN IP4 198.51.100.1\r\ns=-\r\nc=IN IP4 198.51.100.1\r\nt=0 0\r\n"
        "m=audio 20000 RTP/AVP 8 101\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:101 telephone-event/8000\r\n"
        "a=fmtp:101 0-15\r\na=ptime:20\r\na=sendrecv\r\n");
  CHECK(result.format.remote == runtime::MediaAddress{"192.0.2.10", 40000, 0});
  CHECK(result.format.codec == AudioCodec::pcma);
  CHECK(result.format.payload_type == 8);
  CHECK(result.format.event_payload_type == std::uint8_t{101});
  CHECK(result.format.send);
  CHECK(result.format.receive);
  CHECK(result.changed);
}

TEST_CASE("the other leg's codec is chosen if offered, else the offerer's first") {
  auto session = fresh();
  CHECK(answered(session, {}, AudioCodec::pcmu).format.codec == AudioCodec::pcmu);
  session = fresh();
  CHECK(answered(session, {"IP4 192.0.2.10", "m=audio 4000 RTP/AVP 18 0 8\r\n"}).format.codec == AudioCodec::pcmu);
  session = fresh();
  const auto only_ulaw = answered(session, {"IP4 192.0.2.10", "m=audio 4000 RTP/AVP 0\r\n"}, AudioCodec::pcma);
  CHECK(only_ulaw.format.codec == AudioCodec::pcmu);
  CHECK_FALSE(only_ulaw.format.event_payload_type);
}

TEST_CASE("payload types follow the rtpmap, static ones need none") {
  auto session = fresh();
  const auto dynamic = answered(session, {"IP4 192.0.2.10",
                                          "m=audio 4000 RTP/AVP 8 97 96\r\na=rtpmap:8 X-other/8000\r\n"
                                          "a=rtpmap:97 pcma/8000\r\na=rtpmap:96 telephone-event/8000\r\n"});
  CHECK(dynamic.format.payload_type == 97);
  CHECK(dynamic.format.codec == AudioCodec::pcma);
  CHECK(dynamic.format.event_payload_type == std::uint8_t{96});
  CHECK(dynamic.sdp.find("m=audio 20000 RTP/AVP 97 96\r\n") != std::string::npos);
}

TEST_CASE("events at another clock rate are not taken") {
  auto session = fresh();
  const auto result =
      answered(session, {"IP4 192.0.2.10", "m=audio 4000 RTP/AVP 8 101\r\na=rtpmap:101 telephone-event/48000\r\n"});
  CHECK_FALSE(result.format.event_payload_type);
}

TEST_CASE("extra lines are refused in place, with their media, transport and formats") {
  auto session = fresh();
  const auto result = answered(session, {"IP4 192.0.2.10",
                                         "m=video 5000 RTP/SAVPF 96 97\r\na=rtpmap:96 VP8/90000\r\n"
                                         "m=audio 0 RTP/AVP 8\r\n"
                                         "m=audio 4000 RTP/AVPF 0\r\na=rtcp:4900\r\n"
                                         "m=image 5002 udptl t38\r\n"});
  const auto sdp = parse_sdp(result.sdp);
  REQUIRE(sdp);
  REQUIRE(sdp->media.size() == 4);
  CHECK(sdp->media[0].port == 0);
  CHECK(sdp->media[0].proto == "RTP/SAVPF");
  CHECK(sdp->media[0].formats == std::vector<std::string>{"96", "97"});
  CHECK(sdp->media[1].port == 0);
  CHECK(sdp->media[2].port == 20000);
  CHECK(sdp->media[2].proto == "RTP/AVPF");
  CHECK(sdp->media[3].media == "image");
  CHECK(sdp->media[3].port == 0);
  CHECK(result.format.remote == runtime::MediaAddress{"192.0.2.10", 4000, 4900});
}

TEST_CASE("the second audio line is used when the first cannot be") {
  auto session = start_session(7, "2001:db8::1", 20000);
  const auto result = answered(session, {"IP4 192.0.2.10",
                                         "m=audio 4000 RTP/AVP 8\r\n"
                                         "m=audio 4002 RTP/AVP 8\r\nc=IN IP6 2001:db8::5\r\n"});
  CHECK(session.audio_line == 1);
  CHECK(result.format.remote == runtime::MediaAddress{"2001:db8::5", 4002, 0});
}

TEST_CASE("hold, resume, address and codec change") {
  auto session = fresh();
  answered(session, {});
  const auto audio = [](std::string direction) { return "m=audio 40000 RTP/AVP 8 0\r\na=" + direction + "\r\n"; };
  const auto sendonly = answered(session, {"IP4 192.0.2.10", audio("sendonly")});
  CHECK_FALSE(sendonly.format.send);
  CHECK(sendonly.format.receive);
  CHECK(sendonly.changed);
  CHECK(sendonly.sdp.find("a=recvonly") != std::string::npos);
  CHECK(sendonly.sdp.find("o=pledge 7 2 ") != std::string::npos);
  const auto inactive = answered(session, {"IP4 192.0.2.10", audio("inactive")});
  CHECK_FALSE((inactive.format.send || inactive.format.receive));
  CHECK(inactive.sdp.find("a=inactive") != std::string::npos);
  const auto old_style = answered(session, {"IP4 0.0.0.0", audio("sendrecv")});
  CHECK_FALSE(old_style.format.send);
  CHECK(old_style.sdp.find("a=recvonly") != std::string::npos);
  const auto recvonly = answered(session, {"IP4 192.0.2.10", audio("recvonly")});
  CHECK((recvonly.format.send && !recvonly.format.receive));
  CHECK(recvonly.sdp.find("a=sendonly") != std::string::npos);
  const auto moved = answered(session, {"IP4 192.0.2.99", audio("sendrecv")}, AudioCodec::pcmu);
  CHECK(moved.format.remote.ip == "192.0.2.99");
  CHECK(moved.format.codec == AudioCodec::pcmu);
  CHECK(session.id == 7);
}

TEST_CASE("a refresh changes neither version nor media") {
  auto session = fresh();
  const auto first = answered(session, {});
  const auto second = answered(session, {});
  CHECK(second.sdp == first.sdp);
  CHECK_FALSE(second.changed);
}

TEST_CASE("what cannot be answered maps to its status and leaves the session alone") {
  CHECK(refusal({"IP4 192.0.2.10", "m=audio 4000 RTP/AVP 18\r\n"}).fault == MediaFault::no_codec);
  CHECK(refusal({"IP4 192.0.2.10", "m=audio 4000 RTP/SAVP 8\r\n"}).fault == MediaFault::no_audio);
  CHECK(refusal({"IP4 192.0.2.10", ""}).fault == MediaFault::no_audio);
  CHECK(refusal({"IP4 example.com", "m=audio 4000 RTP/AVP 8\r\n"}).fault == MediaFault::address);
  CHECK(refusal({"IP4 239.1.1.1", "m=audio 4000 RTP/AVP 8\r\n"}).fault == MediaFault::address);
  CHECK(refusal({"IP4 255.255.255.255", "m=audio 4000 RTP/AVP 8\r\n"}).fault == MediaFault::address);
  CHECK(refusal({"IP6 2001:db8::5", "m=audio 4000 RTP/AVP 8\r\n"}).why ==
        "2001:db8::5 cannot be reached from 198.51.100.1");
  CHECK(refusal({"IP6 192.0.2.10", "m=audio 4000 RTP/AVP 8\r\n"}).fault == MediaFault::address);
  CHECK(refusal({"IP4 192.0.2.10", "m=audio x RTP/AVP 8\r\n"}).fault == MediaFault::malformed);
  CHECK(sip_status(MediaFault::malformed) == 400);
  CHECK(sip_status(MediaFault::glare) == 491);
  CHECK(sip_status(MediaFault::no_codec) == 488);
  CHECK(warning({MediaFault::no_codec, "no \"codec\""}, "pledge") == "305 pledge \"no codec\"");
}

TEST_CASE("our offer carries both laws and events, the other leg's codec first") {
  auto session = fresh();
  const auto offer = make_offer(session);
  CHECK(offer ==
        "v=0\r\no=pledge 7 1 IN IP4 198.51.100.1\r\ns=-\r\nc=IN IP4 198.51.100.1\r\nt=0 0\r\n"
        "m=audio 20000 RTP/AVP 8 0 101\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:0 PCMU/8000\r\n"
        "a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na=ptime:20\r\na=sendrecv\r\n");
  session = start_session(8, "2001:db8::1", 20002);
  const auto ulaw_first = make_offer(session, AudioCodec::pcmu);
  CHECK(ulaw_first.find("m=audio 20002 RTP/AVP 0 8 101") != std::string::npos);
  CHECK(ulaw_first.find("c=IN IP6 2001:db8::1") != std::string::npos);
}

TEST_CASE("the answer to our offer gives the format; said twice it is the same") {
  auto session = fresh();
  make_offer(session);
  CHECK(answer_offer(session, std::string(Offer{})).error().fault == MediaFault::glare);
  const std::string answer =
      Offer{"IP4 192.0.2.20", "m=audio 5000 RTP/AVP 0 96\r\na=rtpmap:96 telephone-event/8000\r\n"};
  const auto format = accept_answer(session, answer);
  REQUIRE(format);
  CHECK(format->remote == runtime::MediaAddress{"192.0.2.20", 5000, 0});
  CHECK(format->codec == AudioCodec::pcmu);
  CHECK(format->event_payload_type == std::uint8_t{96});
  CHECK(accept_answer(session, answer) == *format);
  CHECK(accept_answer(session, std::string(Offer{})).error().fault == MediaFault::unexpected);
  CHECK(make_offer(session).find("m=audio 20000 RTP/AVP 0 8 96\r\n") != std::string::npos);
}

TEST_CASE("an answer that leaves out the maps of our offer is understood") {
  auto session = fresh();
  make_offer(session);
  const auto format = accept_answer(session, std::string(Offer{"IP4 192.0.2.20", "m=audio 5000 RTP/AVP 8 101\r\n"}));
  REQUIRE(format);
  CHECK(format->event_payload_type == std::uint8_t{101});
}

TEST_CASE("a refused audio line or a refused offer keeps what was agreed") {
  auto session = fresh();
  answered(session, {});
  make_offer(session);
  const auto refused = accept_answer(session, std::string(Offer{"IP4 192.0.2.20", "m=audio 0 RTP/AVP 8\r\n"}));
  CHECK(refused.error().fault == MediaFault::no_audio);
  withdraw_offer(session);
  CHECK(session.format->remote.port == 40000);
  CHECK(answer_offer(session, std::string(Offer{})));
}

TEST_CASE("a number that the peer gave to a codec is not given to events") {
  auto session = fresh();
  answered(session, {"IP4 192.0.2.10", "m=audio 4000 RTP/AVP 101\r\na=rtpmap:101 PCMA/8000\r\n"});
  CHECK(make_offer(session).find("m=audio 20000 RTP/AVP 101 0 102\r\n") != std::string::npos);
}

TEST_CASE("a re-offer of ours keeps the lines that were refused") {
  auto session = fresh();
  answered(session, {"IP4 192.0.2.10", "m=video 5000 RTP/AVP 31\r\nm=audio 4000 RTP/AVP 8\r\n"});
  const auto offer = parse_sdp(make_offer(session));
  REQUIRE(offer);
  REQUIRE(offer->media.size() == 2);
  CHECK(offer->media[0].port == 0);
  CHECK(offer->media[1].port == 20000);
  CHECK(offer->origin.version == "2");
}

}  // namespace
}  // namespace pledge::signalling
