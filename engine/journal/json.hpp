#pragma once
// JSON of any struct with PLEDGE_FIELDS and of the variants of these: events and actions. Times are RFC 3339 in UTC
// (null where `never`), durations are seconds. Bytes that are no UTF-8 become the characters of the same number.
#include <string>
#include <string_view>
#include <variant>

#include "core/render.hpp"

namespace pledge::journal {

void json_text(std::string& out, std::string_view text);
void json_time(std::string& out, core::Time time);

template <class T>
void to_json(std::string& out, const T& value);
// {"type":"CallArrived", ...}
template <class... Ts>
void to_json(std::string& out, const std::variant<Ts...>& value);

namespace detail {
template <core::HasFields T>
void json_members(std::string& out, const T& value, bool first) {
  core::for_each_field(value, [&](std::string_view name, const auto& member) {
    if (!first) out += ',';
    first = false;
    ((out += '"') += name) += "\":";
    to_json(out, member);
  });
}
template <class T>
void json_list(std::string& out, const std::vector<T>& values) {
  out += '[';
  for (const auto& value : values) {
    if (&value != values.data()) out += ',';
    to_json(out, value);
  }
  out += ']';
}
}  // namespace detail

template <class T>
void to_json(std::string& out, const T& value) {
  if constexpr (core::HasFields<T>) {
    out += '{';
    detail::json_members(out, value, true);
    out += '}';
  } else if constexpr (std::is_same_v<T, std::string>) json_text(out, value);
  else if constexpr (std::is_same_v<T, core::Time>) json_time(out, value);
  else if constexpr (std::is_same_v<T, core::Duration>) core::detail::text_seconds(out, value.count());
  else if constexpr (core::detail::IsNameId<T>::value) json_text(out, value.value);
  else if constexpr (core::detail::IsNumericId<T>::value) core::detail::text_number(out, value.value);
  else if constexpr (std::is_same_v<T, bool>) out += value ? "true" : "false";
  else if constexpr (std::is_enum_v<T>) json_text(out, name(value));
  else if constexpr (std::is_arithmetic_v<T>) core::detail::text_number(out, value);
  else if constexpr (core::detail::IsVector<T>::value) detail::json_list(out, value);
  else if (!value) out += "null";
  else to_json(out, *value);
}

template <class... Ts>
void to_json(std::string& out, const std::variant<Ts...>& value) {
  std::visit(
      [&](const auto& one) {
        ((out += "{\"type\":\"") += core::type_name<std::decay_t<decltype(one)>>()) += '"';
        detail::json_members(out, one, false);
        out += '}';
      },
      value);
}

}  // namespace pledge::journal
