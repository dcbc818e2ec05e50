#include "core/triage.hpp"

#include <algorithm>

namespace pledge::core {

namespace {
bool begins_with(std::string_view text, std::string_view start) {  // in letters of any size
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  const auto same = [&](char a, char b) { return lower(a) == lower(b); };
  return text.size() >= start.size() && std::equal(start.begin(), start.end(), text.begin(), same);
}
}  // namespace

bool urn_covers(std::string_view pattern, std::string_view urn) {
  if (!begins_with(urn, pattern)) return false;
  return urn.size() == pattern.size() || urn[pattern.size()] == '.';
}

bool number_matches(std::string_view pattern, std::string_view number) {
  if (!pattern.empty() && pattern.back() == '*') return number.starts_with(pattern.substr(0, pattern.size() - 1));
  return pattern == number;
}

bool is_test_call(const CallFacts& facts) { return urn_covers("urn:service:test.sos", facts.service_urn); }

namespace {

bool same_text(std::string_view a, std::string_view b) { return a.size() == b.size() && begins_with(a, b); }

// "ServiceInfo.ServiceMobility=Mobile"
bool says(const CallFacts& facts, std::string_view wanted) {
  const auto equals = wanted.find('=');
  const std::string_view name = wanted.substr(0, equals), text = wanted.substr(equals + 1);
  return std::any_of(facts.additional_items.begin(), facts.additional_items.end(),
                     [&](const NamedText& item) { return same_text(name, item.name) && same_text(text, item.text); });
}

template <class List, class Match>
bool any_or_empty(const List& list, Match&& match) {
  return list.empty() || std::any_of(list.begin(), list.end(), match);
}

auto first_after(const std::vector<Interval>& windows, Time now) {
  return std::upper_bound(windows.begin(), windows.end(), now, [](Time t, const Interval& window) { return t < window.from; });
}

bool in_windows(const std::vector<Interval>& windows, Time now) {
  const auto after = first_after(windows, now);
  return after != windows.begin() && now < std::prev(after)->to;
}

bool call_matches(const TriageRule& rule, const CallFacts& facts) {
  return any_or_empty(rule.trunks, [&](const TrunkId& t) { return t == facts.trunk; }) &&
         any_or_empty(rule.dialled, [&](const std::string& p) { return number_matches(p, facts.dialled); }) &&
         any_or_empty(rule.callers, [&](const std::string& p) { return number_matches(p, facts.caller); }) &&
         (!rule.withheld_only || facts.provenance == Provenance::withheld) &&
         any_or_empty(rule.priorities, [&](const std::string& p) { return facts.trusted && p == facts.resource_priority; }) &&
         any_or_empty(rule.service_urns, [&](const std::string& p) { return urn_covers(p, facts.service_urn); }) &&
         any_or_empty(rule.places, [&](const std::string& p) { return p == facts.place; }) &&
         any_or_empty(rule.data, [&](const std::string& wanted) { return says(facts, wanted); });
}

bool moment_matches(const TriageRule& rule, const TriageContext& context) {
  return holds(rule, context) &&
         (rule.repeat_within <= Duration{} ||
          (context.last_call && context.now - *context.last_call <= rule.repeat_within));
}

}  // namespace

bool holds(const Moments& moments, const TriageContext& context) {
  return (!moments.timed || in_windows(moments.windows, context.now)) &&
         any_or_empty(moments.service_states, [&](const std::string& s) { return s == context.service_state; });
}

Time next_change(const std::vector<Interval>& windows, Time now) {
  const auto after = first_after(windows, now);
  if (after != windows.begin() && now < std::prev(after)->to) return std::prev(after)->to;
  return after == windows.end() ? never : after->from;
}

std::string way_to_menu(const std::string& rule, const std::string& menu) { return rule + ": menu \"" + menu + "\""; }

const MenuOptions* find_menu(const Options& options, const std::string& id) {
  const auto at = std::find_if(options.menus.begin(), options.menus.end(), [&](const auto& m) { return m.id == id; });
  return at == options.menus.end() ? nullptr : &*at;
}

TriageRules::TriageRules(const std::vector<TriageRule>& rules) : rules_(&rules) {
  const auto is_prefix = [](const std::string& number) { return number.ends_with('*'); };
  for (std::uint32_t place = 0; place < rules.size(); ++place) {
    const auto& dialled = rules[place].dialled;
    if (dialled.empty() || std::any_of(dialled.begin(), dialled.end(), is_prefix)) {
      for_any_.push_back(place);
      continue;
    }
    for (const auto& number : dialled) {
      auto& places = by_number_[number];
      if (places.empty() || places.back() != place) places.push_back(place);  // a number may be named twice
    }
  }
}

const TriageRule* TriageRules::match(const CallFacts& facts, const TriageContext& context) const {
  if (!rules_) return nullptr;
  static const Places none;
  const auto found = by_number_.find(std::string_view(facts.dialled));
  const Places& own = found == by_number_.end() ? none : found->second;
  // Both lists in one ascending order: an earlier rule wins, whichever list it is in.
  for (std::size_t i = 0, j = 0; i < own.size() || j < for_any_.size();) {
    const bool take_own = j == for_any_.size() || (i < own.size() && own[i] < for_any_[j]);
    const TriageRule& rule = (*rules_)[take_own ? own[i++] : for_any_[j++]];
    if (call_matches(rule, facts) && moment_matches(rule, context)) return &rule;
  }
  return nullptr;
}

}  // namespace pledge::core
