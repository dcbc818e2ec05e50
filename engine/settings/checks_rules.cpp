#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "settings/checks.hpp"

namespace pledge::settings {

namespace {

template <class List>
bool subset(const List& general, const List& specific) {
  if (general.empty()) return true;
  return !specific.empty() && std::all_of(specific.begin(), specific.end(), [&](const auto& item) {
    return std::find(general.begin(), general.end(), item) != general.end();
  });
}

bool pattern_covers(std::string_view general, std::string_view specific) {
  if (!general.empty() && general.back() == '*') return specific.starts_with(general.substr(0, general.size() - 1));
  return general == specific;
}
bool urn_covers(std::string_view general, std::string_view specific) {
  const auto same = [](char a, char b) { return std::tolower(static_cast<unsigned char>(a)) == std::tolower(static_cast<unsigned char>(b)); };
  return specific.size() >= general.size() && std::equal(general.begin(), general.end(), specific.begin(), same) &&
         (specific.size() == general.size() || specific[general.size()] == '.');
}

template <class Covers>
bool each_covered(const std::vector<std::string>& general, const std::vector<std::string>& specific,
                  Covers&& one_covers) {
  if (general.empty()) return true;
  return !specific.empty() && std::all_of(specific.begin(), specific.end(), [&](const auto& item) {
    return std::any_of(general.begin(), general.end(), [&](const auto& g) { return one_covers(g, item); });
  });
}

struct RuleCheck {
  Reader& reader;
  const Source& source;
  const Rule& rule;
  std::size_t row;

  Place at(std::string_view key) const { return reader.place(fmt::format("rule.{}.{}", row, key)); }
  void outcome() const;
  void reachable() const;
  void conditions() const;
};

void RuleCheck::outcome() const {
  const bool enqueues = rule.kind == core::TriageKind::enqueue;
  if (enqueues && rule.queue.empty() && rule.menu.empty()) {
    reader.error(at("name"), fmt::format("rule \"{}\" leads nowhere", rule.id), "an enqueue rule needs a queue or a menu",
                 "add queue = \"...\" or menu = \"...\"");
  }
  if (!rule.queue.empty() && !rule.menu.empty()) {
    reader.error(at("menu"), fmt::format("rule \"{}\" has a queue and a menu", rule.id),
                 "the menu's choices lead to queues", "remove one of the two");
  }
  for (const auto& [key, target] : {std::pair{"queue", &rule.queue.value}, {"menu", &rule.menu}}) {
    if (enqueues || target->empty()) continue;
    reader.error(at(key), fmt::format("rule \"{}\" has a {} but kind = \"{}\"", rule.id, key, core::name(rule.kind)),
                 fmt::format("only an enqueue rule has a {}", key), fmt::format("remove the {} or the kind", key));
  }
  const bool test_only = !rule.service_urns.empty() &&
                         std::all_of(rule.service_urns.begin(), rule.service_urns.end(),
                                     [](const auto& urn) { return urn_covers("urn:service:test.sos", urn); });
  if (test_only && rule.kind != core::TriageKind::test) {
    reader.error(at("kind"), "a test call would not be tested",
                 "urn:service:test.sos is answered by the engine, never queued", "use kind = \"test\"");
  }
}

// An earlier rule that takes everything this one could.
void RuleCheck::reachable() const {
  for (std::size_t before = 0; before < row; ++before) {
    if (reader.broken("rule", before) || !covers(source.rules[before], rule)) continue;
    const auto place = reader.place(fmt::format("rule.{}.name", before));
    reader.error(at("name"), fmt::format("rule \"{}\" can never match", rule.id),
                 fmt::format("rule \"{}\" ({}:{}) comes first and takes every such call", source.rules[before].id,
                             place.file, place.line),
                 "move it up, or remove it");
    return;
  }
}

void RuleCheck::conditions() const {
  if (rule.withheld_only && !rule.callers.empty()) {
    reader.error(at("callers"), fmt::format("rule \"{}\" can never match", rule.id),
                 "it wants certain callers and a withheld number at once", "remove one of the two");
  }
  if (!rule.when.empty() && rule.when == rule.outside) {
    reader.error(at("outside"), fmt::format("rule \"{}\" can never match", rule.id),
                 fmt::format("no time is both inside and outside calendar \"{}\"", rule.when), "remove one of the two");
  }
  const bool trusted = std::any_of(source.trunks.begin(), source.trunks.end(), [&](const auto& trunk) {
    const bool meant =
        rule.trunks.empty() || std::find(rule.trunks.begin(), rule.trunks.end(), trunk.id) != rule.trunks.end();
    return meant && trunk.trusted;
  });
  if (!rule.priorities.empty() && !trusted && !reader.any_broken("trunk")) {
    reader.error(at("priorities"), fmt::format("rule \"{}\" can never match", rule.id),
                 "Resource-Priority is believed of trusted trunks only, and none of its trunks is trusted",
                 "set trusted = true on the trunk, or remove the condition");
  }
  for (const std::string& priority : rule.priorities) {
    if (priority.size() == 7 && priority.starts_with("esnet.") && priority[6] >= '0' && priority[6] <= '4') continue;
    reader.error(at("priorities"), fmt::format("no call has the priority \"{}\"", priority),
                 "those of RFC 7135 alone are kept of a call, in small letters", "write \"esnet.0\" to \"esnet.4\"");
  }
}

void check_data(Reader& reader, const Rule& rule, const std::string& key) {
  for (const std::string& wanted : rule.data) {
    const auto equals = wanted.find('=');
    if (equals != std::string::npos && equals > 0 && equals + 1 < wanted.size()) continue;
    reader.error(reader.place(key), fmt::format("rule \"{}\": \"{}\" is no item of additional data", rule.id, wanted),
                 "a block, its element and the text are expected (RFC 7852)", "write \"ServiceInfo.ServiceMobility=Mobile\"");
  }
}

bool takes_everything(const Rule& rule) { return covers(rule, Rule{}); }

}  // namespace

bool covers(const Rule& general, const Rule& specific) {
  const bool repeat = general.repeat_within <= core::Duration{} ||
                      (specific.repeat_within > core::Duration{} && specific.repeat_within <= general.repeat_within);
  return subset(general.trunks, specific.trunks) && each_covered(general.dialled, specific.dialled, pattern_covers) &&
         each_covered(general.callers, specific.callers, pattern_covers) &&
         (!general.withheld_only || specific.withheld_only) && subset(general.priorities, specific.priorities) &&
         each_covered(general.service_urns, specific.service_urns, urn_covers) &&
         (general.when.empty() || general.when == specific.when) &&
         (general.outside.empty() || general.outside == specific.outside) && subset(general.places, specific.places) &&
         subset(general.data, specific.data) && subset(general.service_states, specific.service_states) && repeat;
}

void check_wordings(Reader& reader, const std::string& path, const std::string& whose, const std::vector<Rule>& conditions) {
  for (std::size_t i = 0; i < conditions.size(); ++i) {
    const Rule& rule = conditions[i];
    const auto at = reader.place(fmt::format("{}.{}", path, i));
    const auto never = fmt::format("wording {} of {} is never heard", i + 1, whose);
    const auto before = std::find_if(conditions.begin(), conditions.begin() + static_cast<std::ptrdiff_t>(i),
                                     [&](const Rule& earlier) { return covers(earlier, rule); });
    if (!rule.when.empty() && rule.when == rule.outside)
      reader.error(at, never, fmt::format("no time is both inside and outside calendar \"{}\"", rule.when), "remove one of the two");
    else if (before - conditions.begin() < static_cast<std::ptrdiff_t>(i))
      reader.error(at, never, fmt::format("wording {} comes first and holds whenever this one does", before - conditions.begin() + 1),
                   "move it up, or remove it");
    else if (takes_everything(rule))
      reader.warning(at, fmt::format("wording {} of {} is always heard", i + 1, whose), "it has no condition: what it stands for is never heard",
                     "give it when, outside or service_states, or write it without a wording");
  }
}

void check_rules(Reader& reader, const Source& source) {
  for (std::size_t row = 0; row < source.rules.size(); ++row) {
    if (reader.broken("rule", row)) continue;
    const RuleCheck check{reader, source, source.rules[row], row};
    check.outcome();
    check.reachable();
    check.conditions();
    check_data(reader, source.rules[row], fmt::format("rule.{}.data", row));
  }
  if (reader.any_broken("rule")) return;
  if (source.rules.empty()) {
    reader.error(reader.place(""), "no [[rule]]", "a call that no rule matches is refused",
                 "end triage with a rule without conditions");
  } else if (std::none_of(source.rules.begin(), source.rules.end(), takes_everything)) {
    reader.warning(reader.place(fmt::format("rule.{}.name", source.rules.size() - 1)), "no rule takes every other call",
                   "a call that no rule matches is refused with 404", "end triage with a rule without conditions");
  }
}

}  // namespace pledge::settings
