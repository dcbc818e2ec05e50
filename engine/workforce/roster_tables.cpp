#include "workforce/roster_tables.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "workforce/roster_cells.hpp"

namespace pledge::workforce {

namespace {

constexpr double most_hours = 7 * 24, most_cost = 1e6;

template <class Thing>
const std::string& name_of(const Thing& thing) {
  return thing.name;
}
const std::string& text_of(const std::string& text) { return text; }

// Calls `read` with each row, if the table has all columns.
template <class Read>
void each_row(const Table& table, const std::vector<std::string>& names, std::vector<TextFault>& faults, Read read) {
  const auto before = faults.size();
  const auto columns = require_columns(table, names, faults);
  if (faults.size() > before) return;
  for (const Row& row : table.rows) {
    RowReader reader{row, columns, faults};
    read(reader);
  }
  if (table.rows.empty() && !table.names.empty())
    faults.push_back({1, 1, "no rows", "the table has a line of names only", "add a row"});
}

template <class Things>
bool is_new(RowReader& row, const Things& things, const std::string& name) {
  const bool there = std::any_of(things.begin(), things.end(), [&](const auto& t) { return t.name == name; });
  if (there) row.fault(0, "\"" + name + "\" is there twice", "names are unique", "rename or remove one");
  return !there;
}

// Alternatives of breaks, each within the shift.
void read_breaks(RowReader& row, std::size_t column, ShiftPattern& pattern) {
  for (const auto& alternative : parts_of(row.text(column), '|')) {
    auto& breaks = pattern.breaks.emplace_back();
    read_break_list(row, column, alternative, breaks);
    if (!breaks.empty() && breaks.back().after + breaks.back().length > pattern.length)
      row.fault(column, "breaks \"" + alternative + "\"", "they do not end within the shift", "move them");
  }
  if (pattern.breaks.empty()) pattern.breaks.emplace_back();
}

struct NeedRows {
  std::map<std::string, std::map<std::size_t, unsigned>> handlers;  // by class and half-hour since 1970
};

std::size_t half_hour_of(const RowReader::Stamp& at) {
  return static_cast<std::size_t>(at.day.time_since_epoch().count()) * half_hours_a_day + at.minute / half_hour_minutes;
}

void fill_need(const NeedRows& rows, RosterNeed& need, std::vector<TextFault>& faults) {
  std::size_t from = SIZE_MAX, to = 0;
  for (const auto& [name, counts] : rows.handlers) {
    from = std::min(from, counts.begin()->first / half_hours_a_day);
    to = std::max(to, counts.rbegin()->first / half_hours_a_day + 1);
  }
  need.first = Day{std::chrono::days{from}};
  need.days = static_cast<unsigned>(to - from);
  if (need.days % days_a_week != 0 || need.days > most_roster_weeks * days_a_week)
    return faults.push_back({0, 0, "the need covers " + std::to_string(need.days) + " days",
                             "a roster is made of whole weeks, at most " + std::to_string(most_roster_weeks),
                             "give 7, 14, 21 or 28 days"});
  for (const auto& [name, counts] : rows.handlers) {
    need.groups.push_back(name);
    auto& slots = need.handlers.emplace_back(need.slots());
    for (std::size_t slot = 0; slot < slots.size(); ++slot) {
      const auto at = counts.find(from * half_hours_a_day + slot);
      if (at != counts.end()) slots[slot] = at->second;
      else
        return faults.push_back({0, 0, "class \"" + name + "\" has no row for " +
                                           stamp_text(need.first, static_cast<unsigned>(slot) * half_hour_minutes),
                                 "the need is complete by half-hour", "write 0 where none is needed"});
    }
  }
}

}  // namespace

void read_need(const Table& table, RosterRules& rules, std::vector<TextFault>& faults) {
  const auto before = faults.size();
  NeedRows rows;
  const char* handlers = table.column("rostered") ? "rostered" : "handlers";
  each_row(table, {"timestamp", "class", handlers}, faults, [&](RowReader& row) {
    const auto at = row.stamp(0, "timestamp");
    const auto name = row.word(1, "class");
    const unsigned count = row.whole(2, {handlers, 0, 100'000});
    if (!at || name.empty()) return;
    if (at->minute % half_hour_minutes != 0)
      return row.fault(0, "timestamp \"" + row.text(0) + "\"", "not the beginning of a half-hour", "write :00 or :30");
    if (at->day < Day{}) return row.fault(0, "timestamp \"" + row.text(0) + "\"", "before 1970", "correct the year");
    if (!rows.handlers[name].emplace(half_hour_of(*at), count).second)
      row.fault(0, "timestamp \"" + row.text(0) + "\" is there twice", "a class has one need a half-hour", "remove one");
  });
  if (rows.handlers.size() > most_groups)
    faults.push_back({0, 0, std::to_string(rows.handlers.size()) + " classes",
                      "a roster is made for at most " + std::to_string(most_groups), "join classes with the same skills"});
  if (faults.size() == before) fill_need(rows, rules.need, faults);
}

void read_shift_patterns(const Table& table, RosterRules& rules, std::vector<TextFault>& faults) {
  each_row(table, {"pattern", "hours", "paid_h", "earliest", "latest", "step_min", "breaks"}, faults, [&](RowReader& row) {
    ShiftPattern pattern{row.word(0, "pattern"), row.hours(1, {"hours", 0.5, 24}), row.hours(2, {"paid_h", 0.25, 24}),
                         row.clock(3, "earliest"), row.clock(4, "latest"), row.whole(5, {"step_min", 5, 720}), {}};
    if (pattern.paid > pattern.length)
      row.fault(2, "paid_h " + row.text(2), "more than the shift's " + row.text(1) + " h", "correct one of them");
    if (pattern.latest < pattern.earliest)
      row.fault(4, "latest " + row.text(4), "before earliest " + row.text(3), "make two patterns of one over midnight");
    read_breaks(row, 6, pattern);
    if (is_new(row, rules.patterns, pattern.name)) rules.patterns.push_back(std::move(pattern));
  });
}

void read_contracts(const Table& table, RosterRules& rules, std::vector<TextFault>& faults) {
  std::vector<std::string> names{"contract",    "week_least_h", "week_most_h", "rest_h",
                                 "days_in_row", "days_off",     "cost",        "patterns"};
  const bool with_week_rest = table.column("week_rest_h").has_value();
  if (with_week_rest) names.push_back("week_rest_h");
  each_row(table, names, faults, [&](RowReader& row) {
    Contract contract{row.word(0, "contract"),
                      row.hours(1, {"week_least_h", 0, most_hours}),
                      row.hours(2, {"week_most_h", 0, most_hours}),
                      row.hours(3, {"rest_h", 0, 96}),
                      row.whole(4, {"days_in_row", 1, 28}),
                      row.whole(5, {"days_off", 0, 6}),
                      row.number(6, {"cost", 0, most_cost}),
                      {}};
    const unsigned least = std::max(contract.rest, 24 * 60u), most = contract.rest + 24 * 60;
    contract.week_rest = with_week_rest ? row.hours(8, {"week_rest_h", least / 60.0, most / 60.0}) : least;
    if (contract.week_most < contract.week_least)
      row.fault(2, "week_most_h " + row.text(2), "less than week_least_h " + row.text(1), "correct one of them");
    for (const auto& name : parts_of(row.text(7), ' '))
      if (const auto p = row.known(7, "pattern", name, rules.patterns, name_of<ShiftPattern>)) contract.patterns.push_back(*p);
    if (row.text(7).empty())
      for (std::size_t p = 0; p < rules.patterns.size(); ++p) contract.patterns.push_back(p);
    if (is_new(row, rules.contracts, contract.name)) rules.contracts.push_back(std::move(contract));
  });
}

void read_roster_handlers(const Table& table, RosterRules& rules, std::vector<TextFault>& faults) {
  const auto all = static_cast<std::uint32_t>((1u << rules.need.groups.size()) - 1);
  std::set<std::string> seen;
  each_row(table, {"handler", "contract", "skills"}, faults, [&](RowReader& row) {
    RosterHandler handler{row.word(0, "handler"), 0, 0, std::vector<bool>(rules.need.days)};
    const auto contract = row.known(1, "contract", row.text(1), rules.contracts, name_of<Contract>);
    for (const auto& skill : parts_of(row.text(2), ' '))
      if (const auto g = row.known(2, "class of the need", skill, rules.need.groups, text_of)) handler.skills |= 1u << *g;
    if (row.text(2).empty()) handler.skills = all;
    handler.contract = contract.value_or(0);
    if (!seen.insert(handler.name).second)
      row.fault(0, "\"" + handler.name + "\" is there twice", "names are unique", "rename or remove one");
    else if (contract)
      rules.handlers.push_back(std::move(handler));
  });
}

void read_leave(const Table& table, RosterRules& rules, std::vector<TextFault>& faults) {
  std::map<std::string, std::size_t> handlers;
  for (std::size_t h = 0; h < rules.handlers.size(); ++h) handlers[rules.handlers[h].name] = h;
  if (table.rows.empty() && !table.names.empty()) return;  // nobody is away
  each_row(table, {"handler", "from", "to"}, faults, [&](RowReader& row) {
    const auto from = row.day(1, "from"), to = row.day(2, "to");
    const auto handler = handlers.find(row.text(0));
    if (handler == handlers.end())
      row.fault(0, "unknown handler \"" + row.text(0) + "\"", "the table of handlers has none of that name", "correct it");
    if (from && to && *to < *from)
      row.fault(2, "to " + row.text(2), "before from " + row.text(1), "exchange or correct them");
    if (handler == handlers.end() || !from || !to) return;
    auto& leave = rules.handlers[handler->second].leave;
    for (std::size_t day = 0; day < leave.size(); ++day) {
      const Day date = rules.need.first + std::chrono::days{day};
      if (date >= *from && date <= *to) leave[day] = true;
    }
  });
}

}  // namespace pledge::workforce
