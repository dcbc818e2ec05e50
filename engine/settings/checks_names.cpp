#include <fmt/format.h>

#include "settings/checks.hpp"

namespace pledge::settings {

namespace {

// Where a name of this kind is defined.
std::string_view defined_by(Named what) {
  switch (what) {
    case Named::service_class:
      return "a [[class]]";
    case Named::queue:
      return "a [[queue]]";
    case Named::role:
      return "a [[role]]";
    case Named::pool:
      return "a [[pool]]";
    case Named::trunk:
      return "a [[trunk]]";
    case Named::handler:
      return "a [[handler]]";
    case Named::calendar:
      return "a [[calendar]]";
    case Named::holidays:
      return "a [[holidays]]";
    case Named::rule:
      return "a [[rule]]";
    case Named::announcement:
      return "an [[announcement]]";
    case Named::menu:
      return "a [[menu]]";
    case Named::skill:
      return "\"skills\" of [general]";
    case Named::centre:
      return "\"centres\" of [general]";
    case Named::place:
      return "\"places\" of [general]";
    case Named::service_state:
      return "\"service_states\" of [general]";
    case Named::reason:
      return "\"not_ready_reasons\" of [general]";
    case Named::nothing:
      break;
  }
  return "anything";
}

}  // namespace

void check_references(Reader& reader) {
  for (const auto& reference : reader.references) {
    const auto known = reader.declared.find(reference.what);
    if (known != reader.declared.end() && known->second.count(reference.name)) continue;
    const auto near = nearest(reference.name, reader.names(reference.what));
    reader.error(reference.at, fmt::format("unknown {} \"{}\"", name(reference.what), reference.name),
                 fmt::format("\"{}\" needs the name of {} defined by {}", reference.option,
                             with_article(name(reference.what)), defined_by(reference.what)),
                 near ? fmt::format("did you mean \"{}\"?", *near) : "define it, or correct the name");
  }
}

void check_unused(Reader& reader) {
  constexpr Named watched[] = {Named::service_class, Named::role,   Named::pool, Named::calendar,
                               Named::holidays,      Named::centre, Named::skill, Named::announcement,
                               Named::menu};
  for (const Named what : watched) {
    std::set<std::string> used;
    for (const auto& reference : reader.references) {
      if (reference.what == what) used.insert(reference.name);
    }
    for (const auto& [unused, at] : reader.declared[what]) {
      if (used.count(unused) || at == Place{}) continue;  // the latter come with the engine
      reader.warning(at, fmt::format("{} \"{}\" is not used", name(what), unused), "nothing refers to it",
                     "remove it, or use it");
    }
  }
}

}  // namespace pledge::settings
