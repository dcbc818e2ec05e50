#include "settings/fault.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace pledge::settings {

std::string to_text(const Fault& fault) {
  std::string text = fault.at.file;
  if (fault.at.line) text += fmt::format(":{}:{}", fault.at.line, fault.at.column);
  text += ": ";
  if (fault.severity == Severity::warning) text += "warning: ";
  text += fault.what;
  if (!fault.why.empty()) text += ": " + fault.why;
  if (!fault.remedy.empty()) text += "; " + fault.remedy;
  return text;
}

bool has_errors(const std::vector<Fault>& faults) {
  return std::any_of(faults.begin(), faults.end(), [](const Fault& f) { return f.severity == Severity::error; });
}

}  // namespace pledge::settings
