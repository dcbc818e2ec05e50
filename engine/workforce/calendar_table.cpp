#include <algorithm>
#include <array>

#include "workforce/demand_table.hpp"

namespace pledge::workforce {

namespace {

constexpr std::array<const char*, 7> weekdays{"sun", "mon", "tue", "wed", "thu", "fri", "sat"};
constexpr NumberRange factor_range{"factor", 0, 100};

struct CalendarColumns {
  std::size_t day = 0, kind = 0, name = 0;
  std::optional<std::size_t> from, to, factor;
};

class CalendarRow {
 public:
  CalendarRow(const Row& row, const CalendarColumns& columns, unsigned slots, std::vector<TextFault>& faults)
      : row_(row), columns_(columns), slots_(slots), faults_(faults) {}

  void read(DemandCalendar& calendar) {
    const auto& day = row_.cells[columns_.day];
    const auto date = parse_day(day.text);
    const auto weekday = std::find(weekdays.begin(), weekdays.end(), day.text);
    if (!date && weekday == weekdays.end() && day.text != "daily")
      return fault(day, "day \"" + day.text.substr(0, 40) + "\"", "not a day",
                   "write 2026-12-25, mon to sun, or daily");
    const auto& kind = row_.cells[columns_.kind];
    if (kind.text == "closed") return closed(calendar, date, static_cast<std::size_t>(weekday - weekdays.begin()));
    if (kind.text != "holiday" && kind.text != "event")
      return fault(kind, "kind \"" + kind.text.substr(0, 40) + "\"", "not a kind of day",
                   "write holiday, closed or event");
    if (!date)
      return fault(day, "a " + kind.text + " on \"" + day.text + "\"", "only closed hours can be weekly",
                   "write one row a date");
    if (kind.text == "holiday") return holiday(calendar, *date);
    double factor = 1;
    if (columns_.factor && !row_.cells[*columns_.factor].text.empty()) {
      const auto value = parse_number(row_, row_.cells[*columns_.factor], factor_range, faults_);
      if (!value) return;
      factor = *value;
    }
    calendar.events[*date] = factor;
  }

 private:
  void fault(const Cell& cell, std::string what, std::string why, std::string remedy) {
    faults_.push_back({row_.line, cell.column, std::move(what), std::move(why), std::move(remedy)});
  }
  void holiday(DemandCalendar& calendar, Day date) {
    const auto& name = row_.cells[columns_.name];
    if (name.text.empty())
      return fault(name, "a holiday without a name", "holidays of one name are expected to be alike", "name it");
    calendar.holidays[date] = name.text;
  }
  // The slot that starts at this time; `otherwise` where no time is given.
  std::optional<unsigned> slot(const std::optional<std::size_t>& column, unsigned otherwise) {
    if (!column || row_.cells[*column].text.empty()) return otherwise;
    const auto& cell = row_.cells[*column];
    for (unsigned s = 0; s <= slots_; ++s)
      if (time_of(s, slots_) == cell.text) return s;
    fault(cell, "time \"" + cell.text.substr(0, 40) + "\"", "not the start of an interval",
          "write 00:00 to 24:00 on the intervals of the counts");
    return std::nullopt;
  }
  void closed(DemandCalendar& calendar, std::optional<Day> date, std::size_t weekday) {
    const auto from = slot(columns_.from, 0), to = slot(columns_.to, slots_);
    if (!from || !to) return;
    if (*from >= *to)
      return fault(row_.cells[*columns_.from], "closed until before it is closed", "hours do not go past midnight",
                   "write two rows, the second from 00:00");
    for (unsigned s = *from; s < *to; ++s) {
      if (date) calendar.lengths[*date][s] = 0;
      else
        for (std::size_t w = 0; w < 7; ++w)
          if (weekday == 7 || weekday == w) calendar.closed[w].push_back(s);
    }
  }

  const Row& row_;
  const CalendarColumns& columns_;
  unsigned slots_;
  std::vector<TextFault>& faults_;
};

}  // namespace

void read_calendar(const Table& table, unsigned slots, DemandCalendar& calendar, std::vector<TextFault>& faults) {
  const auto before = faults.size();
  const auto columns = require_columns(table, {"day", "kind", "name"}, faults);
  if (faults.size() > before) return;
  const CalendarColumns all{columns[0],           columns[1],         columns[2],
                            table.column("from"), table.column("to"), table.column("factor")};
  for (const auto& row : table.rows) CalendarRow{row, all, slots, faults}.read(calendar);
}

}  // namespace pledge::workforce
