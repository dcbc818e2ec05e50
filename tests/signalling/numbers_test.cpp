#include "sip/signalling/numbers.hpp"

#include <catch2/catch.hpp>
#include <chrono>
#include <cstdio>

namespace pledge::signalling {
namespace {

std::string e164(std::string_view text) { return Numbers{}.normalise(text); }

TEST_CASE("every way of writing one number gives E.164") {
  for (const char* text :
       {"+442079460123", "02079460123", "442079460123", "00442079460123", "2079460123", "+44 (0)20 7946 0123",
        "tel:+44-20-7946-0123", "tel:+44(20)7946.0123;ext=12", "tel:2079460123;phone-context=+44",
        "tel:02079460123;phone-context=+44", "sip:+442079460123@gw.example.net", "SIPS:02079460123@example.net",
        "sip:+442079460123;npdi;rn=x@gw.example.net:5060;user=phone", "sip:2079460123;phone-context=+44@example.net",
        "sip:%2B442079460123@example.net", "sip:02079460123:password@example.net"})
    CHECK(std::make_pair(std::string(text), e164(text)) ==
          std::make_pair(std::string(text), std::string("+442079460123")));
  CHECK(e164("07700900123") == "+447700900123");
  CHECK(e164("tel:+13035550123") == "+13035550123");
}

TEST_CASE("short codes and what is no number stay as sent") {
  CHECK(e164("999") == "999");
  CHECK(e164("sip:999@esn.example.net") == "999");
  CHECK(e164("tel:101;phone-context=+44") == "101");
  CHECK(e164("112") == "112");
  CHECK(e164("116123") == "116123");
  CHECK(e164("tel:7042;phone-context=example.com") == "7042");
  CHECK(e164("tel:2079460123;phone-context=example.com") == "2079460123");
  CHECK(e164("sip:alice@example.net") == "alice");
  CHECK(e164("sip:user;par=u%40example.net@example.com") == "user;par=u@example.net");
  CHECK(e164("sip:null-%00-null@example.com") == std::string("null-\0-null", 11));
  CHECK(e164("anonymous") == "anonymous");
  CHECK(e164("urn:service:sos.police") == "urn:service:sos.police");
  CHECK(e164("sip:example.com").empty());
  CHECK(e164("").empty());
  CHECK(e164("+") == "+");
  CHECK(e164("1234567") == "1234567");
  CHECK(e164("+999999999999999999999") == "+999999999999999999999");
}

TEST_CASE("another home region") {
  Numbers irish({"IE"});
  CHECK(irish.normalise("+442079460123") == "+442079460123");
  CHECK(irish.normalise("00442079460123") == "+442079460123");
  CHECK(known_region("IE"));
  CHECK_FALSE(known_region("XX"));
  CHECK_FALSE(known_region("gb"));
}

TEST_CASE("a small cache answers like a large one") {
  Numbers small({"GB", 64, 6, 2}), large;
  for (int round = 0; round < 3; ++round)
    for (int i = 0; i < 9; ++i) {
      const auto text = "0044207946012" + std::to_string(i);
      CHECK(small.normalise(text) == large.normalise(text));
    }
}

TEST_CASE("the longest prefix names the place") {
  const std::vector<runtime::PlacePrefix> places = {{"+4420", "London"}, {"+44207946", "Westminster"}, {"+44", "UK"}};
  CHECK(place_of("+442079460123", places) == "Westminster");
  CHECK(place_of("+44201", places) == "London");
  CHECK(place_of("+13035550123", places).empty());
}

// Not a bound that fails on a busy machine: printed for whoever asks (test_signalling "[.cost]").
TEST_CASE("mobile telephones are known by their numbers") {
  const auto british = [](std::string begin) { return "+44" + begin.append(10 - begin.size(), '0'); };
  CHECK(is_mobile("+447700900123"));
  CHECK(is_mobile("+33612345678"));  // the example of the French plan's metadata
  for (const char* begin : {"71", "75", "79", "7624"}) CHECK(is_mobile(british(begin)));
  for (const char* begin : {"70", "7640", "20", "3", "8"}) CHECK_FALSE(is_mobile(british(begin)));
  for (const char* other : {"+442079460123", "+33199000001", "999", "alice", "", "+44770090"}) CHECK_FALSE(is_mobile(other));
}

TEST_CASE("cost of a number", "[.cost]") {
  Numbers numbers;
  const auto measure = [&](const char* what, const std::string& stem) {
    const auto begin = std::chrono::steady_clock::now();
    for (int i = 0; i < 1000; ++i) numbers.normalise(stem + std::to_string(100 + i % 900));
    const std::chrono::duration<double, std::micro> spent = std::chrono::steady_clock::now() - begin;
    std::printf("%-28s %.2f us each\n", what, spent.count() / 1000);
  };
  measure("clean E.164", "+442079460");
  measure("national", "02079460");
  measure("00 prefix, first time", "00442079460");
  measure("00 prefix, again", "00442079460");
  measure("no number, first time", "9990000000");
  measure("no number, again", "9990000000");
}

}  // namespace
}  // namespace pledge::signalling
