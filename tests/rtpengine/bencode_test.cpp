#include "sip/rtpengine/bencode.hpp"

#include <catch2/catch.hpp>

using namespace pledge::rtpengine;

TEST_CASE("a dictionary is written with its keys in order, and read back") {
  Dictionary inner;
  inner.set("n", {std::int64_t{-42}});
  Dictionary all;
  all.set("sdp", {std::string("v=0\r\n")});
  all.set("flags", {List{{std::string("a")}, {inner}, {List{}}}});
  const auto bytes = encode(all);
  CHECK(bytes == "d5:flagsl1:ad1:ni-42eelee3:sdp5:v=0\r\ne");
  const auto back = decode(bytes);
  REQUIRE(back);
  CHECK(back->text("sdp") == "v=0\r\n");
  CHECK(back->text("flags").empty());  // no text
  CHECK(back->text("absent").empty());
  CHECK(encode(*back) == bytes);
}

TEST_CASE("what is not one whole dictionary is refused, with the place") {
  const auto [bytes, why] = GENERATE(table<std::string, std::string>({
      {"", "no number at byte 0"},
      {"i1e", "not a dictionary"},
      {"d1:a", "no number at byte 4"},
      {"d1:ai1e", "no number at byte 7"},
      {"d1:a5:abce", "a text is cut off at byte 6"},
      {"d1:ai01ee", "no number at byte 5"},
      {"d1:ai-0ee", "no number at byte 5"},
      {"d1:aiee", "no number at byte 5"},
      {"d1:ai1xe", "a number has no end at byte 6"},
      {"di1ei1ee", "no number at byte 1"},
      {"dee", "something follows at byte 2"},
      {"d1:a99999999999999999999:e", "no number at byte 4"},
      {"d1:ai99999999999999999999ee", "no number at byte 5"},
      {"d-1:e", "no number at byte 1"},
  }));
  INFO(bytes);
  const auto refused = decode(bytes);
  REQUIRE_FALSE(refused);
  CHECK(refused.error() == why);
}

TEST_CASE("values are nested to a bound") {
  const auto nested = [](std::size_t levels) {
    return "d1:a" + std::string(levels, 'l') + std::string(levels, 'e') + "e";
  };
  CHECK(decode(nested(most_levels)));
  REQUIRE_FALSE(decode(nested(most_levels + 1)));
  CHECK(decode(nested(60'000)).error().starts_with("too deep"));
}
