#include "workforce/handler_gaps.hpp"

#include <algorithm>
#include <limits>

#include "workforce/erlang.hpp"
#include "workforce/half_hours.hpp"

namespace pledge::workforce {

namespace {
using core::seconds;

constexpr double negligible = 1e-3;  // calls a half-hour: none

// None: no number of handlers keeps the target.
std::optional<std::uint32_t> needed_by(const ClassAhead& made, double calls) {
  if (calls < negligible) return 0;
  const ErlangLoad load{calls / seconds_a_half_hour, made.talk + made.wrap_up, made.patience > 0 ? made.patience : without_patience_limit};
  return fewest_handlers(made.patience > 0 ? ErlangModel::a : ErlangModel::c, load,
                         {.within = made.target_within, .service_level = made.target_share});
}

// By set of classes, by half-hour.
using AtWork = std::vector<std::vector<double>>;

AtWork by_set(const DayAhead& ahead, const std::vector<Stretch>& stretches, const std::map<std::string, std::uint32_t>& skills) {
  AtWork out(1);
  for (std::uint32_t set = 1; set < 1u << ahead.classes.size(); ++set) out.push_back(handlers_at_work(ahead, stretches, skills, set));
  return out;
}

void weigh(HandlerGap& gap, std::size_t slot, const AtWork& expected, double kept) {
  gap.missing = -std::numeric_limits<double>::infinity();
  for (std::uint32_t set = 1; set < expected.size(); ++set) {
    std::uint32_t needed = 0;
    for (std::size_t c = 0; c < gap.needed.size(); ++c) needed += set >> c & 1 ? gap.needed[c] : 0;
    const double missing = needed - kept * expected[set][slot];
    if (missing <= gap.missing) continue;
    gap.missing = missing;
    gap.classes = set;
    gap.needed_together = needed;
  }
}

}  // namespace

std::vector<double> handlers_at_work(const DayAhead& ahead, const std::vector<Stretch>& stretches,
                                     const std::map<std::string, std::uint32_t>& skills, std::uint32_t classes) {
  std::vector<double> out(ahead.from.size());
  for (const auto& stretch : stretches) {
    const auto skill = skills.find(stretch.handler);
    if (skill == skills.end() || !(skill->second & classes)) continue;
    for (std::size_t i = 0; i < out.size(); ++i) {
      const core::Time from = i == 0 ? ahead.now : ahead.from[i], to = ahead.from[i] + half_hour;
      const core::Time begin = std::max(from, stretch.from), end = std::min(to, stretch.to);
      if (end > begin) out[i] += seconds(end - begin) / seconds(to - from);
    }
  }
  return out;
}

HandlerGaps gaps_of(const DayAhead& ahead, const std::vector<Stretch>& rostered, const std::vector<Stretch>& expected,
             const std::map<std::string, std::uint32_t>& skills, const GapOptions& options) {
  HandlerGaps out;
  if (ahead.classes.empty()) return out;
  const auto all = (1u << ahead.classes.size()) - 1;
  const auto planned = handlers_at_work(ahead, rostered, skills, all);
  const auto there = by_set(ahead, expected, skills);
  std::vector<bool> unreachable(ahead.classes.size());
  for (std::size_t i = 0; i < ahead.from.size(); ++i) {
    HandlerGap gap;
    gap.from = ahead.from[i];
    for (std::size_t c = 0; c < ahead.classes.size(); ++c) {
      const auto needed = needed_by(ahead.classes[c], ahead.classes[c].calls[i]);
      unreachable[c] = unreachable[c] || !needed;
      gap.needed.push_back(needed.value_or(0));
    }
    const double kept = i == 0 ? 1 : 1 - options.shrinkage;
    gap.rostered = planned[i];
    gap.expected = kept * there[all][i];
    weigh(gap, i, there, kept);
    out.half_hours.push_back(std::move(gap));
  }
  for (std::size_t c = 0; c < unreachable.size(); ++c)
    if (unreachable[c]) out.unreachable.push_back(ahead.classes[c].name);
  return out;
}

std::string names_of(const DayAhead& ahead, std::uint32_t classes) {
  std::string names;
  for (std::size_t c = 0; c < ahead.classes.size(); ++c)
    if (classes >> c & 1) names += (names.empty() ? "" : "+") + ahead.classes[c].name;
  return names;
}

}  // namespace pledge::workforce
