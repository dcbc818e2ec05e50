#pragma once
#include "settings/schema.hpp"
#include "settings/settings.hpp"

namespace pledge::settings {

// Gathers the options of a table and of those inside it.
struct OptionDescriptionSink {
  std::vector<OptionDescription> options;
  bool needs_restart = false;  // of the table being described
};

template <class T>
void describe_table(OptionDescriptionSink& sink, const std::string& path, bool repeated) {
  const auto& options = Schema<T>::table().options();
  for (const auto& option : options) {
    if (option.describe_nested) continue;
    const auto& f = option.facts;
    sink.options.push_back({path, repeated, f.key, f.type, f.unit, f.range, f.default_text, f.demand.required, f.doc,
                            sink.needs_restart || f.demand.restart});
  }
  for (const auto& option : options) {
    if (!option.describe_nested) continue;
    const bool before = sink.needs_restart;
    sink.needs_restart = before || option.facts.demand.restart;
    option.describe_nested(sink, path.empty() ? option.facts.key : path + "." + option.facts.key);
    sink.needs_restart = before;
  }
}

}  // namespace pledge::settings
