#pragma once
// One row of a roster's tables, cell by cell. Every bad cell is a fault; a default stands in for it.
#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "workforce/demand_table.hpp"
#include "workforce/roster_rules.hpp"
#include "workforce/table.hpp"

namespace pledge::workforce {

inline std::vector<std::string> parts_of(std::string_view text, char by) {
  std::vector<std::string> parts;
  for (std::size_t from = 0; from <= text.size();) {
    const auto to = std::min(text.find(by, from), text.size());
    if (to > from) parts.emplace_back(text.substr(from, to - from));
    from = to + 1;
  }
  return parts;
}

// "06:30", "24:00": hours of one or two digits. None if it is none.
inline std::optional<unsigned> clock_minutes(std::string_view text) {
  const auto colon = text.find(':');
  if (colon == 0 || colon == std::string_view::npos || colon > 2 || text.size() != colon + 3) return std::nullopt;
  unsigned hours = 0, minutes = 0;
  const auto number = [](std::string_view digits, unsigned& value) {
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return error == std::errc{} && end == digits.data() + digits.size();
  };
  if (!number(text.substr(0, colon), hours) || !number(text.substr(colon + 1), minutes)) return std::nullopt;
  return hours <= 24 && minutes < 60 ? std::optional(hours * 60 + minutes) : std::nullopt;
}

class RowReader {
 public:
  RowReader(const Row& row, const std::vector<std::size_t>& columns, std::vector<TextFault>& faults)
      : row_(row), columns_(columns), faults_(faults) {}

  const std::string& text(std::size_t i) const { return cell(i).text; }
  void fault(std::size_t i, std::string what, std::string why, std::string remedy) {
    faults_.push_back({row_.line, cell(i).column, std::move(what), std::move(why), std::move(remedy)});
  }
  std::string word(std::size_t i, const char* name) {
    if (text(i).empty()) fault(i, std::string(name) + " is empty", "each row needs one", "write its name");
    return text(i);
  }
  unsigned whole(std::size_t i, const NumberRange& range) {
    const auto value = parse_number(row_, cell(i), range, faults_);
    const auto rounded = static_cast<unsigned>(value.value_or(range.least));
    if (value && *value != rounded)
      fault(i, std::string(range.name) + " \"" + text(i) + "\"", "not a whole number", "write one");
    return rounded;
  }
  double number(std::size_t i, const NumberRange& range) {
    return parse_number(row_, cell(i), range, faults_).value_or(range.least);
  }
  // Hours as minutes.
  unsigned hours(std::size_t i, const NumberRange& range) { return static_cast<unsigned>(number(i, range) * 60 + 0.5); }
  unsigned clock(std::size_t i, const char* name) {
    const auto minutes = clock_minutes(text(i));
    if (minutes && *minutes < minutes_a_day) return *minutes;
    fault(i, std::string(name) + " \"" + text(i) + "\"", "no time of the day", "write it as 06:30, until 23:59");
    return 0;
  }
  std::optional<Day> day(std::size_t i, const char* name) {
    const auto parsed = parse_day(text(i));
    if (!parsed) fault(i, std::string(name) + " \"" + text(i) + "\"", "no date", "write it as 2026-11-30");
    return parsed;
  }
  // 2026-11-30T06:30; seconds may follow.
  struct Stamp {
    Day day{};
    unsigned minute = 0;
  };
  std::optional<Stamp> stamp(std::size_t i, const char* name) {
    const std::string& t = text(i);
    const auto day = parse_day(std::string_view(t).substr(0, 10));
    const auto minute = t.size() >= 16 && (t[10] == 'T' || t[10] == ' ') ? clock_minutes(std::string_view(t).substr(11, 5))
                                                                         : std::nullopt;
    if (day && minute && *minute < minutes_a_day && (t.size() == 16 || t.substr(16) == ":00")) return Stamp{*day, *minute};
    fault(i, std::string(name) + " \"" + t + "\"", "no time of the local clock", "write it as 2026-11-30T06:30");
    return std::nullopt;
  }
  // The index of what is called so, or a fault that names what there is.
  template <class Things, class Name>
  std::optional<std::size_t> known(std::size_t i, const char* kind, const std::string& wanted, const Things& things, Name name) {
    std::string all;
    for (std::size_t n = 0; n < things.size(); ++n) {
      if (name(things[n]) == wanted) return n;
      if (n < most_named) all += (all.empty() ? "" : ", ") + std::string(name(things[n]));
    }
    fault(i, std::string("unknown ") + kind + " \"" + wanted + "\"",
          all.empty() ? "there is none" : "there " + std::string(things.size() > most_named ? "are, among others, " : "are ") + all,
          "name one of them, or add it to its table");
    return std::nullopt;
  }

 private:
  static constexpr std::size_t most_named = 8;
  const Cell& cell(std::size_t i) const { return row_.cells[columns_[i]]; }
  const Row& row_;
  const std::vector<std::size_t>& columns_;
  std::vector<TextFault>& faults_;
};

inline std::optional<Break> break_of(const std::string& text) {
  const auto plus = text.find('+');
  const auto after = clock_minutes(text.substr(0, plus));
  if (plus == std::string::npos || !after) return std::nullopt;
  unsigned length = 0;
  const auto [end, error] = std::from_chars(text.data() + plus + 1, text.data() + text.size(), length);
  if (error != std::errc{} || end != text.data() + text.size() || length == 0 || length > minutes_a_day) return std::nullopt;
  return Break{*after, length};
}

// "2:00+15 4:30+30", in order and without overlap. False, with the faults, if it is none.
inline bool read_break_list(RowReader& row, std::size_t column, const std::string& text, std::vector<Break>& breaks) {
  bool good = true;
  for (const auto& part : parts_of(text, ' ')) {
    const auto read = break_of(part);
    if (read && (breaks.empty() || read->after >= breaks.back().after + breaks.back().length)) {
      breaks.push_back(*read);
      continue;
    }
    good = false;
    if (read) row.fault(column, "break \"" + part + "\"", "it begins before the one before it ends", "move it");
    else row.fault(column, "break \"" + part + "\"", "not a time and a length", "write 4:00+30 for 30 minutes after 4 h");
  }
  return good;
}

}  // namespace pledge::workforce
