#pragma once
// Small helpers on text from the network: ASCII only, no locale, no allocation unless a string is returned.
#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace pledge::signalling::text {

constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_alpha(char c) { return lower(c) >= 'a' && lower(c) <= 'z'; }
constexpr bool is_blank(char c) { return c == ' ' || c == '\t'; }
constexpr bool is_space(char c) { return is_blank(c) || c == '\r' || c == '\n'; }
// RFC 3261 §25.1 token.
constexpr bool is_token(char c) {
  return is_digit(c) || is_alpha(c) || std::string_view("-.!%*_+`'~").find(c) != std::string_view::npos;
}

constexpr bool iequals(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i)
    if (lower(a[i]) != lower(b[i])) return false;
  return true;
}
constexpr bool istarts_with(std::string_view text, std::string_view prefix) {
  return text.size() >= prefix.size() && iequals(text.substr(0, prefix.size()), prefix);
}
constexpr std::string_view trim(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}
template <class Predicate>
constexpr bool all_of(std::string_view text, Predicate predicate) {
  for (const char c : text)
    if (!predicate(c)) return false;
  return true;
}
constexpr bool is_token_text(std::string_view text) { return !text.empty() && all_of(text, is_token); }

// "a<separator>b" -> {"a", "b"}; without the separator {"text", ""}.
constexpr std::pair<std::string_view, std::string_view> split(std::string_view text, char separator) {
  const auto at = text.find(separator);
  if (at == std::string_view::npos) return {text, {}};
  return {text.substr(0, at), text.substr(at + 1)};
}
// Takes the next blank-separated word off the front of `text`; empty at the end.
constexpr std::string_view next_word(std::string_view& text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  std::size_t end = 0;
  while (end < text.size() && !is_blank(text[end])) ++end;
  const auto word = text.substr(0, end);
  text.remove_prefix(end);
  return word;
}
// Takes the next line off the front of `text`, without its LF or CRLF.
constexpr std::string_view next_line(std::string_view& text) {
  const auto end = text.find('\n');
  auto line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  return line;
}

// The whole of `text` as a decimal number without sign; nothing if it is anything else or does not fit.
template <class Number>
std::optional<Number> to_number(std::string_view text) {
  Number value{};
  if (text.empty() || !is_digit(text.front())) return std::nullopt;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (fault != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

inline std::string to_lower(std::string_view in) {
  std::string out(in);
  for (char& c : out) c = lower(c);
  return out;
}
constexpr int hex_value(char c) {
  if (is_digit(c)) return c - '0';
  const char l = lower(c);
  return l >= 'a' && l <= 'f' ? l - 'a' + 10 : -1;
}
// %41 -> A, once (never recursively). A '%' that begins no escape is kept.
inline std::string unescape(std::string_view in) {
  std::string out;
  out.reserve(in.size());
  for (std::size_t i = 0; i < in.size(); ++i) {
    const bool escape = in[i] == '%' && i + 2 < in.size() && hex_value(in[i + 1]) >= 0 && hex_value(in[i + 2]) >= 0;
    out += escape ? static_cast<char>(hex_value(in[i + 1]) * 16 + hex_value(in[i + 2])) : in[i];
    if (escape) i += 2;
  }
  return out;
}

// Length of the well-formed UTF-8 sequence that `text` begins with (RFC 3629: no overlong form, no surrogate); 0 if
// none.
constexpr std::size_t utf8_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u; };
  const unsigned lead = byte(0), second = byte(1);
  if (lead < 0x80) return text.empty() ? 0 : 1;
  const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  const unsigned least = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
  const unsigned most = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
  if (lead < 0xc2 || lead > 0xf4 || second < least || second > most) return 0;
  for (std::size_t i = 2; i < length; ++i)
    if ((byte(i) & 0xc0) != 0x80) return 0;
  return length;
}
// What people and consoles may be shown: control characters and what is not UTF-8 become U+FFFD.
inline std::string printable(std::string_view in) {
  std::string out;
  while (!in.empty()) {
    const auto length = utf8_length(in);
    const auto is_in = [&](std::string_view least, std::string_view most) {
      const auto one = in.substr(0, length);
      return one.size() == least.size() && one >= least && one <= most;
    };
    const bool c1 = is_in("\xc2\x80", "\xc2\x9f");  // a terminal may take one for the beginning of a command
    const bool turns = is_in("\xe2\x80\xaa", "\xe2\x80\xae") || is_in("\xe2\x81\xa6", "\xe2\x81\xa9");  // the direction of writing
    const bool control = static_cast<unsigned char>(in.front()) < ' ' || in.front() == 0x7f || c1 || turns;
    if (length == 0 || control) out += "\xef\xbf\xbd";
    else out += in.substr(0, length);
    in.remove_prefix(length == 0 ? 1 : length);
  }
  return out;
}

}  // namespace pledge::signalling::text
