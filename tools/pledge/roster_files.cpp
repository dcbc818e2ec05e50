#include "tools/pledge/roster_files.hpp"

#include <filesystem>
#include <functional>

#include "tools/pledge/planning.hpp"

namespace pledge {

namespace {

using workforce::RosterRules;
using Read = std::function<void(const workforce::Table&, std::vector<workforce::TextFault>&)>;

bool read_table(const std::string& path, const Read& read) {
  const auto text = read_file(path);
  if (!text) return false;
  std::vector<workforce::TextFault> faults;
  read(workforce::parse_table(*text, faults), faults);
  return !print_faults(path, faults);
}

}  // namespace

std::optional<RosterRules> load(const RosterFiles& files) {
  RosterRules rules;
  const auto table = [&](const std::string& path, auto read) {
    return read_table(path, [&](const auto& t, auto& faults) { read(t, rules, faults); });
  };
  const auto in_folder = [&](const char* name) { return (std::filesystem::path{files.rules} / name).string(); };
  bool good = table(files.need, workforce::read_need);
  const bool shifts = table(in_folder("shifts.csv"), workforce::read_shift_patterns);
  // A table that others refer to comes first: with faults in it theirs would be echoes.
  if (good && shifts && table(in_folder("contracts.csv"), workforce::read_contracts)) {
    const bool handlers = table(in_folder("handlers.csv"), workforce::read_roster_handlers);
    const auto leave = in_folder("leave.csv");
    if (handlers && (!std::filesystem::exists(leave) || table(leave, workforce::read_leave))) return rules;
  }
  return std::nullopt;
}

std::optional<workforce::Roster> load_roster(const std::string& path, const RosterRules& rules,
                                             const std::vector<workforce::ShiftType>& types) {
  workforce::Roster roster;
  const bool good = read_table(path, [&](const auto& table, auto& faults) {
    roster = workforce::read_roster(table, rules, types, faults);
  });
  return good ? std::optional(std::move(roster)) : std::nullopt;
}

std::vector<std::string> parts(const std::string& text, std::size_t count) {
  std::vector<std::string> all;
  std::string name = text;
  for (; count > 0; --count) {
    const auto colon = name.rfind(':');
    if (colon == std::string::npos) return {};
    all.insert(all.begin(), name.substr(colon + 1));
    name.resize(colon);
  }
  all.insert(all.begin(), name);
  return all;
}

}  // namespace pledge
