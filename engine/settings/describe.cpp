#include "settings/describe.hpp"

#include <fmt/format.h>

#include "settings/tables.hpp"

namespace pledge::settings {

namespace {

std::string json_text(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') (out += '\\') += c;
    else if (static_cast<unsigned char>(c) < 0x20) out += fmt::format("\\u{:04x}", static_cast<unsigned char>(c));
    else out += c;
  }
  return out += '"';
}

std::string facts_line(const OptionDescription& option) {
  std::string line = option.type;
  if (!option.range.empty()) line += ", " + option.range;
  else if (!option.unit.empty() && option.type != "duration") line += ", in " + option.unit;
  line += option.required ? "; required" : "; default " + option.default_value;
  if (option.needs_restart) line += "; a change needs a restart";
  return line;
}

}  // namespace

std::vector<OptionDescription> describe_options() {
  OptionDescriptionSink sink;
  describe_table<Source>(sink, "", false);
  return std::move(sink.options);
}

std::string options_text() {
  std::string text, table;
  for (const auto& option : describe_options()) {
    if (option.table != table) {
      table = option.table;
      text += fmt::format("{}{}{}{}\n", text.empty() ? "" : "\n", option.repeated ? "[[" : "[", table,
                          option.repeated ? "]]" : "]");
    }
    text += fmt::format("  {}: {}\n      {}\n", option.key, facts_line(option), option.doc);
  }
  return text;
}

std::string options_json() {
  std::string text = "[";
  for (const auto& o : describe_options()) {
    if (text.size() > 1) text += ",";
    text += fmt::format(
        "\n  "
        "{{\"table\":{},\"repeated\":{},\"key\":{},\"type\":{},\"unit\":{},\"range\":{},\"default\":{},\"required\":{},"
        "\"doc\":{},\"needs_restart\":{}}}",
        json_text(o.table), o.repeated, json_text(o.key), json_text(o.type), json_text(o.unit), json_text(o.range),
        json_text(o.default_value), o.required, json_text(o.doc), o.needs_restart);
  }
  return text + "\n]\n";
}

}  // namespace pledge::settings
