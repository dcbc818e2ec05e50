#include "workforce/demand.hpp"

#include <algorithm>
#include <cstdio>

namespace pledge::workforce {

unsigned weekday_of(Day day) { return std::chrono::weekday{day}.c_encoding(); }

std::string to_text(Day day) {
  const std::chrono::year_month_day date{day};
  char text[16];
  std::snprintf(text, sizeof text, "%04d-%02u-%02u", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                static_cast<unsigned>(date.day()));
  return text;
}

double DemandCalendar::length(Day day, unsigned slot) const {
  const auto& weekly = closed[weekday_of(day)];
  if (std::find(weekly.begin(), weekly.end(), slot) != weekly.end()) return 0;
  const auto one = lengths.find(day);
  if (one == lengths.end()) return 1;
  const auto found = one->second.find(slot);
  return found == one->second.end() ? 1 : found->second;
}

}  // namespace pledge::workforce
