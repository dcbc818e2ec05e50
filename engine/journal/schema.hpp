#pragma once
// Binds the structs of engine/core to the messages of journal.proto, by name. Private to the journal.
#include <google/protobuf/descriptor.h>

#include <array>
#include <string>
#include <utility>
#include <vector>

#include "core/events.hpp"
#include "core/render.hpp"

namespace pledge::journal {

// JournalRecord's descriptor; the messages of core structs are nested in it.
const google::protobuf::Descriptor& record_descriptor();

// How many values an enum has: as many as name() has names for. An index beyond its table is not a constant.
template <class E, std::size_t n>
concept Named = requires {
  typename std::integral_constant<std::size_t, name(static_cast<E>(n)).size()>;
};
template <class E, std::size_t n = 1>
constexpr std::size_t count_values() {
  if constexpr (!Named<E, n>) return n;
  else if constexpr (name(static_cast<E>(n)) == name(static_cast<E>(n - 1))) return n;
  else return count_values<E, n + 1>();
}

// Field numbers of a struct's fields, in the order of its list; 0 where the message has no such field (refused at
// start by schema_differences).
template <core::HasFields T>
struct Binding {
  static constexpr std::size_t size = std::tuple_size_v<decltype(T::field_list())>;
  std::array<std::uint32_t, size> numbers{};

  static const Binding& get() {
    static const Binding bound = make();
    return bound;
  }

 private:
  static Binding make() {
    Binding made;
    const auto* message = record_descriptor().FindNestedTypeByName(std::string(core::type_name<T>()));
    if (message == nullptr) return made;
    std::size_t i = 0;
    std::apply([&](const auto&... field) { (..., (made.numbers[i++] = number_of(*message, std::string(field.name)))); },
               T::field_list());
    return made;
  }
  static std::uint32_t number_of(const google::protobuf::Descriptor& message, const std::string& field) {
    const auto* found = message.FindFieldByName(field);
    return found == nullptr ? 0 : static_cast<std::uint32_t>(found->number());
  }
};

// Every way in which Event and journal.proto disagree, one line each; empty when they agree.
std::vector<std::string> schema_differences();

}  // namespace pledge::journal
