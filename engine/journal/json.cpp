#include "journal/json.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

namespace pledge::journal {
namespace {

// Length of the well-formed UTF-8 sequence at the start of `text` (RFC 3629 §4); 0 = none.
std::size_t utf8_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u; };
  const auto tail = [&](std::size_t i) { return (byte(i) & 0xc0) == 0x80; };
  const unsigned lead = byte(0);
  if (lead < 0x80) return 1;
  if (lead >= 0xc2 && lead < 0xe0) return tail(1) ? 2 : 0;
  if ((lead & 0xf0) == 0xe0) {
    const bool fits = !(lead == 0xe0 && byte(1) < 0xa0) && !(lead == 0xed && byte(1) >= 0xa0);  // overlong, surrogate
    return fits && tail(1) && tail(2) ? 3 : 0;
  }
  if (lead < 0xf0 || lead > 0xf4) return 0;
  const bool fits = !(lead == 0xf0 && byte(1) < 0x90) && !(lead == 0xf4 && byte(1) >= 0x90);
  return fits && tail(1) && tail(2) && tail(3) ? 4 : 0;
}

}  // namespace

void json_text(std::string& out, std::string_view text) {
  out += '"';
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    const auto c = static_cast<unsigned char>(text.front());
    if (c == '"' || c == '\\') (out += '\\') += static_cast<char>(c);
    else if (length == 0 || c < 0x20 || c == 0x7f) out += fmt::format("\\u{:04x}", c);
    else out += text.substr(0, length);
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  out += '"';
}

void json_time(std::string& out, core::Time time) {
  if (time == core::never) {
    out += "null";
    return;
  }
  constexpr std::int64_t second = 1'000'000'000;
  std::int64_t whole = time.ns / second, rest = time.ns % second;
  if (rest < 0) --whole, rest += second;
  out += fmt::format("\"{:%Y-%m-%dT%H:%M:%S}.{:09}Z\"", fmt::gmtime(static_cast<std::time_t>(whole)), rest);
}

}  // namespace pledge::journal
