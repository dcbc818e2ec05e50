#include "sip/signalling/multipart.hpp"

#include <catch2/catch.hpp>

namespace pledge::signalling {
namespace {

constexpr const char* mixed = "multipart/mixed; boundary=\"b1\"";
constexpr const char* with_location =
    "preamble\r\n"
    "--b1\r\n"
    "Content-Type: application/sdp\r\n"
    "\r\n"
    "v=0\r\n\r\n"
    "--b1  \r\n"
    "c: application/pidf+xml;\r\n charset=utf-8\r\n"
    "Content-ID: <target123@example.com>\r\n"
    "\r\n"
    "<presence>--b1 --b12\r\n--b12\r\n</presence>\r\n"
    "--b1--\r\n"
    "epilogue";

std::string fault_of(std::string_view type, std::string_view body, const MultipartLimits& limits = {}) {
  const auto result = split_body(type, body, limits);
  return result ? "none" : to_string(result.error());
}

TEST_CASE("a plain SDP body is the SDP; another plain body is a part") {
  CHECK(split_body("application/SDP;x=y", "v=0\r\n")->sdp == "v=0\r\n");
  const auto other = split_body("text/plain", "hello");
  REQUIRE(other);
  CHECK_FALSE(other->sdp);
  CHECK(other->parts == std::vector<core::BodyPart>{{"text/plain", "", "hello"}});
  CHECK(split_body("application/sdp", "")->sdp == std::nullopt);
}

TEST_CASE("SDP and the other parts come apart, bytes untouched") {
  const auto body = split_body(mixed, with_location);
  REQUIRE(body);
  CHECK(body->sdp == "v=0\r\n");
  REQUIRE(body->parts.size() == 1);
  CHECK(body->parts[0].content_type == "application/pidf+xml;   charset=utf-8");
  CHECK(body->parts[0].content_id == "<target123@example.com>");
  CHECK(body->parts[0].bytes == "<presence>--b1 --b12\r\n--b12\r\n</presence>");
}

TEST_CASE("binary parts keep NUL, bare CR and bare LF") {
  const std::string bytes("a\0b\rc\nd", 7);
  const auto body = split_body(mixed, "--b1\n\n" + bytes + "\n--b1--");
  REQUIRE(body);
  CHECK(body->parts.at(0).bytes == bytes);
  CHECK(body->parts[0].content_type == "text/plain");
}

TEST_CASE("nested parts, and the last SDP of an alternative") {
  const auto body = split_body(mixed,
                               "--b1\r\nContent-Type: multipart/alternative;boundary=in\r\n\r\n"
                               "--in\r\nContent-Type: application/sdp\r\n\r\nfirst\r\n"
                               "--in\r\nContent-Type: application/sdp\r\n\r\nsecond\r\n--in--\r\n"
                               "--b1\r\nContent-Type: application/sdp\r\n\r\nthird\r\n--b1--");
  REQUIRE(body);
  CHECK(body->sdp == "second");
  REQUIRE(body->parts.size() == 1);
  CHECK(body->parts[0].bytes == "third");
}

TEST_CASE("SDP that is not for this session is an ordinary part") {
  const auto body = split_body(
      mixed, "--b1\r\nContent-Type: application/sdp\r\nContent-Disposition: early-session\r\n\r\nx\r\n--b1--");
  REQUIRE(body);
  CHECK_FALSE(body->sdp);
  CHECK(body->parts.size() == 1);
}

TEST_CASE("a missing end, empty parts and parts without headers are tolerated") {
  CHECK(split_body(mixed, "--b1\r\nContent-Type: application/sdp\r\n\r\nv=0")->sdp == "v=0");
  CHECK(split_body(mixed, "--b1\r\n--b1\r\n\r\nx\r\n--b1--")->parts.size() == 2);
  CHECK(split_body(mixed, "--b1\r\nContent-Type: text/html\r\n--b1--")->parts.at(0).bytes.empty());
}

TEST_CASE("faults and bounds are named") {
  CHECK(fault_of("multipart/mixed", "--b1--") == "body: boundary: is missing, empty or longer than 70 characters");
  CHECK(fault_of(mixed, "no delimiter") == "body: boundary: does not occur in the body");
  std::string many;
  for (int i = 0; i < 17; ++i) many += "--b1\r\n\r\nx\r\n";
  CHECK(fault_of(mixed, many) == "body: parts: more than 16 parts");
  CHECK(fault_of("text/plain", std::string(65537, 'x')) == "body: size: exceeds 65536 bytes");
  CHECK(fault_of(mixed, "--b1\r\nX: " + std::string(2048, 'x') + "\r\n\r\n--b1--") ==
        "body: header: a part's headers exceed 2048 bytes");
  const std::string inner = "Content-Type: multipart/mixed;boundary=";
  CHECK(fault_of(mixed, "--b1\r\n" + inner + "b2\r\n\r\n--b2\r\n" + inner + "b3\r\n\r\n--b3\r\n\r\nx\r\n") ==
        "body: depth: nested deeper than 2");
}

TEST_CASE("the media type stands alone, in lower case") {
  CHECK(media_type(" Multipart/MIXED ; boundary=x") == "multipart/mixed");
}

}  // namespace
}  // namespace pledge::signalling
