#pragma once
// Values in which every field differs from its default and from every other, made by walking the field lists.
#include <memory>

#include "core/events.hpp"
#include "core/render.hpp"

namespace filled {

class Filler {
 public:
  template <class T>
  void fill(T& value) {
    namespace detail = pledge::core::detail;
    if constexpr (pledge::core::HasFields<T>)
      pledge::core::for_each_field(value, [&](std::string_view, auto& member) { fill(member); });
    else if constexpr (std::is_same_v<T, std::string>) value = "text " + std::to_string(++next_);
    else if constexpr (detail::IsNameId<T>::value) value.value = "name-" + std::to_string(++next_);
    else if constexpr (detail::IsNumericId<T>::value) value.value = ++next_;
    else if constexpr (std::is_same_v<T, pledge::core::Time>) value.ns = -static_cast<std::int64_t>(++next_);
    else if constexpr (std::is_same_v<T, pledge::core::Duration>) value = pledge::core::Duration{++next_ << 33};
    else if constexpr (std::is_same_v<T, bool>) value = !value;
    else if constexpr (std::is_enum_v<T>) value = static_cast<T>(value == T{} ? 1 : 0);
    else if constexpr (std::is_floating_point_v<T>) value = static_cast<double>(++next_) + 0.25;
    else if constexpr (std::is_signed_v<T>) value = -static_cast<T>(++next_);
    else if constexpr (std::is_arithmetic_v<T>) value = static_cast<T>(++next_);
    else if constexpr (detail::IsVector<T>::value)
      for (int i = 0; i < 3; ++i) fill(value.emplace_back());
    else if constexpr (detail::IsOptional<T>::value) fill(value.emplace());
    else {
      auto made = std::make_shared<std::remove_const_t<typename T::element_type>>();
      fill(*made);
      value = std::move(made);
    }
  }

 private:
  std::uint64_t next_ = 1000;
};

template <std::size_t... I>
std::vector<pledge::core::Event> events(std::index_sequence<I...>) {
  std::vector<pledge::core::Event> all(sizeof...(I));
  Filler filler;
  (filler.fill(all[I].emplace<I>()), ...);
  return all;
}
// One of each kind, every field filled.
inline std::vector<pledge::core::Event> events() {
  return events(std::make_index_sequence<std::variant_size_v<pledge::core::Event>>{});
}

// Equal in every field, the configuration by its contents.
inline std::string bytes(const pledge::core::Event& event) {
  std::string out;
  encode(out, event);
  return out;
}

}  // namespace filled
