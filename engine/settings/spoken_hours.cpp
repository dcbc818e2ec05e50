#include "settings/spoken_hours.hpp"

#include <algorithm>

#include "settings/calendar.hpp"

namespace pledge::settings {

namespace {

using core::Words;
using Has = std::function<bool(const std::string&)>;

constexpr const char* day_words[] = {"day-monday", "day-tuesday",  "day-wednesday", "day-thursday",
                                     "day-friday", "day-saturday", "day-sunday"};
constexpr int day_minutes = 24 * 60, noon = 12 * 60;

void append(Words& words, const Words& more) { words.insert(words.end(), more.begin(), more.end()); }

// "eight a.m.", "half past" as "thirty": eight thirty a.m.; five past as "oh five".
Words time_in_words(int minutes, const Has& has) {
  minutes %= day_minutes;
  if (minutes == 0) return {"hours-midnight"};
  if (minutes == noon) return {"hours-noon"};
  const int hour = (minutes / 60 + 11) % 12 + 1, rest = minutes % 60;
  Words words = core::number_in_words(static_cast<std::uint32_t>(hour), has);
  if (rest > 0 && rest < 10) words.emplace_back("hours-oh");
  if (rest > 0) append(words, core::number_in_words(static_cast<std::uint32_t>(rest), has));
  words.emplace_back(minutes < noon ? "hours-am" : "hours-pm");
  return words;
}

// "Monday to Friday, and Sunday": two days that follow each other are named both.
Words days_in_words(const Hours& hours) {
  if (std::all_of(std::begin(hours.days), std::end(hours.days), [](bool open) { return open; })) return {"hours-every-day"};
  Words words;
  for (int day = 0; day < 7;) {
    int last = day;
    if (!hours.days[day]) {
      ++day;
      continue;
    }
    while (last + 1 < 7 && hours.days[last + 1]) ++last;
    if (!words.empty()) words.emplace_back("hours-and");
    words.emplace_back(day_words[day]);
    if (last > day) words.emplace_back(last == day + 1 ? "hours-and" : "hours-to");
    if (last > day) words.emplace_back(day_words[last]);
    day = last + 1;
  }
  return words;
}

}  // namespace

std::optional<std::string> calendar_told(const std::string& prompt) {
  constexpr std::string_view begins = "{hours ";
  if (!prompt.starts_with(begins) || !prompt.ends_with('}')) return std::nullopt;
  return prompt.substr(begins.size(), prompt.size() - begins.size() - 1);
}

Words hours_in_words(const Calendar& calendar, const Has& has) {
  Words words{"hours-before"};
  for (std::size_t i = 0; i < calendar.open.size(); ++i) {
    const auto hours = parse_hours(calendar.open[i]);
    if (!hours) continue;  // `check` has said so
    if (i > 0) words.emplace_back("hours-and");
    append(words, days_in_words(*hours));
    if (hours->to - hours->from == std::chrono::minutes{day_minutes}) {
      words.emplace_back("hours-all-day");
      continue;
    }
    words.emplace_back("hours-from");
    append(words, time_in_words(static_cast<int>(hours->from.count()), has));
    words.emplace_back("hours-until");
    append(words, time_in_words(static_cast<int>(hours->to.count()), has));
  }
  if (!calendar.closed.empty()) words.emplace_back("hours-not-some-days");
  return words;
}

}  // namespace pledge::settings
