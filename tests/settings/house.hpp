#pragma once
// A small sound configuration in memory, and what tests do to it.
#include <algorithm>
#include <stdexcept>
#include <string>
#include <vector>

#include "settings/settings.hpp"

namespace pledge::settings::test {

// 23 November 2026, 12:00 UTC, a Monday.
inline constexpr core::Time noon{1'795'435'200'000'000'000};

inline const std::string base = R"([general]
centres = ["bow"]
skills = ["polish"]
[[class]]
name = "emergency"
[[class]]
name = "non-emergency"
[[queue]]
name = "emergency"
class = "emergency"
[[queue]]
name = "non-emergency"
class = "non-emergency"
target_within = "30 s"
[[role]]
name = "call handler"
queues = ["emergency", "non-emergency"]
[[pool]]
name = "bow"
[[handler]]
range = "a01-a04"
centre = "bow"
pool = "bow"
roles = ["call handler"]
skills = ["polish:2"]
phone = "sip:{id}@127.0.0.1:7000"
[[trunk]]
name = "network"
ranges = ["127.0.0.1"]
trusted = true
)";
inline const std::string rules = R"([[rule]]
name = "999"
dialled = ["999"]
queue = "emergency"
[[rule]]
name = "rest"
queue = "non-emergency"
)";

inline auto load_text(std::vector<File> files, core::Time now = noon) { return load(files, Environment{now}); }
inline Settings sound(const std::string& more = {}, core::Time now = noon) {
  auto settings = load_text({{"base.toml", base}, {"more.toml", more}, {"rules.toml", rules}}, now);
  if (!settings) throw std::runtime_error("not sound: " + to_text(settings.error().front()));
  return std::move(*settings);
}

inline std::vector<std::string> texts(const std::vector<Fault>& faults) {
  std::vector<std::string> lines;
  for (const auto& fault : faults) lines.push_back(to_text(fault));
  return lines;
}

// All faults and warnings of the sound configuration with `more` in a file of its own ("x.toml").
inline std::vector<std::string> faults_with(const std::string& more) {
  auto settings = load_text({{"base.toml", base}, {"rules.toml", rules}, {"x.toml", more}});
  return texts(settings ? settings->warnings : settings.error());
}

// The base with the first `from` replaced.
inline std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  if (at == std::string::npos) throw std::runtime_error("nothing to replace: " + from);
  return text.replace(at, from.size(), to);
}
inline std::vector<std::string> faults_of(const std::string& base_text, const std::string& rules_text = rules) {
  auto settings = load_text({{"base.toml", base_text}, {"rules.toml", rules_text}});
  return texts(settings ? settings->warnings : settings.error());
}

using Lines = std::vector<std::string>;

}  // namespace pledge::settings::test
