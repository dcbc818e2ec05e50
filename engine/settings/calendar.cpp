#include "settings/calendar.hpp"

#include <date/tz.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <stdexcept>
#include <tuple>

namespace pledge::settings {

namespace {

using std::chrono::minutes;

template <class T>
std::optional<T> whole(std::string_view text) {
  T value{};
  if (text.empty() || text.front() < '0' || text.front() > '9') return std::nullopt;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

date::sys_time<core::Duration> to_sys(core::Time time) {
  return date::sys_time<core::Duration>{core::Duration{time.ns}};
}
template <class D>
core::Time to_core(date::sys_time<D> time) {
  return {std::chrono::duration_cast<core::Duration>(time.time_since_epoch()).count()};
}

std::optional<minutes> parse_clock(std::string_view text) {
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  const auto hour = whole<int>(text.substr(0, 2));
  const auto minute = whole<int>(text.substr(3));
  if (!hour || !minute || *minute > 59 || *hour > 24 || (*hour == 24 && *minute != 0)) return std::nullopt;
  return minutes{*hour * 60 + *minute};
}

std::optional<int> parse_day(std::string_view text) {
  constexpr std::string_view names[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
  const auto it = std::find(std::begin(names), std::end(names), text);
  if (it == std::end(names)) return std::nullopt;
  return static_cast<int>(it - std::begin(names));
}

// "mon-fri", "sat", "daily"
bool add_days(std::string_view text, Hours& hours) {
  if (text == "daily") text = "mon-sun";
  const auto dash = text.find('-');
  const auto first = parse_day(text.substr(0, dash));
  const auto last = dash == std::string_view::npos ? first : parse_day(text.substr(dash + 1));
  if (!first || !last) return false;
  for (int day = *first;; day = (day + 1) % 7) {
    hours.days[day] = true;
    if (day == *last) return true;
  }
}

enum class Edge { begin, end };

// The moment of a local time. Gap and repetition as the header says.
core::Time moment(const date::time_zone& zone, date::local_days day, minutes at, Edge edge) {
  const auto local = day + at;
  const auto info = zone.get_info(local);
  if (info.result == date::local_info::nonexistent) return to_core(info.first.end);
  const bool second = info.result == date::local_info::ambiguous && edge == Edge::end;
  return to_core(date::sys_time<minutes>{local.time_since_epoch()} - (second ? info.second.offset : info.first.offset));
}

void join(std::vector<core::Interval>& intervals) {
  std::sort(intervals.begin(), intervals.end(), [](const core::Interval& a, const core::Interval& b) {
    return std::tie(a.from, a.to) < std::tie(b.from, b.to);
  });
  std::vector<core::Interval> joined;
  for (const auto& interval : intervals) {
    if (!joined.empty() && interval.from <= joined.back().to)
      joined.back().to = std::max(joined.back().to, interval.to);
    else joined.push_back(interval);
  }
  intervals = std::move(joined);
}

date::local_days local_day(const date::time_zone& zone, core::Time time) {
  return date::floor<date::days>(zone.to_local(to_sys(time)));
}

}  // namespace

std::optional<Date> parse_date(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const auto year = whole<int>(text.substr(0, 4));
  const auto month = whole<unsigned>(text.substr(5, 2));
  const auto day = whole<unsigned>(text.substr(8));
  if (!year || !month || !day) return std::nullopt;
  if (!date::year_month_day{date::year{*year}, date::month{*month}, date::day{*day}}.ok()) return std::nullopt;
  return Date{*year, *month, *day};
}

std::optional<Hours> parse_hours(std::string_view text) {
  const auto space = text.find(' ');
  if (space == std::string_view::npos) return std::nullopt;
  Hours hours;
  auto days = text.substr(0, space);
  while (true) {
    const auto comma = days.find(',');
    if (!add_days(days.substr(0, comma), hours)) return std::nullopt;
    if (comma == std::string_view::npos) break;
    days.remove_prefix(comma + 1);
  }
  const auto times = text.substr(space + 1);
  if (times.size() != 11 || times[5] != '-') return std::nullopt;
  const auto from = parse_clock(times.substr(0, 5)), to = parse_clock(times.substr(6));
  if (!from || !to || *from == *to || *from == minutes{24 * 60}) return std::nullopt;
  hours.from = *from;
  hours.to = *to > *from ? *to : *to + minutes{24 * 60};
  return hours;
}

std::string NameRange::at(std::uint32_t number) const { return fmt::format("{}{:0{}}", prefix, number, digits); }

std::optional<NameRange> parse_range(std::string_view text) {
  const auto dash = text.rfind('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const auto low = text.substr(0, dash), high = text.substr(dash + 1);
  const auto split = low.find_last_not_of("0123456789");
  const auto at = split == std::string_view::npos ? 0 : split + 1;
  if (low.size() != high.size() || low.substr(0, at) != high.substr(0, at)) return std::nullopt;
  const auto first = whole<std::uint32_t>(low.substr(at)), last = whole<std::uint32_t>(high.substr(at));
  if (!first || !last || *first > *last || low.size() - at > 6) return std::nullopt;
  return NameRange{std::string{low.substr(0, at)}, low.size() - at, *first, *last};
}

bool zone_exists(std::string_view zone) {
  try {
    // The database lists files; only reading one tells whether it is a zone.
    date::locate_zone(std::string{zone})->get_info(date::sys_seconds{});
    return true;
  } catch (const std::exception&) {
    return false;
  }
}

std::vector<core::Interval> expand(std::string_view zone_name, const std::vector<Hours>& hours,
                                   const std::vector<Date>& holidays, core::Interval within) {
  const auto& zone = *date::locate_zone(std::string{zone_name});
  std::vector<core::Interval> result;
  const auto last = local_day(zone, within.to);
  // One day earlier: a period that began yesterday may still run.
  for (auto day = local_day(zone, within.from) - date::days{1}; day <= last; day += date::days{1}) {
    const date::year_month_day ymd{day};
    const Date today{static_cast<int>(ymd.year()), static_cast<unsigned>(ymd.month()),
                     static_cast<unsigned>(ymd.day())};
    if (std::find(holidays.begin(), holidays.end(), today) != holidays.end()) continue;
    const auto weekday = date::weekday{day}.iso_encoding() - 1;
    for (const auto& period : hours) {
      if (!period.days[weekday]) continue;
      const core::Interval interval{std::max(within.from, moment(zone, day, period.from, Edge::begin)),
                                    std::min(within.to, moment(zone, day, period.to, Edge::end))};
      if (interval.from < interval.to) result.push_back(interval);
    }
  }
  join(result);
  return result;
}

std::vector<core::Interval> complement(const std::vector<core::Interval>& intervals, core::Interval within) {
  std::vector<core::Interval> result;
  core::Time from = within.from;
  for (const auto& interval : intervals) {
    if (from < interval.from) result.push_back({from, interval.from});
    from = std::max(from, interval.to);
  }
  if (from < within.to) result.push_back({from, within.to});
  return result;
}

std::vector<core::UtcOffset> utc_offsets(std::string_view zone_name, core::Interval within) {
  const auto& zone = *date::locate_zone(std::string{zone_name});
  std::vector<core::UtcOffset> result;
  core::Time at = within.from;
  while (true) {
    const auto info = zone.get_info(to_sys(at));
    result.push_back({at, static_cast<std::int32_t>(info.offset.count())});
    // Compared in seconds: the last rule of a zone ends far beyond core::Time.
    if (info.end >= date::ceil<std::chrono::seconds>(to_sys(within.to))) break;
    at = to_core(info.end);
  }
  return result;
}

}  // namespace pledge::settings
