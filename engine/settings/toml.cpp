// The only file that knows the TOML library.
#include <algorithm>
#include <stdexcept>

namespace {
// The library's assertions must not abort on bad input: they throw, and parse_toml() makes a fault of it. NDEBUG
// would turn some of them into assumptions, that is undefined behaviour.
[[noreturn]] void assertion_failed(const char* expression) { throw std::logic_error(expression); }
}  // namespace
#undef NDEBUG
#define TOML_ASSERT(expr) ((expr) ? static_cast<void>(0) : assertion_failed(#expr))
#define TOML_HEADER_ONLY 1
#define TOML_ENABLE_FORMATTERS 0
#include <toml++/toml.h>

#include "settings/toml_scan.hpp"
#include "settings/value.hpp"

namespace pledge::settings {

namespace {

constexpr int most_faults_per_file = 20;  // beyond it they are noise
constexpr std::size_t most_bytes_per_file = 4 * 1024 * 1024;

Place place(const std::string& file, const toml::source_position& at) { return {file, at.line, at.column}; }

Value convert(const std::string& file, const toml::node& node);

TableValue convert_table(const std::string& file, const toml::table& table) {
  TableValue result;
  for (const auto& [key, node] : table) {
    result.members.push_back({std::string{key.str()}, place(file, key.source().begin), {convert(file, node)}});
  }
  std::stable_sort(result.members.begin(), result.members.end(),
                   [](const Member& a, const Member& b) { return a.key_at < b.key_at; });
  return result;
}

Value convert(const std::string& file, const toml::node& node) {
  Value result{place(file, node.source().begin), {}};
  if (const auto* b = node.as_boolean()) result.is = b->get();
  else if (const auto* i = node.as_integer()) result.is = i->get();
  else if (const auto* f = node.as_floating_point()) result.is = f->get();
  else if (const auto* s = node.as_string()) result.is = s->get();
  else if (const auto* d = node.as_date()) {
    char text[16];
    std::snprintf(text, sizeof text, "%04u-%02u-%02u", d->get().year % 10000u, d->get().month % 100u,
                  d->get().day % 100u);
    result.is = DateValue{text};
  } else if (const auto* array = node.as_array()) {
    ArrayValue items;
    for (const auto& item : *array) items.push_back(convert(file, item));
    result.is = std::move(items);
  } else if (const auto* table = node.as_table()) {
    result.is = convert_table(file, *table);
  } else {
    result.is = Unsupported{"date and time"};
  }
  return result;
}

// One attempt. True: `result` holds the document.
bool attempt(const std::string& name, std::string_view text, Value& result, Fault& fault) {
  fault = {Severity::error, {name, 1, 1}, "not TOML", "", "correct the syntax"};
  try {
    const toml::table table = toml::parse(text, name);
    result = Value{{name, 1, 1}, convert_table(name, table)};
    return true;
  } catch (const toml::parse_error& error) {
    fault.at = place(name, error.source().begin);
    fault.why = error.description();
  } catch (const std::exception& error) {
    fault.why = std::string{"the TOML reader gave up ("} + error.what() + ")";
  }
  return false;
}

// Replaces a line by an empty one. False if there is no such line.
bool blank_line(std::string& text, std::uint32_t line) {
  std::size_t begin = 0;
  for (std::uint32_t at = 1; at < line; ++at) {
    begin = text.find('\n', begin);
    if (begin == std::string::npos) return false;
    ++begin;
  }
  const auto end = std::min(text.find('\n', begin), text.size());
  text.erase(begin, end - begin);
  return true;
}

}  // namespace

Value parse_toml(const std::string& name, std::string_view text, std::vector<Fault>& faults) {
  Value result{{name, 1, 1}, TableValue{}};
  if (text.size() > most_bytes_per_file) {
    faults.push_back({Severity::error,
                      {name, 0, 0},
                      "the file is too large",
                      "a configuration file has 4 MB at most",
                      "split it into several files of the directory"});
    return result;
  }
  // After a fault its line is taken out and the rest is read again. A fault of the library's on the very next line is most
  // likely its consequence (an open bracket, say): it would only confuse.
  std::string rest{text};
  std::uint32_t last_line = 0;
  for (int found = 0; found < most_faults_per_file; ++found) {
    Fault fault;
    if (auto unfit = unfit_for_library(name, rest)) {
      fault = std::move(*unfit);
    } else {
      if (attempt(name, rest, result, fault)) break;
      if (last_line > 0 && fault.at.line <= last_line + 1) break;
      last_line = fault.at.line;
    }
    faults.push_back(fault);
    if (!blank_line(rest, fault.at.line)) break;
  }
  return result;
}

}  // namespace pledge::settings
