#include "tools/load/sip_text.hpp"

#include <catch2/catch.hpp>

#include "tools/load/tally.hpp"

using namespace pledge::load;
using namespace std::chrono_literals;

TEST_CASE("a message is cut into its pieces, compact names too") {
  const auto message = parse_sip(
      "INVITE sip:a0001@127.0.0.1:7000 SIP/2.0\r\nv: SIP/2.0/UDP 127.0.0.1:5060;branch=z9hG4bK1\r\n"
      "f: \"A\" <sip:+442079460123@127.0.0.1>;tag=x1\r\nTo: <sip:a0001@127.0.0.1>\r\ni: id\r\nCSeq: 7 INVITE\r\n"
      "m: <sip:engine@[::1]:5070;transport=udp>\r\nAnswer-Mode: Auto\r\n\r\nbody");
  REQUIRE(message);
  CHECK(message->request);
  CHECK(message->method == "INVITE");
  CHECK(message->cseq_number == 7);
  CHECK(parameter(message->from, "tag") == "x1");
  CHECK(parameter(message->to, "tag").empty());
  CHECK(user_of(uri_in(message->from)) == "+442079460123");
  CHECK(message->body == "body");
  CHECK(host_port(target_of(uri_in(message->contact), {})) == "[::1]:5070");
  CHECK(message->answer_mode == "Auto");
}

TEST_CASE("what is not SIP is refused") {
  CHECK_FALSE(parse_sip(""));
  CHECK_FALSE(parse_sip("hello"));
  CHECK_FALSE(parse_sip("SIP/2.0 200 OK\r\n\r\n"));
  CHECK_FALSE(parse_sip("BYE sip:x SIP/2.0\r\nnocolon\r\n\r\n"));
}

TEST_CASE("our own messages can be read back") {
  const Address here{boost::asio::ip::make_address("127.0.0.1"), 6000};
  const Dialog dialog{"id", "<sip:a@h>;tag=1", "<sip:b@h>", "sip:b@127.0.0.1:7000", 1};
  const auto offer = sdp(here, 4000);
  const auto text = request(dialog, here, {"INVITE", "b1", 1, "a", "X-Y: z\r\n", offer});
  const auto message = parse_sip(text);
  REQUIRE(message);
  CHECK(host_port(*audio_address(message->body)) == "127.0.0.1:4000");
  CHECK(host_port(target_of(message->uri, {})) == "127.0.0.1:7000");
  const auto answer = response(response_head(*message, "t9"), here, {180, "b"});
  const auto parsed = parse_sip(answer);
  REQUIRE(parsed);
  CHECK(parsed->status == 180);
  CHECK(parsed->method == "INVITE");
  CHECK(parameter(parsed->to, "tag") == "t9");
}

TEST_CASE("a tally's percentiles are nearest rank") {
  Tally tally;
  for (int i = 100; i >= 1; --i) {
    CallRecord record;
    record.sent = {0};
    record.answered = pledge::core::Time{} + i * 100ms;
    record.outcome = Outcome::answered;
    tally.add(record);
  }
  CHECK(tally.percentile(0.5) == 5s);
  CHECK(tally.percentile(0.99) == 9900ms);
  CHECK(tally.longest() == 10s);
  CHECK(tally.mean() == 5050ms);
  CHECK(tally.answered_within(1s) == 10);
  CHECK(Tally{}.percentile(0.9) == 0s);
}
