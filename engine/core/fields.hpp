#pragma once
// Field lists: each event, action and option struct names its fields once (PLEDGE_FIELDS), and everything that
// must treat them alike (canonical bytes, readable text, the journal's records) walks that one list.
#include <string_view>
#include <tuple>
#include <type_traits>

namespace pledge::core {

template <class Struct, class Member>
struct Field {
  std::string_view name;
  Member Struct::* member;
};

template <class Struct, class Member>
constexpr Field<Struct, Member> make_field(std::string_view name, Member Struct::* member) {
  return {name, member};
}

template <class T>
concept HasFields = requires { T::field_list(); };

// Calls visit(name, member) for each listed field, in the order of the list.
template <HasFields T, class Visit>
constexpr void for_each_field(T& object, Visit&& visit) {
  std::apply([&](const auto&... field) { (visit(field.name, object.*field.member), ...); },
             std::remove_const_t<T>::field_list());
}

}  // namespace pledge::core

#define PLEDGE_PARENS ()
#define PLEDGE_EXPAND(...) PLEDGE_EXPAND3(PLEDGE_EXPAND3(PLEDGE_EXPAND3(__VA_ARGS__)))
#define PLEDGE_EXPAND3(...) PLEDGE_EXPAND2(PLEDGE_EXPAND2(PLEDGE_EXPAND2(__VA_ARGS__)))
#define PLEDGE_EXPAND2(...) PLEDGE_EXPAND1(PLEDGE_EXPAND1(PLEDGE_EXPAND1(__VA_ARGS__)))
#define PLEDGE_EXPAND1(...) __VA_ARGS__
#define PLEDGE_FIELD_STEP(name, ...) \
  , ::pledge::core::make_field(#name, &Self::name) __VA_OPT__(PLEDGE_FIELD_AGAIN PLEDGE_PARENS(__VA_ARGS__))
#define PLEDGE_FIELD_AGAIN() PLEDGE_FIELD_STEP
#define PLEDGE_FIELD_FIRST(name, ...) \
  ::pledge::core::make_field(#name, &Self::name) __VA_OPT__(PLEDGE_EXPAND(PLEDGE_FIELD_STEP(__VA_ARGS__)))

// PLEDGE_FIELDS(Type, a, b, c) inside `struct Type` after its members.
#define PLEDGE_FIELDS(Type, ...)                                              \
  static constexpr auto field_list() {                                        \
    using Self [[maybe_unused]] = Type;                                       \
    return std::make_tuple(__VA_OPT__(PLEDGE_FIELD_FIRST(__VA_ARGS__)));      \
  }                                                                           \
  friend bool operator==(const Type&, const Type&) = default;
