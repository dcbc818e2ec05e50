#pragma once
// A configuration document as values with positions. The TOML library stays behind parse_toml().
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "settings/fault.hpp"

namespace pledge::settings {

struct Value;

struct Member {
  std::string key;
  Place key_at;
  // Value follows; held in a vector because Value is incomplete here.
  std::vector<Value> value;  // exactly one
};
struct TableValue {
  std::vector<Member> members;  // in the order of the file
  const Value* find(std::string_view key) const;
};
using ArrayValue = std::vector<Value>;

// Dates are kept as text ("2026-12-25"); other dates and times of TOML are not used and arrive as Unsupported.
struct DateValue {
  std::string text;
};
struct Unsupported {
  std::string what;
};

struct Value {
  Place at;
  std::variant<bool, std::int64_t, double, std::string, DateValue, Unsupported, ArrayValue, TableValue> is;

  const TableValue* table() const { return std::get_if<TableValue>(&is); }
  const ArrayValue* array() const { return std::get_if<ArrayValue>(&is); }
  const std::string* text() const { return std::get_if<std::string>(&is); }
  // "a text", "a table" ...: for faults about types.
  std::string_view kind() const;
};

// Parses one file. Syntax errors are appended to `faults`; parsing is tried again behind each, so that one run finds
// several. The result is usable only when no fault was added. Never aborts, whatever `text` holds.
Value parse_toml(const std::string& name, std::string_view text, std::vector<Fault>& faults);

// Adds the members of `other` (a table) to `into`: tables are joined, arrays of tables follow each other, anything
// given twice is a fault.
void merge(Value& into, Value&& other, std::vector<Fault>& faults);

}  // namespace pledge::settings
