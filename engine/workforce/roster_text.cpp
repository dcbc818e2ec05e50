// The roster itself as tables: out for people and for `pledge simulate`, and back in after somebody changed it.
#include <algorithm>
#include <map>

#include "workforce/roster_cells.hpp"
#include "workforce/roster_tables.hpp"

namespace pledge::workforce {

namespace {

std::string skills_text(const RosterNeed& need, std::uint32_t skills) {
  std::string text;
  for (std::size_t group = 0; group < need.groups.size(); ++group)
    if (skills >> group & 1) text += (text.empty() ? "" : "+") + need.groups[group];
  return text;
}

class RosterReader {
 public:
  RosterReader(const RosterRules& rules, const std::vector<ShiftType>& types) : rules_(rules), types_(types) {
    for (std::size_t h = 0; h < rules.handlers.size(); ++h) handlers_[rules.handlers[h].name] = h;
  }
  std::optional<RosterShift> read(RowReader& row) const {
    const auto handler = handlers_.find(row.text(0));
    if (handler == handlers_.end())
      row.fault(0, "unknown handler \"" + row.text(0) + "\"", "the table of handlers has none of that name", "correct it");
    const auto start = row.stamp(1, "start"), end = row.stamp(2, "end");
    const auto pattern = row.known(3, "pattern", row.text(3), rules_.patterns, [](const auto& p) { return p.name; });
    if (handler == handlers_.end() || !start || !end || !pattern) return std::nullopt;
    const auto day = (start->day - rules_.need.first).count();
    if (day < 0 || day >= static_cast<long>(rules_.need.days)) {
      row.fault(1, "start \"" + row.text(1) + "\"", "not within the days of the need", "leave it out, or give their need");
      return std::nullopt;
    }
    const auto type = type_of(row, *pattern, start->minute);
    if (type && stamp_text(start->day, types_[*type].end) != row.text(2).substr(0, 16)) {
      row.fault(2, "end \"" + row.text(2) + "\"",
                "pattern " + row.text(3) + " from then on ends at " + stamp_text(start->day, types_[*type].end),
                "correct it, or add a pattern of that length");
      return std::nullopt;
    }
    return type ? std::optional(RosterShift{handler->second, static_cast<unsigned>(day), *type}) : std::nullopt;
  }

 private:
  std::optional<std::size_t> type_of(RowReader& row, std::size_t pattern, unsigned start) const {
    std::string others;
    bool begins = false;
    for (std::size_t t = 0; t < types_.size(); ++t) {
      if (types_[t].pattern != pattern || types_[t].start != start) continue;
      const auto breaks = breaks_text(rules_.patterns[pattern].breaks[types_[t].breaks]);
      if (breaks == row.text(4)) return t;
      begins = true;
      others += (others.empty() ? "\"" : ", \"") + breaks + "\"";
    }
    const auto& p = rules_.patterns[pattern];
    if (begins) row.fault(4, "breaks \"" + row.text(4) + "\"", "pattern " + p.name + " has " + others, "write one of these");
    else
      row.fault(1, "start \"" + row.text(1) + "\"",
                "pattern " + p.name + " begins from " + clock_text(p.earliest) + " to " + clock_text(p.latest) + ", every " +
                    std::to_string(p.step) + " minutes",
                "correct it, or change the pattern");
    return std::nullopt;
  }

  const RosterRules& rules_;
  const std::vector<ShiftType>& types_;
  std::map<std::string, std::size_t> handlers_;
};

}  // namespace

Roster read_roster(const Table& table, const RosterRules& rules, const std::vector<ShiftType>& types,
                   std::vector<TextFault>& faults) {
  const auto before = faults.size();
  const auto columns = require_columns(table, {"handler", "start", "end", "pattern", "breaks"}, faults);
  Roster roster;
  if (faults.size() > before) return roster;
  const RosterReader reader{rules, types};
  for (const Row& row : table.rows) {
    RowReader cells{row, columns, faults};
    if (const auto shift = reader.read(cells)) roster.push_back(*shift);
  }
  std::sort(roster.begin(), roster.end());
  return roster;
}

std::string roster_table(const RosterRules& rules, const std::vector<ShiftType>& types, const Roster& roster) {
  std::string out = "handler,start,end,pattern,breaks,paid_h\n";
  for (const auto& shift : roster) {
    const auto& type = types[shift.type];
    const auto& pattern = rules.patterns[type.pattern];
    const Day day = rules.need.first + std::chrono::days{shift.day};
    out += cell_text(rules.handlers[shift.handler].name) + ',' + stamp_text(day, type.start) + ',' + stamp_text(day, type.end) + ',' +
           cell_text(pattern.name) + ',' + breaks_text(pattern.breaks[type.breaks]) + ',' + hours_text(type.paid) + '\n';
  }
  return out;
}

std::string staff_table(const RosterRules& rules, const std::vector<ShiftType>& types, const Roster& roster) {
  std::map<std::string, std::map<unsigned, int>> changes;  // of each group, by minute from the first day's start
  for (const auto& shift : roster) {
    const auto& type = types[shift.type];
    auto& group = changes[skills_text(rules.need, rules.handlers[shift.handler].skills)];
    const unsigned start = shift.day * minutes_a_day + type.start;
    ++group[start];
    --group[shift.day * minutes_a_day + type.end];
    for (const Break& b : rules.patterns[type.pattern].breaks[type.breaks]) {
      --group[start + b.after];
      ++group[start + b.after + b.length];
    }
  }
  std::string out = "from_s,group,handlers\n";
  for (const auto& [group, at] : changes) {
    int on = 0;
    for (const auto& [minute, change] : at)
      if (change != 0) out += std::to_string(minute * 60) + ',' + group + ',' + std::to_string(on += change) + '\n';
  }
  return out;
}

}  // namespace pledge::workforce
