#include "settings/value.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace pledge::settings {

const Value* TableValue::find(std::string_view key) const {
  const auto it = std::find_if(members.begin(), members.end(), [&](const Member& m) { return m.key == key; });
  return it == members.end() ? nullptr : &it->value.front();
}

std::string_view Value::kind() const {
  constexpr std::string_view names[] = {"true or false", "a whole number", "a number with a fraction",
                                        "a text",        "a date",         "a date with time or a time",
                                        "a list",        "a table"};
  return names[is.index()];
}

namespace {

bool list_of_tables(const Value& value) {
  const auto* array = value.array();
  return array && !array->empty() &&
         std::all_of(array->begin(), array->end(), [](const Value& v) { return v.table(); });
}

}  // namespace

void merge(Value& into, Value&& other, std::vector<Fault>& faults) {
  auto& known = std::get<TableValue>(into.is).members;
  for (auto& member : std::get<TableValue>(other.is).members) {
    auto it = std::find_if(known.begin(), known.end(), [&](const Member& m) { return m.key == member.key; });
    if (it == known.end()) {
      known.push_back(std::move(member));
      continue;
    }
    Value& first = it->value.front();
    Value& second = member.value.front();
    if (first.table() && second.table()) {
      merge(first, std::move(second), faults);
    } else if (list_of_tables(first) && list_of_tables(second)) {
      auto& items = std::get<ArrayValue>(first.is);
      for (auto& item : std::get<ArrayValue>(second.is)) items.push_back(std::move(item));
    } else {
      faults.push_back({Severity::error, member.key_at, fmt::format("\"{}\" is given twice", member.key),
                        fmt::format("it stands in {}:{} already", it->key_at.file, it->key_at.line),
                        "keep one of the two"});
    }
  }
}

}  // namespace pledge::settings
