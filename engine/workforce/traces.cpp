#include "workforce/traces.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <optional>

namespace pledge::workforce {

namespace {
using core::duration;

constexpr double longest = 366 * seconds_a_day;   // no time of a trace is beyond a year
constexpr double most_handlers = 100'000;

struct Cell {
  std::string_view text;
  std::size_t column = 1;
};

std::vector<Cell> cells_of(std::string_view line) {
  std::vector<Cell> cells;
  for (std::size_t from = 0;;) {
    const std::size_t comma = line.find(',', from);
    cells.push_back({line.substr(from, comma == std::string_view::npos ? comma : comma - from), from + 1});
    if (comma == std::string_view::npos) return cells;
    from = comma + 1;
  }
}

// One table: checks the heading, then hands out each row's cells by the names asked for.
class TraceTable {
 public:
  TraceTable(std::string_view text, std::vector<std::string_view> names, std::vector<TraceFault>& faults)
      : names_(std::move(names)), place_(names_.size(), missing), faults_(faults), rest_(text) {
    heading();
  }

  bool next() {
    std::string_view line;
    while (good_ && take(line)) {
      if (line.empty()) continue;
      cells_ = cells_of(line);
      if (cells_.size() == width_) return true;
      fault(1, std::to_string(cells_.size()) + " columns where the heading has " + std::to_string(width_));
    }
    return false;
  }
  // A number within [least, most]; NaN, infinities and anything after the number are faults.
  std::optional<double> number(std::size_t name, double least, double most, bool whole = false) {
    const Cell cell = cells_[place_[name]];
    double value = 0;
    const char* end = cell.text.data() + cell.text.size();
    const auto [stop, error] = std::from_chars(cell.text.data(), end, value);
    std::string what;
    if (cell.text.empty() || error != std::errc{} || stop != end) what = "is not a number";
    else if (!std::isfinite(value)) what = "is not a finite number";
    else if (value < least) what = least == 0 ? "is negative" : "is too small";
    else if (value > most) what = "is too large";
    else if (whole && value != std::floor(value)) what = "is not a whole number";
    if (what.empty()) return value;
    fault(cell.column, std::string{names_[name]} + " \"" + std::string{cell.text} + "\" " + what);
    return std::nullopt;
  }
  std::optional<std::string> word(std::size_t name) {
    const Cell cell = cells_[place_[name]];
    if (!cell.text.empty()) return std::string{cell.text};
    fault(cell.column, std::string{names_[name]} + " is empty");
    return std::nullopt;
  }
  void fault(std::size_t column, std::string what) { faults_.push_back({line_, column, std::move(what)}); }
  std::size_t column(std::size_t name) const { return cells_[place_[name]].column; }

 private:
  static constexpr std::size_t missing = SIZE_MAX;

  bool take(std::string_view& line) {
    if (rest_.empty()) return false;
    const std::size_t end = rest_.find('\n');
    line = rest_.substr(0, end);
    rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    ++line_;
    return true;
  }
  void heading() {
    std::string_view line;
    if (!take(line)) line_ = 1;
    const auto cells = cells_of(line);
    width_ = cells.size();
    for (std::size_t i = 0; i < cells.size(); ++i) {
      const auto name = std::find(names_.begin(), names_.end(), cells[i].text);
      auto* place = name == names_.end() ? nullptr : &place_[static_cast<std::size_t>(name - names_.begin())];
      if (!place) fault(cells[i].column, "unknown column \"" + std::string{cells[i].text} + "\"");
      else if (*place != missing) fault(cells[i].column, "column \"" + std::string{cells[i].text} + "\" is there twice");
      else *place = i;
    }
    for (std::size_t i = 0; i < names_.size(); ++i)
      if (place_[i] == missing) fault(1, "column \"" + std::string{names_[i]} + "\" is missing");
    good_ = faults_.empty();
  }

  std::vector<std::string_view> names_;
  std::vector<std::size_t> place_;
  std::vector<TraceFault>& faults_;
  std::string_view rest_;
  std::vector<Cell> cells_;
  std::size_t width_ = 0, line_ = 0;
  bool good_ = true;
};

template <class Row>
Trace<Row> finished(Trace<Row> trace) {
  if (!trace.faults.empty()) trace.rows.clear();
  else if (trace.rows.empty()) trace.faults.push_back({1, 1, "there are no rows"});
  return trace;
}

}  // namespace

std::string to_text(std::string_view file, const TraceFault& fault) {
  return std::string{file} + ":" + std::to_string(fault.line) + ":" + std::to_string(fault.column) + ": " + fault.what;
}

Trace<SimulatedCall> read_calls(std::string_view text) {
  Trace<SimulatedCall> trace;
  TraceTable table{text, {"arrival_s", "class", "service_s", "patience_s"}, trace.faults};
  while (table.next()) {
    const auto at = table.number(0, 0, longest);
    const auto service_class = table.word(1);
    const auto handling = table.number(2, 0, longest), patience = table.number(3, 0, longest);
    if (at && service_class && handling && patience)
      trace.rows.push_back({duration(*at), *service_class, duration(*handling), duration(*patience)});
  }
  std::stable_sort(trace.rows.begin(), trace.rows.end(), [](const auto& a, const auto& b) { return a.at < b.at; });
  return finished(std::move(trace));
}

Trace<StaffChange> read_staff(std::string_view text) {
  Trace<StaffChange> trace;
  TraceTable table{text, {"from_s", "group", "handlers"}, trace.faults};
  while (table.next()) {
    const auto from = table.number(0, 0, longest);
    const auto group = table.word(1);
    const auto handlers = table.number(2, 0, most_handlers, true);
    if (from && group && handlers) trace.rows.push_back({*from, *group, static_cast<std::uint32_t>(*handlers)});
  }
  return finished(std::move(trace));
}

std::vector<Shift> shifts_of(std::vector<StaffChange> changes, double end) {
  std::stable_sort(changes.begin(), changes.end(), [](const auto& a, const auto& b) { return a.from < b.from; });
  std::map<std::string, std::vector<double>> on;  // group: when each handler of it came on
  std::vector<Shift> shifts;
  const auto leave = [&](const std::string& group, std::vector<double>& since, double at) {
    const core::HandlerId handler{group + "-" + std::to_string(since.size())};
    if (at > since.back()) shifts.push_back({handler, duration(since.back()), duration(at), group});
    since.pop_back();
  };
  for (const StaffChange& change : changes) {
    if (change.from >= end) break;
    auto& since = on[change.group];
    while (since.size() > change.handlers) leave(change.group, since, change.from);
    since.resize(change.handlers, change.from);
  }
  for (auto& [group, since] : on)
    while (!since.empty()) leave(group, since, end);
  return shifts;
}

Trace<DemandClass> read_demand(std::string_view text) {
  return read_demand(text, [](const std::string&) { return std::string{}; });
}

Trace<DemandClass> read_demand(std::string_view text, const std::function<std::string(const std::string&)>& wrong_with) {
  Trace<DemandClass> trace;
  std::map<std::string, std::vector<bool>> seen;
  TraceTable table{text, {"hour", "class", "calls", "handling_s", "handling_cv", "patience_s"}, trace.faults};
  while (table.next()) {
    const auto hour = table.number(0, 0, hours_a_day - 1, true);
    const auto name = table.word(1);
    const auto calls = table.number(2, 0, longest), handling = table.number(3, 0, longest);
    const auto cv = table.number(4, 0, 10), patience = table.number(5, 0, longest);
    if (!hour || !name || !calls || !handling || !cv || !patience) continue;
    auto& hours = seen[*name];
    if (hours.empty()) {
      if (std::string wrong = wrong_with(*name); !wrong.empty()) table.fault(table.column(1), std::move(wrong));
      hours.assign(hours_a_day, false);
      trace.rows.push_back({*name, {}, *handling, *cv, *patience});
    }
    const auto at = static_cast<std::size_t>(*hour);
    if (hours[at]) table.fault(table.column(0), "hour " + std::to_string(at) + " of class \"" + *name + "\" is there twice");
    hours[at] = true;
    const auto row = std::find_if(trace.rows.begin(), trace.rows.end(), [&](const auto& r) { return r.name == *name; });
    row->calls[at] = *calls;
  }
  for (const auto& [name, hours] : seen)
    for (std::size_t hour = 0; hour < hours.size(); ++hour)
      if (!hours[hour]) trace.faults.push_back({1, 1, "class \"" + name + "\" has no row for hour " + std::to_string(hour)});
  return finished(std::move(trace));
}

}  // namespace pledge::workforce
