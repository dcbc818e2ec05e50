#pragma once
// Small rosters for tests: by hand, and drawn.
#include <algorithm>
#include <string>
#include <vector>

#include "workforce/roster_rules.hpp"

namespace pledge::workforce {

// splitmix64; repeats everywhere.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed) {}
  unsigned below(unsigned most) {
    std::uint64_t z = state_ += 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return static_cast<unsigned>((z ^ (z >> 31)) % most);
  }

 private:
  std::uint64_t state_;
};

struct MadeHandler {
  std::string name;
  std::uint32_t skills;
};

// From Monday 2026-11-30; groups A (bit 0) and B (bit 1), nothing needed; early 06:00, late 14:00, night 22:00, 8 h each without
// breaks; one contract "c": 24 to 32 h, 11 h rest, 4 days in a row, 2 days off.
inline RosterRules made_rules(unsigned weeks, const std::vector<MadeHandler>& handlers) {
  RosterRules rules;
  rules.need.first = std::chrono::sys_days{std::chrono::year{2026} / 11 / 30};
  rules.need.days = weeks * days_a_week;
  rules.need.groups = {"A", "B"};
  rules.need.handlers.assign(2, std::vector<unsigned>(rules.need.slots()));
  for (const auto& [name, hour] : {std::pair{"early", 6u}, {"late", 14u}, {"night", 22u}})
    rules.patterns.push_back({name, 480, 480, hour * 60, hour * 60, 30, {{}}});
  rules.contracts = {{"c", 24 * 60, 32 * 60, 11 * 60, 4, 2, 1, {0, 1, 2}}};
  for (const auto& handler : handlers)
    rules.handlers.push_back({handler.name, 0, handler.skills, std::vector<bool>(rules.need.days)});
  return rules;
}

// A clock that skips 01:00 to 02:00 on a day of the need.
inline std::vector<core::UtcOffset> skipped_hour(const RosterRules& rules, unsigned day) {
  const core::Time first{std::chrono::nanoseconds{rules.need.first.time_since_epoch()}.count()};
  return {{first - std::chrono::hours{24}, 0}, {first + std::chrono::hours{24 * day + 1}, 3600}};
}

// Two weeks, ten handlers on two contracts, patterns with breaks and several beginnings, a need that may be too much.
inline RosterRules drawn_rules(std::uint64_t seed) {
  Dice dice{seed};
  auto rules = made_rules(2, {});
  rules.patterns.push_back({"short", 300, 285, 8 * 60, 17 * 60, 60 + 30 * dice.below(3), {{{120, 15}}, {{180, 15}}}});
  rules.patterns.push_back({"long", 600, 540, 7 * 60, 10 * 60, 45, {{{240, 60}}, {{120, 15}, {300, 45}}}});
  rules.contracts[0].rest = (9 + dice.below(6)) * 60;
  rules.contracts[0].days_in_row = 3 + dice.below(4);
  rules.contracts.push_back({"part", 12 * 60, 24 * 60, (11 + dice.below(20)) * 60, 3, 2 + dice.below(2), 1.5, {1, 3, 4}});
  for (auto& contract : rules.contracts)
    contract.week_rest = std::max(24 * 60u, contract.rest + static_cast<unsigned>(seed % 3) * 12 * 60);
  if (seed % 2 == 1) rules.offsets = skipped_hour(rules, 5);
  for (unsigned h = 0; h < 10; ++h) {
    rules.handlers.push_back({"h" + std::to_string(h), h % 3 == 0 ? 1u : 0u, 1 + dice.below(3), std::vector<bool>(rules.need.days)});
    if (dice.below(3) == 0) rules.handlers.back().leave[dice.below(rules.need.days)] = true;
  }
  for (auto& group : rules.need.handlers)
    for (unsigned slot = 0; slot < group.size(); ++slot) group[slot] = slot % 48 > 14 ? dice.below(3) : dice.below(2);
  return rules;
}

}  // namespace pledge::workforce
