#include "settings/value.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

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

void join(Member& known, Member&& more, std::vector<Fault>& faults) {
  Value& first = known.value.front();
  Value& second = more.value.front();
  if (first.table() && second.table()) {
    merge(first, std::move(second), faults);
  } else if (list_of_tables(first) && list_of_tables(second)) {
    auto& items = std::get<ArrayValue>(first.is);
    for (auto& item : std::get<ArrayValue>(second.is)) items.push_back(std::move(item));
  } else {
    faults.push_back({Severity::error, more.key_at, fmt::format("\"{}\" is given twice", more.key),
                      fmt::format("it stands in {}:{} already", known.key_at.file, known.key_at.line),
                      "keep one of the two"});
  }
}

}  // namespace

void merge(Value& into, Value&& other, std::vector<Fault>& faults) {
  auto& known = std::get<TableValue>(into.is).members;
  std::map<std::string, std::size_t> rows;
  for (std::size_t row = 0; row < known.size(); ++row) rows[known[row].key] = row;
  for (auto& member : std::get<TableValue>(other.is).members) {
    const auto [it, fresh] = rows.emplace(member.key, known.size());
    if (fresh) known.push_back(std::move(member));
    else join(known[it->second], std::move(member), faults);
  }
}

}  // namespace pledge::settings
