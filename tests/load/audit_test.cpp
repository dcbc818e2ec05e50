#include "tools/load/audit.hpp"

#include <catch2/catch.hpp>

using namespace pledge;
using namespace pledge::load;
using namespace std::chrono_literals;

namespace {

constexpr std::int64_t second = 1'000'000'000;

CallRecord call(const char* id, Outcome outcome, core::Duration wait) {
  CallRecord out;
  out.call_id = id;
  out.outcome = outcome;
  out.sent = {100 * second};
  (outcome == Outcome::answered ? out.answered : out.ended) = out.sent + wait;
  return out;
}

void set(google::protobuf::Timestamp& to, core::Time time) {
  to.set_seconds(time.ns / second);
  to.set_nanos(static_cast<int>(time.ns % second));
}

v1::Contact contact(const char* id, v1::ContactEnd end, std::optional<core::Duration> wait,
                    const char* handler = "sim01") {
  v1::Contact out;
  out.mutable_facts()->set_sip_call_id(id);
  out.set_queue("emergency");
  out.set_handler(handler);
  out.set_end(end);
  set(*out.mutable_arrived(), {500 * second});  // another clock: only differences count
  if (wait) set(*out.mutable_answered(), core::Time{500 * second} + *wait);
  return out;
}

AuditInput agreed() {
  AuditInput input;
  input.calls = {call("a", Outcome::answered, 4s), call("b", Outcome::abandoned, 9s)};
  input.ended = {contact("a", v1::CONTACT_END_COMPLETED, 4s - 3ms),
                 contact("b", v1::CONTACT_END_ABANDONED, std::nullopt)};
  auto& queue = *input.statistics.add_statistics();
  queue.set_queue("emergency");
  queue.set_offered(2);
  queue.set_answered(1);
  queue.set_abandoned(1);
  return input;
}

}  // namespace

TEST_CASE("an engine that counts as the callers do passes, and the largest difference is told") {
  const auto result = audit(agreed());
  CHECK(result.good());
  CHECK(result.calls == 2);
  CHECK(result.largest_difference == 3ms);
  REQUIRE(result.rows.size() == 1);
  CHECK(result.rows[0].answered == 1);
  CHECK(result.rows[0].longest == 4s);
}

TEST_CASE("each kind of disagreement is a fault") {
  auto input = agreed();
  SECTION("a call that the engine has lost") { input.ended.pop_back(); }
  SECTION("a wait that differs by more than 20 ms") {
    set(*input.ended[0].mutable_answered(), core::Time{504 * second} + 21ms);
  }
  SECTION("another outcome") { input.ended[1].set_end(v1::CONTACT_END_COMPLETED); }
  SECTION("a count that differs") { input.statistics.mutable_statistics(0)->set_answered(2); }
  SECTION("a call still in progress for the engine") { input.statistics.mutable_statistics(0)->set_in_progress(1); }
  SECTION("a message that nobody answered") { input.calls[0].fault = "BYE unanswered"; }
  SECTION("a queue that the statistics leave out") { input.statistics.clear_statistics(); }
  CHECK_FALSE(audit(input).good());
}

TEST_CASE("a caller who gives up in a menu is no queue's, and a call refused before any is told") {
  auto input = agreed();
  input.calls.push_back(call("m", Outcome::abandoned, 3s));
  input.ended.push_back(contact("m", v1::CONTACT_END_ABANDONED, std::nullopt));
  input.ended.back().clear_queue();
  const auto result = audit(input);
  CHECK(result.good());
  CHECK(result.before_queues == 1);
  input.calls.back().outcome = Outcome::refused;
  input.ended.back().set_end(v1::CONTACT_END_REJECTED);
  CHECK_FALSE(audit(input).good());
}

TEST_CASE("a stranger's call is counted on both sides") {
  auto input = agreed();
  input.ended.push_back(contact("stranger", v1::CONTACT_END_COMPLETED, 1s));
  CHECK_FALSE(audit(input).good());
  input.statistics.mutable_statistics(0)->set_offered(3);
  input.statistics.mutable_statistics(0)->set_answered(2);
  const auto result = audit(input);
  CHECK(result.good());
  CHECK(result.strangers == 1);
}

TEST_CASE("an answer at a phone that callers cannot hear is taken from the engine") {
  auto input = agreed();
  input.heard_handlers = {"sim01"};
  input.calls[0] = call("a", Outcome::abandoned, 30s);
  CHECK_FALSE(audit(input).good());
  input.ended[0].set_handler("guest");
  const auto result = audit(input);
  CHECK(result.good());
  CHECK(result.unheard == 1);
}
