#pragma once
#include "settings/schema.hpp"
#include "settings/settings.hpp"

namespace pledge::settings {

// Gathers the options of a table and of those inside it.
struct OptionDescriptionSink {
  std::vector<OptionDescription> options;
};

template <class T>
void describe_table(OptionDescriptionSink& sink, const std::string& path, bool repeated) {
  for (const auto& option : Schema<T>::table().options()) {
    if (option.describe_nested) continue;
    const auto& f = option.facts;
    sink.options.push_back({path, repeated, f.key, f.type, f.unit, f.range, f.default_text, f.demand.required, f.doc});
  }
  for (const auto& option : Schema<T>::table().options()) {
    if (option.describe_nested)
      option.describe_nested(sink, path.empty() ? option.facts.key : path + "." + option.facts.key);
  }
}

}  // namespace pledge::settings
