#include "settings/digest.hpp"

#include <fmt/format.h>

#include "settings/tables.hpp"

namespace pledge::settings {

namespace {

std::uint64_t add(std::uint64_t state, std::string_view text) {
  state = fnv1a(text, state);
  return fnv1a(std::string_view{"\0", 1}, state);  // "ab","c" is not "a","bc"
}

std::uint64_t add(std::uint64_t state, const Record& record) {
  for (const auto& option : record.options) {
    state = add(add(state, option.facts->key), option.text);
    for (const auto& row : option.records) state = add(add(state, "["), row);
  }
  return state;
}

}  // namespace

std::uint64_t fnv1a(std::string_view bytes, std::uint64_t state) {
  for (const char c : bytes) state = (state ^ static_cast<unsigned char>(c)) * 0x100000001b3ull;
  return state;
}

std::string digest(const Source& source) { return fmt::format("{:016x}", add(fnv1a(""), print_table(source))); }

}  // namespace pledge::settings
