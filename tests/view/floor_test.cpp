#include "tools/pledge/view/floor.hpp"

#include <catch2/catch.hpp>

using namespace pledge;
using namespace pledge::view;
using namespace std::chrono_literals;

namespace {

const core::Time now{1'700'000'000'000'000'000};

v1::Queue queue(const char* id, unsigned waiting, core::Duration oldest, core::Duration target) {
  v1::Queue out;
  out.set_id(id);
  out.set_waiting(waiting);
  if (waiting) *out.mutable_oldest() = timestamp_of(now - oldest);
  out.set_target_share(0.9);
  *out.mutable_target_within() = duration_of(target);
  out.set_signed_on(4);
  out.set_idle(1);
  return out;
}

v1::Contact contact(std::uint64_t id, v1::ContactState state, core::Duration waited) {
  v1::Contact out;
  out.set_id(id);
  out.set_state(state);
  out.set_queue("emergency");
  *out.mutable_queued() = timestamp_of(now - waited);
  *out.mutable_answer_deadline() = timestamp_of(now - waited + 10s);
  return out;
}

v1::WatchResponse snapshot(bool more = false) {
  v1::WatchResponse out;
  auto& part = *out.mutable_snapshot();
  *part.add_queues() = queue("emergency", 2, 12s, 10s);
  *part.add_queues() = queue("non-emergency", 0, 0s, 30s);
  auto& first = *part.add_contacts();
  first = contact(7, v1::CONTACT_STATE_WAITING, 12s);
  first.mutable_facts()->set_caller("+447700900001");
  auto& handler = *part.add_handlers();
  handler.set_id("a0001");
  handler.set_state(v1::HANDLER_STATE_NOT_READY);
  handler.set_reason("break");
  part.mutable_service_state()->set_state("normal");
  part.set_more(more);
  return out;
}

std::string text(const Floor& floor, const FloorFigures& figures = {}, Size size = {24, 100}) {
  std::string out;
  for (const auto& line : draw(floor, figures, {now, size, {false}, "live"})) out += line + "\n";
  return out;
}

}  // namespace

TEST_CASE("the floor shows what waits, how long, and who is there") {
  Floor floor;
  floor.apply(snapshot());
  const auto shown = text(floor);
  INFO(shown);
  CHECK(shown.find("2 waiting, 1 in progress, 1 handlers signed on") != std::string::npos);
  CHECK(shown.find("0:12!  ██████████") != std::string::npos);  // past its target: the bar is full
  CHECK(shown.find("not-ready 1") != std::string::npos);
  CHECK(shown.find("(break 1)") != std::string::npos);
  CHECK(shown.find("+447700900001") != std::string::npos);
}

TEST_CASE("a snapshot in parts is complete with its last; a new one replaces everything") {
  Floor floor;
  floor.apply(snapshot(true));
  CHECK_FALSE(floor.complete);
  v1::WatchResponse last;
  *last.mutable_snapshot()->add_contacts() = contact(8, v1::CONTACT_STATE_TALKING, 40s);
  floor.apply(last);
  CHECK(floor.complete);
  CHECK(floor.contacts.size() == 2);
  floor.apply(snapshot());
  CHECK(floor.contacts.size() == 1);
}

TEST_CASE("a change without facts keeps those known; an ended call leaves") {
  Floor floor;
  floor.apply(snapshot());
  v1::WatchResponse change;
  *change.mutable_delta()->add_contacts() = contact(7, v1::CONTACT_STATE_OFFERED, 12s);
  floor.apply(change);
  CHECK(floor.contacts[7].facts().caller() == "+447700900001");
  CHECK(floor.contacts[7].state() == v1::CONTACT_STATE_OFFERED);
  change.mutable_delta()->mutable_contacts(0)->set_state(v1::CONTACT_STATE_ENDED);
  floor.apply(change);
  CHECK(floor.contacts.empty());
}

TEST_CASE("a wait past its target is marked, so that no colour is needed to see it") {
  Floor floor;
  floor.apply(snapshot());
  CHECK(text(floor).find("0:12!") != std::string::npos);
  CHECK(text(floor).find(" 7 ") != std::string::npos);  // the call's number: what `pledge trace` is told
}

TEST_CASE("a picture that stands still says so, and fits all the same") {
  Floor floor;
  floor.apply(snapshot());
  const std::string trouble = "NO ENGINE at 127.0.0.1:9090 since 14:03:22: the floor as it was then; retrying";
  const auto frame = draw(floor, {}, {now, {24, 80}, {true}, "not live", trouble});
  CHECK(frame[1].find("NO ENGINE at 127.0.0.1:9090 since 14:03:22") != std::string::npos);
  for (const auto& line : frame) CHECK(columns_of(line) <= 80);
}

TEST_CASE("every line fits the terminal, however many calls there are") {
  Floor floor;
  auto message = snapshot();
  for (std::uint64_t id = 100; id < 400; ++id)
    *message.mutable_snapshot()->add_contacts() = contact(id, v1::CONTACT_STATE_WAITING, std::chrono::seconds{id});
  floor.apply(message);
  for (const Size size : {Size{24, 80}, Size{50, 140}, Size{10, 100}}) {
    const auto frame = draw(floor, {}, {now, size, {true}, "live"});
    CHECK(frame.size() <= static_cast<std::size_t>(size.rows));
    for (const auto& line : frame) CHECK(columns_of(line) <= static_cast<std::size_t>(size.columns));
  }
}

TEST_CASE("service levels follow the answer's abandonment rule") {
  v1::GetQueueStatisticsResponse answer;
  for (int i = 0; i < 2; ++i) {
    auto& interval = *answer.add_statistics();
    interval.set_queue("emergency");
    interval.set_offered(10);
    interval.set_answered(8);
    interval.set_abandoned(2);
    interval.set_abandoned_short(1);
    interval.mutable_from_queue_entry()->set_answered_within_target(6);
  }
  answer.set_rule(v1::ABANDON_RULE_COUNTS_AGAINST);
  CHECK(*levels(answer)["emergency"].share() == Approx(12.0 / 20));
  answer.set_rule(v1::ABANDON_RULE_SHORT_EXCLUDED);
  CHECK(*levels(answer)["emergency"].share() == Approx(12.0 / 18));
  answer.set_rule(v1::ABANDON_RULE_EXCLUDED);
  CHECK(*levels(answer)["emergency"].share() == Approx(12.0 / 16));
  CHECK_FALSE(levels(answer)["other"].share());
}

TEST_CASE("times and columns are as people read them") {
  CHECK(span_text(7s) == "0:07");
  CHECK(span_text(-3s) == "-0:03");
  CHECK(span_text(3760s) == "1:02:40");
  CHECK(seconds_text(10s) == "10 s");
  CHECK(seconds_text(4200ms) == "4.20 s");
  CHECK(share_text(0.931) == "93.1 %");
  CHECK(cut("naïve caller", 5) == "naïv…");
  CHECK(left("é", 3) == "é  ");
  CHECK(right("12", 4) == "  12");
  CHECK(columns_of("\x1b[1;31mab\x1b[0m") == 2);
}
