// The core alone, full life cycles with explanations: 10,000 waiting calls, 5,000 handlers in more than 1,000 skill
// sets, one to three skills a call, half of the waiting calls needing a skill that no free handler has. Each cycle is
// an arrival, the end of a call, the offer to the freed handler and its answer at the phone; every tenth caller gives
// up. Prints one JSON row a line.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <random>

#include "core/core.hpp"

using namespace pledge::core;

namespace {

struct Size {
  std::uint32_t handlers = 5'000, skill_sets = 1'200, waiting = 10'000, free_handlers = 200;
  std::uint32_t common_skills = 40, rare_skills = 10, skills_each = 8, cycles = 300'000;
};

SkillId skill(std::uint32_t n) { return {"skill" + std::to_string(n)}; }

class Bench {
 public:
  void run();

 private:
  std::uint32_t below(std::uint32_t n) { return static_cast<std::uint32_t>(random_() % n); }
  Options options();
  TriageRule rule(std::uint32_t n, bool rare);
  const Actions& step(const Event& event);
  void arrive(bool rare);
  void end_one_call();
  void report() const;

  const Size size_;
  std::mt19937_64 random_{7};
  Core core_;
  Time now_{1'700'000'000'000'000'000};
  Time wake_ = never;
  std::vector<std::pair<LegId, LegId>> talking_;  // caller's leg, phone's leg
  std::vector<std::pair<LegId, LegId>> ringing_;
  std::vector<LegId> rare_callers_;
  std::uint64_t next_leg_ = 0, next_request_ = 0, explanations_ = 0;
  std::uint32_t rules_each_ = 400;
  std::vector<float> micros_;
  bool measuring_ = false;
  std::chrono::nanoseconds spent_{};
};

// One rule a requirement: the dialled number selects one to three skills.
TriageRule Bench::rule(std::uint32_t n, bool rare) {
  TriageRule rule;
  rule.id = (rare ? "rare" : "common") + std::to_string(n);
  rule.dialled = {rule.id};
  rule.queue = {n % 3 == 0 ? "emergency" : "general"};
  for (std::uint32_t i = 0; i <= n % 3; ++i) rule.skills.push_back({skill(below(size_.common_skills)), 1});
  if (rare) rule.skills[0].skill = skill(size_.common_skills + below(size_.rare_skills));
  return rule;
}

Options Bench::options() {
  Options options;
  options.classes = {{{"emergency"}, {}}, {{"general"}, {}}};
  for (const auto* id : {"emergency", "general"}) {
    QueueOptions queue;
    queue.id = {id};
    queue.service_class = {id};
    queue.bound = 100'000;
    options.queues.push_back(queue);
  }
  options.roles = {{{"all"}, {{"emergency"}, {"general"}}, false}};
  for (std::uint32_t i = 0; i < rules_each_; ++i)
    for (const bool rare : {false, true}) options.triage.push_back(rule(i, rare));
  std::vector<std::vector<Requirement>> sets(size_.skill_sets);
  for (auto& set : sets)
    for (std::uint32_t i = 0; i < size_.skills_each; ++i) set.push_back({skill(below(size_.common_skills)), 1 + below(3)});
  for (std::uint32_t i = 0; i < size_.handlers; ++i) {
    HandlerOptions handler;
    handler.id = {"h" + std::to_string(i)};
    handler.roles = {{"all"}};
    handler.phone = "sip:h@192.0.2.1";
    // The free ones are specialists whom no call needs now.
    if (i < size_.free_handlers) handler.skills = {{{"specialist" + std::to_string(i % 40)}, 1}};
    else handler.skills = sets[i % sets.size()];
    options.handlers.push_back(handler);
  }
  return options;
}

const Actions& Bench::step(const Event& event) {
  now_ = now_ + 2us;
  const auto before = std::chrono::steady_clock::now();
  const Actions& actions = core_.step(now_, event);
  const auto took = std::chrono::steady_clock::now() - before;
  if (measuring_) {
    spent_ += took;
    micros_.push_back(std::chrono::duration<float, std::micro>(took).count());
  }
  for (const Action& action : actions) {
    if (const auto* wake = std::get_if<WakeAt>(&action)) wake_ = wake->due;
    if (const auto* ring = std::get_if<RingPhone>(&action)) ringing_.emplace_back(ring->caller_leg, ring->leg);
    if (std::holds_alternative<Decision>(action)) ++explanations_;
  }
  return actions;
}

void Bench::arrive(bool rare) {
  CallFacts facts;
  facts.trunk = {"network"};
  facts.caller = "+442079460123";
  facts.dialled = (rare ? "rare" : "common") + std::to_string(below(rules_each_));
  const LegId leg{next_leg_ += 2};
  step(CallArrived{leg, facts});
  if (rare) rare_callers_.push_back(leg);
}

void Bench::end_one_call() {
  const auto at = below(static_cast<std::uint32_t>(talking_.size()));
  const LegId caller = talking_[at].first;
  talking_[at] = talking_.back();
  talking_.pop_back();
  step(LegEnded{caller, LegEnd::hung_up});
}

void Bench::run() {
  step(Configured{std::make_shared<const Options>(options()), {}});
  for (std::uint32_t i = 0; i < size_.handlers; ++i) {
    const HandlerId id{"h" + std::to_string(i)};
    step(SignOn{{{++next_request_}, id.value, 0}, id, {}, "s", false});
    step(GoReady{{{++next_request_}, id.value, 0}, id});
  }
  const auto answer = [&] {
    for (const auto& [caller, phone] : std::exchange(ringing_, {})) {
      step(LegAnswered{phone});
      step(AnswerSent{caller});
      talking_.emplace_back(caller, phone);
    }
  };
  while (core_.contacts_live() < size_.waiting + size_.handlers - size_.free_handlers) {
    arrive(rare_callers_.size() < size_.waiting / 2);
    answer();
  }
  measuring_ = true;
  micros_.reserve(size_.cycles * 5);
  for (std::uint32_t cycle = 0; cycle < size_.cycles; ++cycle) {
    // Half of the waiting calls stay beyond every free handler: one of them gives up and another takes its place.
    const bool rare = cycle % 10 == 0 && !rare_callers_.empty();
    if (rare) {
      std::swap(rare_callers_[below(static_cast<std::uint32_t>(rare_callers_.size()))], rare_callers_.back());
      const LegId gone = rare_callers_.back();
      rare_callers_.pop_back();
      step(LegEnded{gone, LegEnd::cancelled});
    }
    arrive(rare);
    if (!rare) end_one_call();
    answer();
    while (wake_ <= now_) step(TimerDue{});
  }
  report();
}

void Bench::report() const {
  std::vector<float> sorted = micros_;
  std::sort(sorted.begin(), sorted.end());
  const auto at = [&](double share) { return static_cast<double>(sorted[static_cast<std::size_t>(share * static_cast<double>(sorted.size() - 1))]); };
  const double seconds = std::chrono::duration<double>(spent_).count();
  const auto row = [](const char* name, double value, const char* unit) {
    std::printf("{\"name\":\"core.%s\",\"value\":%.6g,\"unit\":\"%s\"}\n", name, value, unit);
  };
  row("events_per_second", static_cast<double>(sorted.size()) / seconds, "1/s");
  row("step_p50", at(0.5), "us");
  row("step_p99", at(0.99), "us");
  row("step_p999", at(0.999), "us");
  row("step_max", at(1.0), "us");
  row("events", static_cast<double>(sorted.size()), "1");
  row("explanations", static_cast<double>(explanations_), "1");
  row("waiting_calls", core_.contacts_live() - static_cast<double>(talking_.size()), "1");
}

}  // namespace

int main() { Bench{}.run(); }
