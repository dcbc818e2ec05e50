#include "tools/pledge/view/call_choice.hpp"

#include <catch2/catch.hpp>

#include "tools/pledge/view/names.hpp"

using namespace pledge;
using namespace pledge::view;
using namespace std::chrono_literals;

namespace {

const core::Time now{1'700'000'000'000'000'000};

v1::Contact call(std::uint64_t id, const std::string& handler, const std::string& queue, core::Duration talk) {
  v1::Contact out;
  out.set_id(id);
  out.set_handler(handler);
  out.set_queue(queue);
  out.mutable_facts()->set_caller("+442079460" + std::to_string(100 + id % 10));
  *out.mutable_answered() = timestamp_of(now - talk);
  return out;
}

std::vector<v1::Contact> three() {
  return {call(7, "a0001", "general", 20s), call(8, "a0002", "emergency", 95s), call(9, "a0003", "general", 40s)};
}

std::string text(const CallChoice& choice, int rows = 20) {
  std::string out;
  for (const auto& line : choice.draw(now, {rows, 100}, {false})) out += line + "\n";
  return out;
}

void type(CallChoice& choice, const std::string& what) {
  for (const char c : what) choice.type(c);
}

}  // namespace

TEST_CASE("calls in progress are listed with the longest first, and the first is marked") {
  CallChoice choice;
  CHECK(text(choice).find("asking the engine") != std::string::npos);
  CHECK_FALSE(choice.chosen());
  auto calls = three();
  v1::Contact not_heard;
  not_heard.set_id(10);
  calls.push_back(not_heard);
  choice.take(calls, false);
  const auto shown = text(choice);
  INFO(shown);
  CHECK(shown.find("3 of 3") != std::string::npos);
  CHECK(shown.find(" ▶      8     1:35  a0002      emergency       +442079460108") != std::string::npos);
  CHECK(shown.find("a0002") < shown.find("a0003"));
  CHECK(shown.find("a0003") < shown.find("a0001"));
  CHECK(choice.chosen() == 8u);
  REQUIRE(choice.find(9));
  CHECK(choice.find(9)->handler() == "a0003");
  CHECK_FALSE(choice.find(10));
}

TEST_CASE("what is typed narrows the list; the mark moves round, and stays with its call when others come and go") {
  CallChoice choice;
  choice.take(three(), false);
  type(choice, "GENERAL");
  CHECK(choice.chosen() == 9u);
  choice.move(1);
  CHECK(choice.chosen() == 7u);
  choice.move(1);
  CHECK(choice.chosen() == 9u);
  choice.move(-1);
  CHECK(choice.chosen() == 7u);
  auto calls = three();
  calls.erase(calls.begin() + 2);
  calls.push_back(call(11, "a0009", "general", 600s));
  choice.take(calls, false);
  CHECK(choice.chosen() == 7u);
  calls.erase(calls.begin());  // the one marked has ended
  choice.take(calls, false);
  CHECK_FALSE(choice.chosen());
  CHECK(text(choice).find("▶") == std::string::npos);
  choice.move(1);
  CHECK(choice.chosen() == 11u);
  for (int i = 0; i < 50; ++i) choice.erase();
  CHECK(text(choice).find("2 of 2") != std::string::npos);
  type(choice, "0108");
  CHECK(choice.chosen() == 8u);
}

TEST_CASE("of a call that is not listed its number will do; other words choose nothing") {
  CallChoice choice;
  choice.take(three(), true);
  CHECK(text(choice).find("3 of 3, and others") != std::string::npos);
  type(choice, "5512");
  CHECK(text(choice).find("no call in progress has that in it") != std::string::npos);
  CHECK(choice.chosen() == 5512u);
  choice.type('x');
  CHECK_FALSE(choice.chosen());
}

TEST_CASE("a call's own number marks it before others that have the digits in them") {
  CallChoice choice;
  choice.take({call(112, "a0001", "general", 90s), call(12, "a0002", "general", 20s), call(120, "a0003", "general", 60s)}, false);
  type(choice, "12");
  CHECK(text(choice).find("3 of 3") != std::string::npos);
  CHECK(choice.chosen() == 12u);
  choice.type('0');
  CHECK(choice.chosen() == 120u);
}

TEST_CASE("the list keeps to its room and shows what is marked, however many calls there are") {
  std::vector<v1::Contact> calls;
  for (std::uint64_t i = 1; i <= 1000; ++i) calls.push_back(call(i, "a" + std::to_string(i), "general", std::chrono::seconds(2000 - i)));
  CallChoice choice;
  choice.take(calls, false);
  for (const int rows : {6, 10, 30}) {
    const auto lines = choice.draw(now, {rows, 60}, {false});
    CHECK(lines.size() <= static_cast<std::size_t>(rows));
    CHECK(lines.back().find("more: type a handler") != std::string::npos);
  }
  choice.move(-1);
  CHECK(choice.chosen() == 1000u);
  CHECK(text(choice, 10).find(" ▶   1000") != std::string::npos);
}
