#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "settings/calendar.hpp"
#include "settings/checks.hpp"
#include "settings/expand.hpp"
#include "settings/prompts.hpp"
#include "settings/tables.hpp"

namespace pledge::settings {

namespace {

using Faults = std::vector<Fault>;

void sort(Faults& faults) {
  std::stable_sort(faults.begin(), faults.end(), [](const Fault& a, const Fault& b) { return a.at < b.at; });
}

// Defaults that other tables may refer to without their having been written.
void declare_defaults(Reader& reader, const Source& source) {
  reader.declared[Named::announcement].emplace("ringback", Place{});
  reader.declared[Named::announcement].emplace("hold", Place{});
  if (!reader.declared[Named::service_state].empty()) return;
  for (const auto& state : source.general.service_states) reader.declare(Named::service_state, state, {});
}

void check(Reader& reader, const Source& source, const Environment& environment) {
  refer_to_calendars(reader, source);
  check_references(reader);
  check_queues(reader, source);
  check_rules(reader, source);
  check_menus(reader, source);
  check_calls(reader, source);
  check_people(reader, source);
  check_announcements(reader, source, environment);
  check_engine(reader, source, environment);
  check_unused(reader);
}

// Roster, counts and rules of [workforce].
void read_planned_day(Reader& reader, Source& source) {
  const auto path = [&](const char* key, const std::string& written) {
    const std::filesystem::path folder = std::filesystem::path(reader.place(key).file).parent_path();
    return written.empty() ? written : (folder / written).string();
  };
  const auto& written = source.workforce;
  source.workforce_files = {path("workforce.roster", written.roster), path("workforce.counts", written.counts),
                            path("workforce.calendar", written.calendar), path("workforce.rules", written.rules),
                            source.general.zone};
  if (!zone_exists(source.general.zone)) return;  // told elsewhere
  source.planned_digest = digest_of(source.workforce_files);
  source.planned_day = std::make_shared<const workforce::PlannedDay>(read_workforce(source.workforce_files, reader.faults));
  for (const auto& demand : source.planned_day->demand) {
    const bool known = std::any_of(source.queues.begin(), source.queues.end(), [&](const auto& queue) {
      return queue.id.value == demand.name || queue.service_class.value == demand.name;
    });
    if (!known)
      reader.error({source.workforce_files.counts, 0, 0}, fmt::format("class \"{}\" is no queue and no class of service", demand.name),
                   "calls are forecast for a queue, or for all of a class of service", "name it as one of these");
  }
}

// A calendar without any time within the horizon is legal, and most likely a slip.
void warn_if_empty(Reader& reader, const core::Moments& moments, const std::string& path, const std::string& what) {
  if (!moments.timed || !moments.windows.empty()) return;
  reader.warning(reader.place(path), what, "its calendar is empty within calendar_horizon", "correct the calendar");
}

template <class Wording>
void warn_of_empty_wordings(Reader& reader, const std::vector<Wording>& wordings, const std::string& path, const std::string& whose) {
  for (std::size_t i = 0; i < wordings.size(); ++i)
    warn_if_empty(reader, wordings[i], fmt::format("{}.{}.when", path, i), fmt::format("wording {} of {} is not heard at any time", i + 1, whose));
}

void warn_of_empty_windows(Reader& reader, const Settings& settings) {
  const auto& rules = settings.core.triage;
  const auto& queues = settings.core.queues;
  const auto& menus = settings.core.menus;
  for (std::size_t row = 0; row < rules.size(); ++row)
    warn_if_empty(reader, rules[row], fmt::format("rule.{}.when", row), fmt::format("rule \"{}\" does not match at any time", rules[row].id));
  for (std::size_t row = 0; row < queues.size(); ++row)
    warn_of_empty_wordings(reader, queues[row].wordings, fmt::format("queue.{}.wording", row), fmt::format("queue \"{}\"", queues[row].id.value));
  for (std::size_t row = 0; row < menus.size(); ++row)
    warn_of_empty_wordings(reader, menus[row].wordings, fmt::format("menu.{}.wording", row), fmt::format("menu \"{}\"", menus[row].id));
}

tl::expected<Settings, Faults> build(const Value& document, const Environment& environment, const std::string& name) {
  Reader reader({name, 0, 0});
  auto source = std::make_shared<Source>();
  read_table(reader, document, *source);
  source->prompts.written_in = std::filesystem::path(reader.place("prompts.directory").file).parent_path().string();
  declare_defaults(reader, *source);
  check(reader, *source, environment);
  if (!reader.any_broken("workforce")) read_planned_day(reader, *source);
  sort(reader.faults);
  if (has_errors(reader.faults)) return tl::unexpected(std::move(reader.faults));
  expand_handlers(*source);
  auto settings = expand(std::move(source), environment);
  warn_of_empty_windows(reader, settings);
  sort(reader.faults);
  settings.warnings = std::move(reader.faults);
  return settings;
}

// After a syntax error the rest is read for what can be judged by itself; names may be missing, so that nothing is
// said about references.
Faults faults_of_parts(const Value& document, const std::string& name) {
  Reader reader({name, 0, 0});
  Source source;
  read_table(reader, document, source);
  return std::move(reader.faults);
}

tl::expected<Settings, Faults> load_named(const std::vector<File>& files, const Environment& environment,
                                          const std::string& name) {
  Faults faults;
  Value document{{name, 0, 0}, TableValue{}};
  for (const auto& file : files) {
    const auto before = faults.size();
    auto value = parse_toml(file.name, file.text, faults);
    if (faults.size() == before) merge(document, std::move(value), faults);
  }
  if (faults.empty()) return build(document, environment, name);
  for (auto& fault : faults_of_parts(document, name)) {
    if (fault.what.find(" without ") == std::string::npos) faults.push_back(std::move(fault));
  }
  sort(faults);
  return tl::unexpected(std::move(faults));
}

Fault unreadable(const std::string& path, const std::string& why) {
  return {Severity::error,
          {path, 0, 0},
          "cannot be read",
          why,
          "name a directory with *.toml files that this user may read"};
}

}  // namespace

tl::expected<Settings, Faults> load(const std::vector<File>& files, const Environment& environment) {
  return load_named(files, environment, "configuration");
}

tl::expected<Settings, Faults> load(const std::string& directory, const Environment& environment) {
  namespace fs = std::filesystem;
  std::error_code error;
  std::vector<fs::path> paths;
  for (fs::directory_iterator it(directory, error), end; !error && it != end; it.increment(error)) {
    if (it->path().extension() == ".toml") paths.push_back(it->path());
  }
  if (error) return tl::unexpected(Faults{unreadable(directory, error.message())});
  if (paths.empty()) return tl::unexpected(Faults{unreadable(directory, "it holds no *.toml file")});
  std::sort(paths.begin(), paths.end());
  std::vector<File> files;
  Faults faults;
  for (const auto& path : paths) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream text;
    if (in) text << in.rdbuf();
    if (!in) faults.push_back(unreadable(path.string(), "the system refused it"));
    files.push_back({path.string(), text.str()});
  }
  if (!faults.empty()) return tl::unexpected(std::move(faults));
  return load_named(files, environment, directory);
}

}  // namespace pledge::settings
