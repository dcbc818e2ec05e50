#include "settings/workforce_files.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <sstream>

#include "settings/calendar.hpp"
#include "settings/digest.hpp"
#include "workforce/demand_table.hpp"
#include "workforce/local_clock.hpp"
#include "workforce/roster_tables.hpp"

namespace pledge::settings {

namespace {

using workforce::Table;
using workforce::TextFault;
using Faults = std::vector<Fault>;

constexpr core::Time zones_from{0};
constexpr core::Time zones_to{4'102'444'800'000'000'000};  // 2100

std::optional<std::string> text_of(const std::string& path, Faults& faults) {
  errno = 0;
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  if (in && (in.peek() == std::ifstream::traits_type::eof() || text << in.rdbuf())) return text.str();
  faults.push_back({Severity::error, {path, 0, 0}, "cannot be read", std::strerror(errno ? errno : EIO),
                    "name a file of comma-separated values"});
  return std::nullopt;
}

// False: it has faults, which are told.
bool read_table(const std::string& path, Faults& faults, const std::function<void(const Table&, std::vector<TextFault>&)>& read) {
  const auto text = text_of(path, faults);
  if (!text) return false;
  std::vector<TextFault> found;
  const auto table = workforce::parse_table(*text, found);
  if (found.empty()) read(table, found);
  for (auto& f : found) faults.push_back({Severity::error, {path, f.line, f.column}, f.what, f.why, f.remedy});
  return found.empty();
}

void read_counts(const WorkforceFiles& files, workforce::PlannedDay& day, Faults& faults) {
  unsigned slots = 48;
  const auto changes = [&](unsigned slots_a_day) { return workforce::clock_changes(day.offsets, slots_a_day); };
  const bool good = read_table(files.counts, faults, [&](const Table& table, auto& found) {
    day.demand = workforce::read_demand(table, changes, found).series;
    day.handling = workforce::read_handling(table, found);
  });
  if (!good) return;
  if (!day.demand.empty()) slots = day.demand.front().slots;
  day.calendar.lengths = changes(slots);
  if (!files.calendar.empty())
    read_table(files.calendar, faults,
               [&](const Table& table, auto& found) { workforce::read_calendar(table, slots, day.calendar, found); });
}

// The days and classes that the tables of rules refer to: those of roster and counts.
void frame(const workforce::PlannedDay& day, workforce::RosterRules& rules) {
  for (const auto& demand : day.demand) rules.need.groups.push_back(demand.name);
  const auto day_of = [&](core::Time at) { return workforce::local_day(at, day.offsets); };
  const auto earlier = [](const auto& a, const auto& b) { return a.from < b.from; };
  const auto [first, last] = std::minmax_element(day.roster.begin(), day.roster.end(), earlier);
  if (first == day.roster.end()) return;
  rules.need.first = day_of(first->from);
  const auto days = static_cast<unsigned>((day_of(last->from) - rules.need.first).count()) + 1;
  rules.need.days = (days + workforce::days_a_week - 1) / workforce::days_a_week * workforce::days_a_week;
}

void read_rules(const WorkforceFiles& files, workforce::PlannedDay& day, Faults& faults) {
  workforce::RosterRules rules;
  frame(day, rules);
  const auto table = [&](const char* name, auto read) {
    return read_table((std::filesystem::path{files.rules} / name).string(), faults,
                      [&](const Table& t, auto& found) { read(t, rules, found); });
  };
  // A table that others refer to comes first: with faults in it theirs would be echoes.
  if (!table("shifts.csv", workforce::read_shift_patterns) || !table("contracts.csv", workforce::read_contracts) ||
      !table("handlers.csv", workforce::read_roster_handlers))
    return;
  std::error_code ignored;
  if (std::filesystem::exists(std::filesystem::path{files.rules} / "leave.csv", ignored)) table("leave.csv", workforce::read_leave);
  day.rules = std::move(rules);
}

}  // namespace

std::vector<core::UtcOffset> zone_offsets(const std::string& zone) { return utc_offsets(zone, {zones_from, zones_to}); }

workforce::PlannedDay read_workforce(const WorkforceFiles& files, Faults& faults) {
  workforce::PlannedDay day;
  day.offsets = zone_offsets(files.zone);
  const auto before = faults.size();
  if (!files.roster.empty())
    read_table(files.roster, faults,
               [&](const Table& table, auto& found) { day.roster = workforce::read_planned_shifts(table, day.offsets, found); });
  if (!files.counts.empty()) read_counts(files, day, faults);
  if (!files.rules.empty() && faults.size() == before) read_rules(files, day, faults);
  return day;
}

std::uint64_t digest_of(const WorkforceFiles& files) {
  Faults ignored;
  std::string all;
  const std::filesystem::path rules{files.rules};
  std::vector<std::string> paths{files.roster, files.counts, files.calendar};
  if (!files.rules.empty())
    for (const char* name : {"shifts.csv", "contracts.csv", "handlers.csv", "leave.csv"}) paths.push_back((rules / name).string());
  for (const auto& path : paths)
    if (!path.empty()) all += text_of(path, ignored).value_or("") + '\0';
  return fnv1a(all);
}

}  // namespace pledge::settings
