#pragma once
// Canonical bytes (for comparing decisions) and one-line text (for transcripts and people) of any struct with
// PLEDGE_FIELDS, any enum with name(), ids, times, and containers of these. Fields at their default, but for
// enums, are left out of the text, so that transcripts stay readable.
#include <charconv>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/fields.hpp"
#include "core/types.hpp"

namespace pledge::core {

namespace detail {
template <class T> struct IsVector : std::false_type {};
template <class T> struct IsVector<std::vector<T>> : std::true_type {};
template <class T> struct IsOptional : std::false_type {};
template <class T> struct IsOptional<std::optional<T>> : std::true_type {};
template <class T> struct IsShared : std::false_type {};
template <class T> struct IsShared<std::shared_ptr<T>> : std::true_type {};
template <class T> struct IsNameId : std::false_type {};
template <class Tag> struct IsNameId<NameId<Tag>> : std::true_type {};
template <class T> struct IsNumericId : std::false_type {};
template <class Tag> struct IsNumericId<NumericId<Tag>> : std::true_type {};

inline void put_u64(std::string& out, std::uint64_t value) {
  char bytes[8];
  for (int i = 0; i < 8; ++i) bytes[i] = static_cast<char>(value >> (8 * i));
  out.append(bytes, 8);
}
inline void put_text(std::string& out, std::string_view text) {
  put_u64(out, text.size());
  out.append(text);
}
}  // namespace detail

// Appends the canonical bytes of a value: little-endian, lengths before contents, in the order of the field list.
template <class T>
void encode(std::string& out, const T& value) {
  if constexpr (HasFields<T>) for_each_field(value, [&](std::string_view, const auto& member) { encode(out, member); });
  else if constexpr (std::is_same_v<T, std::string>) detail::put_text(out, value);
  else if constexpr (std::is_same_v<T, Time>) detail::put_u64(out, static_cast<std::uint64_t>(value.ns));
  else if constexpr (std::is_same_v<T, Duration>) detail::put_u64(out, static_cast<std::uint64_t>(value.count()));
  else if constexpr (detail::IsNameId<T>::value) detail::put_text(out, value.value);
  else if constexpr (detail::IsNumericId<T>::value) detail::put_u64(out, value.value);
  else if constexpr (std::is_floating_point_v<T>) {
    std::uint64_t bits = 0;
    std::memcpy(&bits, &value, sizeof value);
    detail::put_u64(out, bits);
  } else if constexpr (std::is_enum_v<T> || std::is_integral_v<T>) detail::put_u64(out, static_cast<std::uint64_t>(value));
  else if constexpr (detail::IsVector<T>::value) {
    detail::put_u64(out, value.size());
    for (const auto& item : value) encode(out, item);
  } else {
    static_assert(detail::IsOptional<T>::value || detail::IsShared<T>::value, "no canonical bytes for this type");
    out.push_back(value ? 1 : 0);
    if (value) encode(out, *value);
  }
}
template <class... Ts>
void encode(std::string& out, const std::variant<Ts...>& value) {
  out.push_back(static_cast<char>(value.index()));
  std::visit([&](const auto& alternative) { encode(out, alternative); }, value);
}

// Appends "name=value" pairs. Strings are quoted and escaped; durations are in seconds; times are absolute unless
// `origin` is given, then seconds after it.
struct TextStyle {
  Time origin{0};
};
namespace detail {
inline void text_seconds(std::string& out, std::int64_t ns) {
  char buffer[32];
  auto end = std::to_chars(buffer, buffer + sizeof buffer, static_cast<double>(ns) / 1e9, std::chars_format::fixed, 6).ptr;
  while (end[-1] == '0') --end;
  if (end[-1] == '.') --end;
  out.append(buffer, end);
}
inline void text_quoted(std::string& out, std::string_view text) {
  constexpr char hex[] = "0123456789abcdef";
  out.push_back('"');
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') (out += '\\') += c;
    else if (byte < 0x20 || byte == 0x7f) ((out += "\\x") += hex[byte >> 4]) += hex[byte & 15];
    else out.push_back(c);
  }
  out.push_back('"');
}
template <class T>
void text_number(std::string& out, T value) {
  char buffer[64];
  out.append(buffer, std::to_chars(buffer, buffer + sizeof buffer, value).ptr);
}
}  // namespace detail

template <class T>
void to_text(std::string& out, const T& value, const TextStyle& style = {}) {
  if constexpr (HasFields<T>) {
    static const T defaults{};
    const auto leave_out = [](const auto& member, const auto& initial) {
      return !std::is_enum_v<std::decay_t<decltype(member)>> && member == initial;
    };
    bool first = true;
    auto visit = [&](std::string_view field, const auto& member) {
      if (!first) out.push_back(' ');
      first = false;
      (out += field) += '=';
      to_text(out, member, style);
    };
    std::apply([&](const auto&... f) {
      ((leave_out(value.*f.member, defaults.*f.member) ? void() : visit(f.name, value.*f.member)), ...);
    }, T::field_list());
  } else if constexpr (std::is_same_v<T, std::string>) detail::text_quoted(out, value);
  else if constexpr (std::is_same_v<T, Time>) {
    if (value == never) out += "never";
    else detail::text_seconds(out, value.ns - style.origin.ns);
  } else if constexpr (std::is_same_v<T, Duration>) detail::text_seconds(out, value.count());
  else if constexpr (detail::IsNameId<T>::value) out += value.value;
  else if constexpr (detail::IsNumericId<T>::value) detail::text_number(out, value.value);
  else if constexpr (std::is_same_v<T, bool>) out += value ? "yes" : "no";
  else if constexpr (std::is_enum_v<T>) out += name(value);
  else if constexpr (std::is_arithmetic_v<T>) detail::text_number(out, value);
  else if constexpr (detail::IsVector<T>::value) {
    out.push_back('[');
    for (std::size_t i = 0; i < value.size(); ++i) {
      if (i) out += ", ";
      to_text(out, value[i], style);
    }
    out.push_back(']');
  } else {
    if (!value) out += "none";
    else to_text(out, *value, style);
  }
}

// The type's name as written in the headers ("CallArrived").
template <class T>
constexpr std::string_view type_name() {
#if defined(__clang__) || defined(__GNUC__)
  std::string_view text = __PRETTY_FUNCTION__;
  const auto start = text.find("T = ") + 4;
  text = text.substr(start, text.find_first_of(";]", start) - start);
  return text.substr(text.rfind(':') + 1);
#endif
}
template <class... Ts>
std::string to_text(const std::variant<Ts...>& value, const TextStyle& style = {}) {
  return std::visit([&](const auto& alternative) {
    std::string out{type_name<std::decay_t<decltype(alternative)>>()};
    std::string fields;
    to_text(fields, alternative, style);
    if (!fields.empty()) (out += ' ') += fields;
    return out;
  }, value);
}

}  // namespace pledge::core
