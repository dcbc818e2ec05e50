#pragma once
// Reading and printing single values: durations, shares, numbers, names, words. One place for every notation.
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/options.hpp"

namespace pledge::settings {

// What a name in the configuration stands for.
enum class Named : std::uint8_t {
  nothing,
  service_class,
  queue,
  skill,
  role,
  pool,
  centre,
  trunk,
  handler,
  calendar,
  holidays,
  place,
  service_state,
  reason,
  rule,
  announcement,
  menu
};
constexpr std::string_view name(Named n) {
  constexpr std::string_view names[] = {
      "name",  "class",   "queue",    "skill",    "role",  "pool",          "centre",
      "trunk", "handler", "calendar", "holidays", "place", "service state", "not-ready reason",
      "rule",  "announcement", "menu"};
  return names[static_cast<std::size_t>(n)];
}

// How a text must look.
enum class Format : std::uint8_t {
  any,
  plain_name,
  zone,
  number,
  number_pattern,
  sip_uri,
  address,
  address_range,
  host_port,
  sip_target,
  service_urn,
  date,
  hours,
  handler_range,
  country,
  path,
  file_name
};
struct FormatRule {
  std::string_view type;      // "telephone number"
  std::string_view expected;  // why a text is refused
  std::string_view example;   // what to write instead
};
FormatRule rule_of(Format format);
bool matches(Format format, std::string_view text);

// "10 s", "2 min", "1 h 30 min", "500 ms", "400 days"; nothing else is a duration.
std::optional<core::Duration> parse_duration(std::string_view text);
std::string duration_text(core::Duration duration);

// "90 %" → 0.9
std::optional<double> parse_share(std::string_view text);
std::string share_text(double share);
std::string number_text(double value);

// "polish" (level 1) or "polish:3".
std::optional<core::Requirement> parse_requirement(std::string_view text);
std::string requirement_text(const core::Requirement& requirement);

// "wait", "queue NAME", "number +44...", "announcement NAME", "reject", "reject 503".
std::optional<core::Overflow> parse_overflow(std::string_view text);
std::string overflow_text(const core::Overflow& overflow);

// The nearest of `known` to a mistyped word, if one is near enough to be meant.
std::optional<std::string> nearest(std::string_view word, const std::vector<std::string>& known);

}  // namespace pledge::settings
