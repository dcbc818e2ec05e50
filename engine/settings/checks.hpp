#pragma once
// What single options cannot know: whether the tables fit together. Each check adds its faults to the reader; rows
// that were faulty in themselves are passed over.
#include "settings/schema.hpp"
#include "settings/settings.hpp"
#include "settings/source.hpp"

namespace pledge::settings {

void check_references(Reader& reader);  // checks_names.cpp
void check_unused(Reader& reader);
void check_queues(Reader& reader, const Source& source);  // checks_queues.cpp
void check_rules(Reader& reader, const Source& source);   // checks_rules.cpp
void check_menus(Reader& reader, const Source& source);   // checks_menus.cpp
void check_calls(Reader& reader, const Source& source);   // checks_calls.cpp: calls in progress, calls from here
void check_people(Reader& reader, const Source& source);  // checks_people.cpp: handlers, roles, pools
void refer_to_calendars(Reader& reader, const Source& source);  // of announcements that tell opening hours
void check_announcements(Reader& reader, const Source& source, const Environment& environment);
void check_engine(Reader& reader, const Source& source, const Environment& environment);  // checks_engine.cpp

// Conditions of the wordings of a menu or a queue, in their order. `path`: "queue.0.wording"; `whose`: of what, in words.
void check_wordings(Reader& reader, const std::string& path, const std::string& whose, const std::vector<Rule>& conditions);
template <class Wording>
std::vector<Rule> conditions_of(const std::vector<Wording>& wordings) {
  std::vector<Rule> conditions(wordings.size());
  for (std::size_t i = 0; i < wordings.size(); ++i) {
    conditions[i].when = wordings[i].when;
    conditions[i].outside = wordings[i].outside;
    conditions[i].service_states = wordings[i].service_states;
  }
  return conditions;
}

// True if whatever matches `specific` also matches `general`.
bool covers(const Rule& general, const Rule& specific);

// True if a handler with `skills` has all of `needed`.
bool has_skills(const std::vector<core::Requirement>& skills, const std::vector<core::Requirement>& needed);

// File descriptors that the limits of a configuration can use at the same time.
std::uint64_t descriptors_needed(const Source& source);

}  // namespace pledge::settings
