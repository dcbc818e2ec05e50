// Each condition of a triage rule by itself, and each thing that a rule may say of a call.
#include "core/triage.hpp"

#include <random>

#include "core/room.hpp"

using namespace pledge::core;
using namespace pledge::core::test;

namespace {

CallFacts facts() {
  CallFacts facts;
  facts.trunk = {"network"};
  facts.trusted = true;
  facts.dialled = "101";
  facts.caller = "+442079460001";
  facts.provenance = Provenance::asserted;
  return facts;
}

// Which of the two rules takes the call: the one given, or the one for everything else.
std::string taken_by(const TriageRule& one, const CallFacts& call) {
  Options options = small_room();
  options.triage.insert(options.triage.begin(), one);
  Room room{options};
  room.call(call);
  const auto triaged = room.all<Decision>().front();
  CHECK(triaged.kind == DecisionKind::triaged);
  return triaged.rule;
}

}  // namespace

TEST_CASE("triage: each condition takes what it names and nothing else") {
  TriageRule one = rule("one", "", "emergency");
  CallFacts yes = facts(), no = facts();
  SECTION("trunk") {
    one.trunks = {{"network"}, {"second"}};
    no.trunk = {"third"};
  }
  SECTION("dialled number") {
    one.dialled = {"101", "+44207946*"};
    yes.dialled = GENERATE("101", "+442079460999");
    no.dialled = GENERATE("1010", "10", "+447700900001");
  }
  SECTION("caller's number") {
    one.callers = {"+447700*"};
    yes.caller = "+447700900123";
    no.caller = GENERATE("+442079460023", "");
  }
  SECTION("withheld") {
    one.withheld_only = true;
    yes.provenance = Provenance::withheld;
    no.provenance = GENERATE(Provenance::unknown, Provenance::from, Provenance::asserted);
  }
  SECTION("priority") {
    one.priorities = {"esnet.1"};
    yes.resource_priority = no.resource_priority = "esnet.1";
    if (GENERATE(true, false)) no.trusted = false;
    else no.resource_priority = "esnet.0";
  }
  SECTION("additional data") {
    one.data = {"ServiceInfo.ServiceType=wireless", "ServiceInfo.ServiceMobility=Mobile"};
    yes.additional_items = {{"ProviderInfo.DataProviderString", "Example"}, {"ServiceInfo.ServiceMobility", "mobile"}};
    no.additional_items = {{"ServiceInfo.ServiceMobility", "Fixed"}, {"ServiceInfo.ServiceType", "Mobile"}};
  }
  SECTION("place known for the caller") {
    one.places = {"Camden"};
    yes.place = "Camden";
    no.place = GENERATE("", "Bexley");
  }
  CHECK(taken_by(one, yes) == "one");
  CHECK(taken_by(one, no) == "other");
}

TEST_CASE("triage: a rule gives queue, grade and labels, and its name stands in the explanation") {
  Options options = small_room();
  TriageRule one = rule("lane", "101", "emergency");
  one.grade = Grade::significant;
  one.labels = {"line 101", "borough"};
  options.triage.insert(options.triage.begin(), one);
  Room room{options};
  room.call(facts());
  CHECK(room.all<Decision>().front().rule == "lane");
  const auto contact = room.core.contact(ContactId{1});
  CHECK(contact->rule == "lane");
  CHECK(contact->now.queue == QueueId{"emergency"});
  CHECK(contact->now.grade == Grade::significant);
  CHECK(contact->labels == std::vector<std::string>{"line 101", "borough"});
}

TEST_CASE("triage: a rule may refuse with its status, or answer as a test") {
  Options options = small_room();
  TriageRule one = rule("one", "101", "");
  one.kind = TriageKind::reject;
  one.status = 410;
  SECTION("refuse") {
    options.triage.insert(options.triage.begin(), one);
    Room room{options};
    const LegId caller = room.call(facts());
    CHECK(room.one<RejectLeg>() == RejectLeg{caller, 410, "one"});
    CHECK(room.one<ContactChanged>().end == ContactEnd::rejected);
  }
  SECTION("test") {
    one.kind = TriageKind::test;
    options.triage.insert(options.triage.begin(), one);
    Room room{options};
    const LegId caller = room.call(facts());
    CHECK(room.one<AnswerLeg>().leg == caller);
    CHECK(room.core.contact(ContactId{1})->now.queue.empty());
  }
}

TEST_CASE("each cause of a failed offer has its own back-off") {
  struct Cause {
    LegFailure failure;
    Duration backoff;
  };
  const auto [failure, backoff] = GENERATE(values<Cause>({{LegFailure::no_answer, 10s},
                                                          {LegFailure::declined, 30s},
                                                          {LegFailure::busy, 15s},
                                                          {LegFailure::unreachable, 30s}}));
  Room room{small_room(1)};
  room.staff("h1");
  room.call("999");
  room.event(LegFailed{room.rung("h1"), failure, 0});
  room.pass(backoff - 1ms);
  CHECK(room.none<RingPhone>());
  room.pass(1ms);
  CHECK(room.rung("h1"));
}

TEST_CASE("triage: the first rule that holds takes a call, however the rules are found") {
  std::mt19937 random{GENERATE(range(1u, 40u))};
  const auto any = [&](std::initializer_list<const char*> of) { return std::string(of.begin()[random() % of.size()]); };
  std::vector<TriageRule> rules(random() % 12);
  for (auto& rule : rules) {
    for (auto left = random() % 3; left > 0; --left)
      rule.dialled.push_back(any({"101", "999", "1*", "*", "+442079460001", "+4420*", ""}));
    if (random() % 3 == 0) rule.callers = {any({"+44*", "+447700900123"})};
    if (random() % 3 == 0) rule.service_states = {any({"normal", "major"})};
  }
  const TriageRules all{rules};
  for (int i = 0; i < 50; ++i) {
    CallFacts call;
    call.dialled = any({"101", "999", "112", "+442079460001", "+442079460002", ""});
    call.caller = any({"+447700900123", "+447700900124", ""});
    const std::string state = any({"normal", "major"});
    const TriageContext context{{}, state, {}};
    const TriageRule* expected = nullptr;
    for (const auto& rule : rules) {
      const std::vector<TriageRule> alone{rule};
      if (!expected && TriageRules{alone}.match(call, context)) expected = &rule;
    }
    CHECK(all.match(call, context) == expected);
  }
}
