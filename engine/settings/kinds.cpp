#include "settings/kinds.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numeric>

#include "settings/calendar.hpp"

namespace pledge::settings {

namespace {

bool digit(char c) { return c >= '0' && c <= '9'; }
bool all_digits(std::string_view text) { return !text.empty() && std::all_of(text.begin(), text.end(), digit); }

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

template <class T>
std::optional<T> whole(std::string_view text) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// Takes a non-negative decimal number off the front.
std::optional<double> take_number(std::string_view& text) {
  const auto end = std::find_if(text.begin(), text.end(), [](char c) { return !digit(c) && c != '.'; });
  const std::string_view number = text.substr(0, static_cast<std::size_t>(end - text.begin()));
  if (number.empty() || !digit(number.front()) || number.size() > 18) return std::nullopt;
  const auto value = whole<double>(number);
  if (value) text.remove_prefix(number.size());
  return value;
}

std::optional<double> seconds_in(std::string_view unit) {
  struct Unit {
    std::string_view word;
    double seconds;
  };
  constexpr Unit units[] = {{"ms", 1e-3}, {"s", 1},       {"min", 60},     {"h", 3600},
                            {"d", 86400}, {"day", 86400}, {"days", 86400}, {"us", 1e-6}};
  for (const auto& known : units) {
    if (known.word == unit) return known.seconds;
  }
  return std::nullopt;
}

// ---- telephone numbers: E.164 with '+', or a short code that does not begin with 0 ----
bool number(std::string_view text) {
  if (!text.empty() && text.front() == '+')
    return all_digits(text.substr(1)) && text.size() >= 8 && text.size() <= 16 && text[1] != '0';
  return all_digits(text) && text.size() <= 6 && text.front() != '0';
}
// A SIP user that is no number ("control-room"): kept as sent, so a rule may name it.
bool sip_user(std::string_view text) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  return !text.empty() && letter(text.front()) && std::all_of(text.begin(), text.end(), [&](char c) {
    return letter(c) || digit(c) || c == '.' || c == '-' || c == '_';
  });
}
bool number_pattern(std::string_view text) {
  if (text.empty() || text.back() != '*') return number(text) || sip_user(text);
  text.remove_suffix(1);
  if (text.empty()) return false;
  if (sip_user(text)) return true;
  if (text.front() == '+') text.remove_prefix(1);
  return text.empty() || (all_digits(text) && text.front() != '0' && text.size() <= 15);
}

// ---- addresses: their spelling; whether they exist on this machine only a socket can tell ----
bool ipv4(std::string_view text) {
  int parts = 0;
  while (true) {
    const auto dot = text.find('.');
    const auto part = text.substr(0, dot);
    const auto value = part.size() <= 3 && all_digits(part) ? whole<unsigned>(part) : std::nullopt;
    if (!value || *value > 255 || (part.size() > 1 && part.front() == '0')) return false;
    ++parts;
    if (dot == std::string_view::npos) return parts == 4;
    text.remove_prefix(dot + 1);
  }
}
bool hex_group(std::string_view text) {
  return !text.empty() && text.size() <= 4 && std::all_of(text.begin(), text.end(), [](char c) {
    return digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
  });
}
// Groups of a part without "::"; -1 if malformed. A trailing IPv4 part counts as two.
int ipv6_groups(std::string_view text) {
  int groups = 0;
  while (!text.empty()) {
    const auto colon = text.find(':');
    const auto part = text.substr(0, colon);
    if (colon == std::string_view::npos && ipv4(part)) return groups + 2;
    if (!hex_group(part)) return -1;
    ++groups;
    if (colon == std::string_view::npos) break;
    text.remove_prefix(colon + 1);
    if (text.empty()) return -1;
  }
  return groups;
}
bool ipv6(std::string_view text) {
  const auto gap = text.find("::");
  if (gap == std::string_view::npos) return ipv6_groups(text) == 8;
  const auto head = text.substr(0, gap), tail = text.substr(gap + 2);
  const int before = ipv6_groups(head), after = ipv6_groups(tail);
  return before >= 0 && after >= 0 && before + after <= 7 && head.find('.') == std::string_view::npos;
}
bool address(std::string_view text) { return ipv4(text) || ipv6(text); }
bool address_range(std::string_view text) {
  const auto slash = text.find('/');
  const auto base = text.substr(0, slash);
  if (slash == std::string_view::npos) return address(base);
  const auto bits = all_digits(text.substr(slash + 1)) ? whole<unsigned>(text.substr(slash + 1)) : std::nullopt;
  return bits && ((ipv4(base) && *bits <= 32) || (ipv6(base) && *bits <= 128));
}
bool host_name(std::string_view text) {
  return !text.empty() && text.size() <= 253 && text.front() != '.' && text.front() != '-' &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '.';
         });
}
bool port(std::string_view text) {
  const auto value = all_digits(text) ? whole<unsigned>(text) : std::nullopt;
  return value && *value <= 65535;
}
// host, host:port, [v6], [v6]:port
bool host_port(std::string_view text, bool port_required) {
  if (!text.empty() && text.front() == '[') {
    const auto close = text.find(']');
    if (close == std::string_view::npos || !ipv6(text.substr(1, close - 1))) return false;
    const auto rest = text.substr(close + 1);
    return rest.empty() ? !port_required : rest.front() == ':' && port(rest.substr(1));
  }
  const auto colon = text.find(':');
  if (colon == std::string_view::npos) return !port_required && host_name(text);
  return host_name(text.substr(0, colon)) && port(text.substr(colon + 1));
}
bool sip_uri(std::string_view text) {
  for (std::string_view scheme : {"sip:", "sips:"}) {
    if (text.substr(0, scheme.size()) != scheme) continue;
    auto rest = text.substr(scheme.size());
    if (const auto at = rest.find('@'); at != std::string_view::npos) {
      if (at == 0) return false;
      rest.remove_prefix(at + 1);
    }
    rest = rest.substr(0, rest.find(';'));
    return rest.find(' ') == std::string_view::npos && host_port(rest, false);
  }
  return false;
}

bool plain_name(std::string_view text) {
  return !text.empty() && text.size() <= 64 && text == trimmed(text) &&
         std::all_of(text.begin(), text.end(), [](char c) {
           const auto byte = static_cast<unsigned char>(c);
           return byte >= 0x20 && byte != 0x7f && c != '"' && c != ':' && c != ',' && c != '*';
         });
}
bool service_urn(std::string_view text) {
  return text.substr(0, 12) == "urn:service:" && text.size() > 12 && std::all_of(text.begin(), text.end(), [](char c) {
           return digit(c) || (c >= 'a' && c <= 'z') || c == '-' || c == '.' || c == ':';
         });
}
bool path(std::string_view text) {
  return !text.empty() &&
         std::none_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; });
}
bool file_name(std::string_view text) {
  return plain_name(text) && text.front() != '.' && text.find('/') == std::string_view::npos;
}
bool country(std::string_view text) {
  return text.size() == 2 && std::all_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t above = row[j];
      row[j] = std::min({above + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)});
      diagonal = above;
    }
  }
  return row[b.size()];
}

}  // namespace

FormatRule rule_of(Format format) {
  switch (format) {
    case Format::any:
      return {"text", "", ""};
    case Format::plain_name:
      return {"name", "a name has 1 to 64 characters, without quotes, ':', ',' or '*'", "non-emergency"};
    case Format::zone:
      return {"time zone", "it is not in this machine's time-zone database", "Europe/London"};
    case Format::number:
      return {"telephone number", "a number is E.164 with '+', or a short code", "+442079460123 or 101"};
    case Format::number_pattern:
      return {"number or prefix", "a number is E.164 with '+', or a short code; a '*' at its end stands for any digits",
              "+442079460123, +4420* or 999"};
    case Format::sip_uri:
      return {"SIP URI", "a phone's address is a sip: or sips: URI", "sip:a01@127.0.0.1:7000"};
    case Format::address:
      return {"IP address", "an address is IPv4 or IPv6 without brackets", "127.0.0.1 or ::1"};
    case Format::address_range:
      return {"address range", "a range is an address, or address/bits", "192.0.2.0/24 or 2001:db8::/32"};
    case Format::host_port:
      return {"address:port", "both are needed, IPv6 in brackets", "127.0.0.1:9090 or [::1]:9090"};
    case Format::sip_target:
      return {"host or SIP URI", "a target is a host, host:port or sip: URI", "sbc.example.com or 192.0.2.1:5060"};
    case Format::service_urn:
      return {"service URN", "a service URN begins with urn:service: (RFC 5031)", "urn:service:sos"};
    case Format::date:
      return {"date", "a date is year-month-day and exists", "2026-12-25"};
    case Format::hours:
      return {"period", "a period is days and times of day", "mon-fri 08:00-18:00"};
    case Format::handler_range:
      return {"range of names", "a range has two names that differ only in their digits, the lower first",
              "a0001-a2000"};
    case Format::path:
      return {"path", "a path is not empty and has no control characters", "/var/lib/pledge/journal"};
    case Format::file_name:
      return {"file name", "it has no folder and no ending; up to 64 characters without \", :, comma, * and /",
              "\"welcome\""};
    case Format::country:
      return {"country", "a country is two capital letters (ISO 3166-1)", "GB"};
  }
  return {};
}

bool matches(Format format, std::string_view text) {
  switch (format) {
    case Format::any:
      return true;
    case Format::plain_name:
      return plain_name(text);
    case Format::zone:
      return zone_exists(text);
    case Format::number:
      return number(text);
    case Format::number_pattern:
      return number_pattern(text);
    case Format::sip_uri:
      return sip_uri(text);
    case Format::address:
      return address(text);
    case Format::address_range:
      return address_range(text);
    case Format::host_port:
      return host_port(text, true);
    case Format::sip_target:
      return sip_uri(text) || host_port(text, false) || ipv6(text);
    case Format::service_urn:
      return service_urn(text);
    case Format::date:
      return parse_date(text).has_value();
    case Format::hours:
      return parse_hours(text).has_value();
    case Format::handler_range:
      return parse_range(text).has_value();
    case Format::path:
      return path(text);
    case Format::file_name:
      return file_name(text);
    case Format::country:
      return country(text);
  }
  return false;
}

std::optional<core::Duration> parse_duration(std::string_view text) {
  text = trimmed(text);
  if (text.empty()) return std::nullopt;
  double total = 0;
  while (!text.empty()) {
    const auto number = take_number(text);
    if (!number) return std::nullopt;
    text = trimmed(text);
    const auto end = std::find_if(text.begin(), text.end(), [](char c) { return c < 'a' || c > 'z'; });
    const auto unit = seconds_in(text.substr(0, static_cast<std::size_t>(end - text.begin())));
    if (!unit) return std::nullopt;
    text = trimmed(text.substr(static_cast<std::size_t>(end - text.begin())));
    total += *number * *unit;
  }
  constexpr double longest = 1e9;  // seconds, 31 years: anything longer is a slip and would overflow nanoseconds
  if (total > longest) return std::nullopt;
  return core::Duration{std::llround(total * 1e9)};
}

std::string duration_text(core::Duration duration) {
  const auto ns = duration.count();
  struct Unit {
    std::int64_t ns;
    std::string_view word;
  };
  constexpr Unit units[] = {{86'400'000'000'000, "days"},
                            {3'600'000'000'000, "h"},
                            {60'000'000'000, "min"},
                            {1'000'000'000, "s"},
                            {1'000'000, "ms"}};
  if (ns == 0) return "0 s";
  for (const auto& unit : units) {
    if (ns % unit.ns != 0) continue;
    if (unit.word == "days" && ns < 2 * unit.ns) continue;
    return fmt::format("{} {}", ns / unit.ns, unit.word);
  }
  return fmt::format("{} ms", static_cast<double>(ns) / 1e6);
}

std::optional<double> parse_share(std::string_view text) {
  text = trimmed(text);
  if (text.empty() || text.back() != '%') return std::nullopt;
  text.remove_suffix(1);
  text = trimmed(text);
  const auto value = take_number(text);
  if (!value || !text.empty()) return std::nullopt;
  return *value / 100;
}
std::string share_text(double share) { return fmt::format("{:.6g} %", share * 100); }
std::string number_text(double value) { return fmt::format("{}", value); }

std::optional<core::Requirement> parse_requirement(std::string_view text) {
  const auto colon = text.find(':');
  core::Requirement result{{std::string{text.substr(0, colon)}}, 1};
  if (!plain_name(result.skill.value)) return std::nullopt;
  if (colon == std::string_view::npos) return result;
  const auto level = whole<std::uint32_t>(text.substr(colon + 1));
  if (!level || *level < 1 || *level > 9) return std::nullopt;
  result.level = *level;
  return result;
}
std::string requirement_text(const core::Requirement& requirement) {
  if (requirement.level == 1) return requirement.skill.value;
  return fmt::format("{}:{}", requirement.skill.value, requirement.level);
}

std::optional<core::Overflow> parse_overflow(std::string_view text) {
  const auto space = text.find(' ');
  const auto word = text.substr(0, space);
  const auto target = space == std::string_view::npos ? std::string_view{} : trimmed(text.substr(space));
  if (word == "wait" && target.empty()) return core::Overflow{};
  if (word == "reject") {
    const auto status = target.empty() ? std::optional<std::uint32_t>{480} : whole<std::uint32_t>(target);
    if (!status || *status < 400 || *status > 699) return std::nullopt;
    return core::Overflow{core::OverflowKind::reject, {}, *status};
  }
  core::Overflow result{core::OverflowKind::queue, std::string{target}};
  if (word == "number" && number(target)) result.kind = core::OverflowKind::number;
  else if (word == "announcement" && plain_name(target)) result.kind = core::OverflowKind::announcement;
  else if (word != "queue" || !plain_name(target)) return std::nullopt;
  return result;
}
std::string overflow_text(const core::Overflow& overflow) {
  if (overflow.kind == core::OverflowKind::wait) return "wait";
  if (overflow.kind == core::OverflowKind::reject) return fmt::format("reject {}", overflow.status);
  return fmt::format("{} {}", core::name(overflow.kind), overflow.target);
}

std::optional<std::string> nearest(std::string_view word, const std::vector<std::string>& known) {
  std::size_t least = std::max<std::size_t>(2, word.size() / 3) + 1;  // further away is another word
  std::optional<std::string> best;
  for (const auto& candidate : known) {
    const auto d = distance(word, candidate);
    if (d < least && d < std::max(word.size(), candidate.size())) {
      least = d;
      best = candidate;
    }
  }
  return best;
}

}  // namespace pledge::settings
