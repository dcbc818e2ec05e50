#include <cstdio>

#include "workforce/local_clock.hpp"
#include "workforce/roster_page.hpp"

namespace pledge::workforce {

namespace {

constexpr std::size_t line_octets = 75;  // RFC 5545 section 3.1, without the line end
constexpr std::int64_t second = 1'000'000'000;

// A content line, folded between characters: a continuation begins with a space, which counts.
std::string folded(const std::string& line) {
  std::string out;
  std::size_t width = 0;
  for (std::size_t i = 0; i < line.size();) {
    std::size_t length = 1;
    while (i + length < line.size() && (static_cast<unsigned char>(line[i + length]) & 0xC0) == 0x80) ++length;
    if (width + length > line_octets) {
      out += "\r\n ";
      width = 1;
    }
    out.append(line, i, length);
    width += length;
    i += length;
  }
  return out + "\r\n";
}

// RFC 5545 section 3.3.11; control characters have no place in a text.
std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '\n') out += "\\n";
    else if (c == '\\' || c == ';' || c == ',') out += std::string("\\") + c;
    else if (static_cast<unsigned char>(c) >= ' ') out += c;
  }
  return out;
}

std::string utc_text(core::Time time) {
  const std::int64_t seconds = time.ns / second;
  const Day day = std::chrono::floor<std::chrono::days>(std::chrono::sys_seconds{std::chrono::seconds{seconds}});
  const auto rest = seconds - std::chrono::seconds{day.time_since_epoch()}.count();
  std::string date = to_text(day);
  std::erase(date, '-');
  char text[40];
  std::snprintf(text, sizeof text, "T%02d%02d%02dZ", static_cast<int>(rest / 3600), static_cast<int>(rest / 60 % 60),
                static_cast<int>(rest % 60));
  return date + text;
}

std::string breaks_in_words(unsigned start, const std::vector<Break>& breaks) {
  std::string text;
  for (const Break& b : breaks)
    text += (text.empty() ? "Breaks: " : ", ") + clock_text(start + b.after) + " to " + clock_text(start + b.after + b.length);
  return text.empty() ? "No breaks" : text;
}

}  // namespace

std::string roster_calendar(const RosterRules& rules, const std::vector<ShiftType>& types, const Roster& roster,
                            std::size_t handler, const CalendarClock& clock) {
  const std::string& name = rules.handlers[handler].name;
  std::string out = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Pledge//roster//EN\r\n";
  for (const auto& shift : roster) {
    if (shift.handler != handler) continue;
    const auto& type = types[shift.type];
    const auto& pattern = rules.patterns[type.pattern];
    const Day day = rules.need.first + std::chrono::days{shift.day};
    out += "BEGIN:VEVENT\r\n";
    out += folded("UID:" + escaped(name) + "-" + to_text(day) + "@roster.pledge");
    out += folded("DTSTAMP:" + utc_text(clock.made));
    out += folded("DTSTART:" + utc_text(time_of_clock(day, type.start, clock.offsets)));
    out += folded("DTEND:" + utc_text(time_of_clock(day, type.end, clock.offsets)));
    out += folded("SUMMARY:" + escaped("Shift " + pattern.name + ", " + clock_text(type.start) + " to " + clock_text(type.end)));
    out += folded("DESCRIPTION:" + escaped(breaks_in_words(type.start, pattern.breaks[type.breaks]) + "\n" +
                                           hours_text(type.paid) + " h paid"));
    out += "END:VEVENT\r\n";
  }
  return out + "END:VCALENDAR\r\n";
}

}  // namespace pledge::workforce
