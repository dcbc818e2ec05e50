#include "sip/rtpengine/description.hpp"

#include <catch2/catch.hpp>

using namespace pledge;
using namespace pledge::rtpengine;

TEST_CASE("an end is described with its codec, its payload types and its RTCP port") {
  runtime::MediaFormat format;
  format.codec = runtime::AudioCodec::pcmu, format.payload_type = 0, format.event_payload_type = 101;
  CHECK(describe({"2001:db8::1", 4000, 4003}, format, true) ==
        "v=0\r\no=- 1 1 IN IP6 2001:db8::1\r\ns=-\r\nc=IN IP6 2001:db8::1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0 101\r\n"
        "a=rtpmap:0 PCMU/8000\r\na=rtpmap:101 telephone-event/8000\r\na=rtcp:4003\r\na=sendrecv\r\n");
}

TEST_CASE("address and port are found in a description, or nothing is") {
  CHECK(media_address("v=0\r\nc=IN IP4 192.0.2.7\r\nm=audio 40000 RTP/AVP 8\r\n") == runtime::MediaAddress{"192.0.2.7", 40000});
  CHECK(media_address("m=audio 40000 RTP/AVP 8\nc=IN IP6 2001:db8::7") == runtime::MediaAddress{"2001:db8::7", 40000});
  for (const auto* none : {"", "v=0\r\n", "c=IN IP4 192.0.2.7\r\n", "m=audio 40000 RTP/AVP 8\r\n", "c=IN IP4 192.0.2.7\r\nm=audio 0 RTP/AVP 8\r\n",
                           "c=IN IP4 192.0.2.7\r\nm=audio 70000 RTP/AVP 8\r\n", "c=IN IP4 192.0.2.7\r\nm=audio x RTP/AVP 8\r\n"}) {
    INFO(none);
    CHECK_FALSE(media_address(none));
  }
}
