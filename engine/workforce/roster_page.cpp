#include "workforce/roster_page.hpp"

#include <algorithm>
#include <cstdio>

#include "workforce/plot.hpp"

namespace pledge::workforce {

namespace {

constexpr const char* weekdays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr const char* leave_mark = "leave";
constexpr std::size_t most_gaps_shown = 200;  // on the page; `--json` has them all

std::string day_name(Day day) { return std::string(weekdays[weekday_of(day)]) + " " + to_text(day).substr(5); }

std::string one_decimal(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f", value);
  return text;
}

class Page {
 public:
  Page(const RosterRules& rules, const std::vector<ShiftType>& types, const Roster& roster)
      : rules_(rules), types_(types), cells_(rules.handlers.size() * rules.need.days), paid_(cells_.size()),
        at_work_(rules.need.slots()), cover_(cover_of(rules, types, roster)) {
    for (const auto& shift : roster) add(shift);
    for (std::size_t h = 0; h < rules.handlers.size(); ++h)
      for (unsigned day = 0; day < rules.need.days; ++day)
        if (rules.handlers[h].leave[day]) cells_[h * rules.need.days + day] = leave_mark;
  }
  PageTable week_table(unsigned week) const {
    const Day first = day_at(week * days_a_week);
    PageTable table{"Week of " + to_text(first), {"handler"}, {}};
    for (unsigned d = 0; d < days_a_week; ++d) table.names.push_back(day_name(first + std::chrono::days{d}));
    table.names.push_back("paid h");
    for (std::size_t h = 0; h < rules_.handlers.size(); ++h) {
      auto& row = table.rows.emplace_back();
      row.push_back(rules_.handlers[h].name);
      unsigned paid = 0;
      for (unsigned d = 0; d < days_a_week; ++d) {
        const std::size_t at = h * rules_.need.days + week * days_a_week + d;
        row.push_back(cells_[at]);
        paid += paid_[at];
      }
      row.push_back(hours_text(paid));
    }
    return table;
  }
  Plot week_plot(unsigned week) const {
    Plot plot;
    plot.title = "Need and cover, week of " + to_text(day_at(week * days_a_week));
    plot.unit = "handlers";
    plot.lines = {{"needed", {}, LineStyle::dashed}, {"at work", {}, LineStyle::steps}, {"missing", {}, LineStyle::steps}};
    const std::size_t first = std::size_t{week} * days_a_week * half_hours_a_day;
    for (std::size_t i = 0; i < days_a_week * half_hours_a_day; ++i) {
      const std::size_t slot = first + i;
      const Day day = day_at(static_cast<unsigned>(slot / half_hours_a_day));
      const auto minute = static_cast<unsigned>(slot % half_hours_a_day) * half_hour_minutes;
      plot.labels.push_back(stamp_text(day, minute));
      if (minute == minutes_a_day / 2) {
        plot.ticks.push_back(i);
        plot.tick_names.push_back(day_name(day));
      }
      double needed = 0;
      for (const auto& group : rules_.need.handlers) needed += group[slot];
      plot.lines[0].values.push_back(needed);
      plot.lines[1].values.push_back(at_work_[slot] / double{half_hour_minutes});
      plot.lines[2].values.push_back(cover_.missing(slot) / double{half_hour_minutes});
    }
    return plot;
  }
  PageTable gap_table() const {
    const auto gaps = uncovered(rules_, cover_);
    PageTable table{"Half-hours that lack handlers: " + std::to_string(gaps.size()), {"from", "skills", "there", "needed"}, {}};
    for (const auto& gap : gaps) {
      if (table.rows.size() == most_gaps_shown) {
        table.rows.push_back({"and " + std::to_string(gaps.size() - most_gaps_shown) + " more", "", "", ""});
        break;
      }
      std::string groups;
      for (const auto g : gap.groups) groups += (groups.empty() ? "" : "+") + rules_.need.groups[g];
      const auto minute = static_cast<unsigned>(gap.slot % half_hours_a_day) * half_hour_minutes;
      table.rows.push_back({stamp_text(day_at(static_cast<unsigned>(gap.slot / half_hours_a_day)), minute), groups,
                            one_decimal(gap.needed - gap.minutes / double{half_hour_minutes}), std::to_string(gap.needed)});
    }
    return table;
  }

 private:
  Day day_at(unsigned day) const { return rules_.need.first + std::chrono::days{day}; }
  void add(const RosterShift& shift) {
    const auto& type = types_[shift.type];
    const std::size_t at = shift.handler * rules_.need.days + shift.day;
    cells_[at] = clock_text(type.start) + "–" + clock_text(type.end);
    paid_[at] = type.paid;
    std::size_t slot = shift.day * half_hours_a_day + type.first_slot();
    for (std::size_t i = 0; i < type.minutes.size() && slot < at_work_.size(); ++i, ++slot) at_work_[slot] += type.minutes[i];
  }

  const RosterRules& rules_;
  const std::vector<ShiftType>& types_;
  std::vector<std::string> cells_;  // by handler and day
  std::vector<unsigned> paid_;
  std::vector<unsigned> at_work_;  // minutes by half-hour
  Cover cover_;
};

}  // namespace

std::string roster_page(const RosterRules& rules, const std::vector<ShiftType>& types, const Roster& roster,
                        const std::vector<std::string>& remarks) {
  const Page drawn{rules, types, roster};
  std::vector<PageTable> tables;
  std::vector<Plot> plots;
  for (unsigned week = 0; week < rules.need.days / days_a_week; ++week) {
    tables.push_back(drawn.week_table(week));
    plots.push_back(drawn.week_plot(week));
  }
  tables.push_back(drawn.gap_table());
  return page("Roster from " + to_text(rules.need.first), remarks, tables, plots);
}

}  // namespace pledge::workforce
