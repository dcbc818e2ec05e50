#pragma once
// Any struct of engine/core to and from the fields of its message in journal.proto, by walking its field list.
// Private to the journal. As in proto3, zero is not written and what is absent is zero (not the struct's default).
#include <memory>
#include <optional>

#include "journal/schema.hpp"
#include "journal/wire.hpp"

namespace pledge::journal {

template <core::HasFields T>
void put_fields(std::string& out, const T& value);
template <core::HasFields T>
bool take_fields(std::string_view bytes, T& value);

namespace detail {
template <class T>
concept Text = std::is_same_v<T, std::string> || core::detail::IsNameId<T>::value;
template <class T>
concept Scalar = std::is_arithmetic_v<T> || std::is_enum_v<T> || std::is_same_v<T, core::Time> ||
    std::is_same_v<T, core::Duration> || core::detail::IsNumericId<T>::value;
template <class T>
concept Pointer = core::detail::IsShared<T>::value;
template <class T>
concept Optional = core::detail::IsOptional<T>::value;

inline std::string& text_of(std::string& text) { return text; }
inline const std::string& text_of(const std::string& text) { return text; }
template <class Tag>
std::string& text_of(core::NameId<Tag>& id) {
  return id.value;
}
template <class Tag>
const std::string& text_of(const core::NameId<Tag>& id) {
  return id.value;
}

// A scalar as the 64 bits that are written: sign-extended where it is signed, the bits of a double.
template <Scalar T>
std::uint64_t to_bits(const T& value) {
  if constexpr (std::is_same_v<T, core::Time>) return static_cast<std::uint64_t>(value.ns);
  else if constexpr (std::is_same_v<T, core::Duration>) return static_cast<std::uint64_t>(value.count());
  else if constexpr (core::detail::IsNumericId<T>::value) return value.value;
  else if constexpr (std::is_same_v<T, double>) return std::bit_cast<std::uint64_t>(value);
  else return static_cast<std::uint64_t>(value);
}
// False where the type has no such value.
template <Scalar T>
bool from_bits(std::uint64_t bits, T& value) {
  if constexpr (std::is_same_v<T, core::Time>) value.ns = static_cast<std::int64_t>(bits);
  else if constexpr (std::is_same_v<T, core::Duration>) value = core::Duration{static_cast<std::int64_t>(bits)};
  else if constexpr (core::detail::IsNumericId<T>::value) value.value = bits;
  else if constexpr (std::is_same_v<T, double>) value = std::bit_cast<double>(bits);
  else if constexpr (std::is_enum_v<T>) {
    if (bits >= count_values<T>()) return false;
    value = static_cast<T>(bits);
  } else {
    value = static_cast<T>(bits);
    return to_bits(value) == bits;
  }
  return true;
}

template <class T>
constexpr wire::Type wire_type() {
  if constexpr (std::is_same_v<T, double>) return wire::Type::fixed64;
  else if constexpr (Scalar<T>) return wire::Type::varint;
  else return wire::Type::bytes;
}

template <Scalar T>
void put_scalar(std::string& out, const T& value) {
  if constexpr (std::is_same_v<T, double>) wire::put_fixed(out, value);
  else wire::put_varint(out, to_bits(value));
}
template <Scalar T>
bool take_scalar(wire::Cursor& in, T& value) {
  std::uint64_t bits = 0;
  const bool read = wire_type<T>() == wire::Type::fixed64 ? in.fixed(bits) : in.varint(bits);
  return read && from_bits(bits, value);
}

// One value with its tag, present even when zero.
template <class T>
void put_value(std::string& out, std::uint32_t number, const T& value) {
  if constexpr (core::HasFields<T>) wire::put_nested(out, number, [&] { put_fields(out, value); });
  else if constexpr (Text<T>) wire::put_bytes(out, number, text_of(value));
  else {
    wire::put_tag(out, number, wire_type<T>());
    put_scalar(out, value);
  }
}
template <class T>
bool take_value(wire::Cursor& in, T& value) {
  if constexpr (Scalar<T>) return take_scalar(in, value);
  else {
    std::string_view bytes;
    if (!in.bytes(bytes)) return false;
    if constexpr (core::HasFields<T>) return take_fields(bytes, value);
    else return text_of(value).assign(bytes), true;
  }
}

template <class T>
void put_vector(std::string& out, std::uint32_t number, const std::vector<T>& values) {
  if constexpr (Scalar<T>) {
    if (!values.empty())
      wire::put_nested(out, number, [&] {
        for (const auto& value : values) put_scalar(out, value);
      });
  } else
    for (const auto& value : values) put_value(out, number, value);
}
template <class T>
bool take_vector(wire::Cursor& in, wire::Type type, std::vector<T>& values) {
  if constexpr (Scalar<T>) {
    if (type == wire::Type::bytes) {  // packed
      std::string_view packed;
      if (!in.bytes(packed)) return false;
      for (wire::Cursor items(packed); !items.at_end();)
        if (!take_scalar(items, values.emplace_back())) return false;
      return true;
    }
  }
  return type == wire_type<T>() && take_value(in, values.emplace_back());
}

template <class T>
void put_field(std::string& out, std::uint32_t number, const T& value) {
  if constexpr (core::detail::IsVector<T>::value) put_vector(out, number, value);
  else if constexpr (Optional<T> || Pointer<T>) {
    if (value) put_value(out, number, *value);
  } else if constexpr (core::HasFields<T>) put_value(out, number, value);
  else if constexpr (Text<T>) {
    if (!text_of(value).empty()) put_value(out, number, value);
  } else if (to_bits(value) != 0) put_value(out, number, value);
}
template <class T>
bool take_field(wire::Cursor& in, wire::Type type, T& value) {
  if constexpr (core::detail::IsVector<T>::value) return take_vector(in, type, value);
  else if constexpr (Optional<T>) return type == wire_type<typename T::value_type>() && take_value(in, value.emplace());
  else if constexpr (Pointer<T>) {
    auto made = std::make_shared<std::remove_const_t<typename T::element_type>>();
    if (type != wire::Type::bytes || !take_value(in, *made)) return false;
    value = std::move(made);
    return true;
  } else return type == wire_type<T>() && take_value(in, value);
}

template <class T>
void set_zero(T& value) {
  if constexpr (core::HasFields<T>)
    core::for_each_field(value, [](std::string_view, auto& member) { set_zero(member); });
  else value = T{};
}
}  // namespace detail

template <core::HasFields T>
void put_fields(std::string& out, const T& value) {
  if constexpr (Binding<T>::size > 0) {
    const std::uint32_t* number = Binding<T>::get().numbers.data();
    core::for_each_field(value,
                         [&](std::string_view, const auto& member) { detail::put_field(out, *number++, member); });
  }
}

// False when the bytes are not such a message, or hold a value that the type does not have. Unknown fields are passed
// over.
template <core::HasFields T>
bool take_fields(std::string_view bytes, T& value) {
  detail::set_zero(value);
  const auto& numbers = Binding<T>::get().numbers;
  wire::Cursor in(bytes);
  while (!in.at_end()) {
    std::uint32_t number = 0;
    wire::Type type{};
    if (!in.tag(number, type)) return false;
    bool known = false, good = true;
    std::size_t i = 0;
    core::for_each_field(value, [&](std::string_view, auto& member) {
      if (numbers[i++] != number || known) return;
      known = true;
      good = detail::take_field(in, type, member);
    });
    if (!good || (!known && !in.skip(type))) return false;
  }
  return true;
}

}  // namespace pledge::journal
