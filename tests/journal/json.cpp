// JSON for other programs: well-formed whatever a caller sends.
#include "journal/json.hpp"

#include <catch2/catch.hpp>

#include "core/events.hpp"

using namespace pledge;
using journal::to_json;

namespace {
std::string text(std::string_view value) {
  std::string out;
  journal::json_text(out, value);
  return out;
}
}  // namespace

TEST_CASE("text is escaped; bytes that are no UTF-8 become characters") {
  CHECK(text("a\"b\\c\n") == R"("a\"b\\c\u000a")");
  CHECK(text("Zo\xc3\xab \xe2\x82\xac \xf0\x9f\x9a\x93") == "\"Zo\xc3\xab \xe2\x82\xac \xf0\x9f\x9a\x93\"");
  CHECK(text("\xff\xc3") == R"("\u00ff\u00c3")");
  CHECK(text("\xc0\x80\xed\xa0\x80") == R"("\u00c0\u0080\u00ed\u00a0\u0080")");
}

TEST_CASE("events have their type; times are UTC, durations seconds") {
  std::string out;
  to_json(out, core::Event(core::ExtendWrapUp{{{7}, "handler-1", 0}, {"handler-1"}, std::chrono::milliseconds(1500)}));
  CHECK(out == R"({"type":"ExtendWrapUp","request":{"id":7,"actor":"handler-1","expected_version":0},)"
               R"("handler":"handler-1","by":1.5})");
  out.clear();
  to_json(out, core::Time{1'700'000'000'000'000'001});
  CHECK(out == "\"2023-11-14T22:13:20.000000001Z\"");
  out.clear();
  to_json(out, core::never);
  CHECK(out == "null");
}
