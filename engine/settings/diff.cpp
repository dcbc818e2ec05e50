// Compares two configurations as tables in text, so that every option takes part by its definition alone.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include "settings/prompts.hpp"
#include "settings/settings.hpp"
#include "settings/tables.hpp"

namespace pledge::settings {

namespace {

using Lines = std::vector<std::string>;

const Record* find(const std::vector<Record>& records, const std::string& name) {
  const auto it = std::find_if(records.begin(), records.end(), [&](const Record& r) { return r.name == name; });
  return it == records.end() ? nullptr : &*it;
}

// One row of a table without names, e.g. "after 20 s, skills none".
std::string row_text(const Record& record) {
  std::string text;
  for (const auto& option : record.options) {
    if (option.nested || option.facts->demand.secret) continue;
    if (option.facts->demand.said_if_set && option.text == option.facts->default_text) continue;
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", option.facts->key, option.text);
  }
  return text;
}

std::vector<std::string> row_texts(const std::vector<Record>& records) {
  std::vector<std::string> rows;
  for (const auto& record : records) rows.push_back(row_text(record));
  return rows;
}

bool holds(const std::vector<std::string>& rows, const std::string& row) {
  return std::find(rows.begin(), rows.end(), row) != rows.end();
}

void compare_rows(const Printed& before, const Printed& after, Lines& out) {
  const auto old_rows = row_texts(before.records), new_rows = row_texts(after.records);
  for (const auto& row : old_rows) {
    if (!holds(new_rows, row)) out.push_back(fmt::format("{} removed ({})", before.facts->key, row));
  }
  for (const auto& row : new_rows) {
    if (!holds(old_rows, row)) out.push_back(fmt::format("{} added ({})", after.facts->key, row));
  }
}

// What changed between two states of one table: "target 30 s → 45 s", "reserve most 8 → 6".
void compare_options(const Record& before, const Record& after, Lines& out) {
  for (std::size_t i = 0; i < before.options.size(); ++i) {
    const auto& a = before.options[i];
    const auto& b = after.options[i];
    const auto& facts = *a.facts;
    const auto first = out.size();
    const std::string said{facts.demand.said.empty() ? std::string_view{facts.key} : facts.demand.said};
    if (a.list && a.nested) compare_rows(a, b, out);
    else if (a.nested) {
      Lines inside;
      compare_options(a.records.front(), b.records.front(), inside);
      for (const auto& line : inside) out.push_back(said + " " + line);
    } else if (a.text != b.text) {
      out.push_back(facts.demand.secret ? said + " changed" : fmt::format("{} {} → {}", said, a.text, b.text));
    }
    for (auto line = first; facts.demand.restart && line < out.size(); ++line) out[line] += " (needs a restart)";
  }
}

// Names of `order` that must move to turn the order of `before` into that of `after`: all but a longest ascending run.
std::vector<std::string> moved(const std::vector<Record>& before, const std::vector<Record>& after) {
  std::vector<std::string> common;
  std::vector<std::size_t> was;  // place in `before`, in the order of `after`
  for (const auto& record : after) {
    const auto* old = find(before, record.name);
    if (!old) continue;
    common.push_back(record.name);
    was.push_back(static_cast<std::size_t>(old - before.data()));
  }
  std::vector<std::size_t> length(was.size(), 1), previous(was.size(), SIZE_MAX);
  for (std::size_t i = 0; i < was.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (was[j] < was[i] && length[j] + 1 > length[i]) length[i] = length[j] + 1, previous[i] = j;
    }
  }
  std::set<std::size_t> stay;
  if (!was.empty()) {
    auto at = static_cast<std::size_t>(std::max_element(length.begin(), length.end()) - length.begin());
    for (; at != SIZE_MAX; at = previous[at]) stay.insert(at);
  }
  std::vector<std::string> result;
  for (std::size_t i = 0; i < common.size(); ++i) {
    if (!stay.count(i)) result.push_back(common[i]);
  }
  return result;
}

std::string position_of(const std::vector<Record>& records, const std::string& name) {
  const auto* record = find(records, name);
  return record == records.data() ? "now first" : fmt::format("now after {}", (record - 1)->name);
}

// ---- which queues a change touches -----------------------------------------------------------------------------
using Queues = std::vector<core::QueueId>;

Queues touched(const Settings& settings, const std::string& table, const std::string& name) {
  Queues result;
  if (table == "queue") result.push_back({name});
  if (table == "class") {
    for (const auto& queue : settings.core.queues) {
      if (queue.service_class.value == name) result.push_back(queue.id);
    }
  }
  if (table == "role") {
    for (const auto& role : settings.core.roles) {
      if (role.id.value == name) result = role.queues;
    }
  }
  return result;
}

// Digests of what an announcement plays, by the names of its prompts.
std::map<std::string, std::uint64_t> recordings_of(const Settings& settings, const std::string& id) {
  std::map<std::string, std::uint64_t> result;
  const auto& written = settings.source->announcements;
  for (std::size_t row = 0; row < written.size() && row < settings.announcements.size(); ++row) {
    if (written[row].id != id) continue;
    const auto add = [&](const std::string& path) {
      const auto at = settings.recordings.find(path);
      if (at != settings.recordings.end()) result[std::filesystem::path(path).stem().string()] = at->second;
    };
    for (const auto& file : settings.announcements[row].files) add(file);
    for (const auto& [word, file] : settings.announcements[row].words) add(file);
    if (is_prompt(written[row].then)) add(settings.announcements[row].background);
  }
  return result;
}

class Diff {
 public:
  Diff(const Settings& running, const Settings& candidate) : running_(running), candidate_(candidate) {}
  std::vector<Change> run();

 private:
  void table(const Printed& before, const Printed& after);
  void named(const Printed& before, const Printed& after);
  void handlers(const Printed& before, const Printed& after);
  void recordings();
  void workforce();
  void say(const std::string& table, const std::string& name, const std::string& text);

  const Settings& running_;
  const Settings& candidate_;
  std::vector<Change> changes_;
};

void Diff::say(const std::string& table, const std::string& name, const std::string& text) {
  Queues queues = touched(running_, table, name);
  for (const auto& queue : touched(candidate_, table, name)) {
    if (std::find(queues.begin(), queues.end(), queue) == queues.end()) queues.push_back(queue);
  }
  changes_.push_back({fmt::format("{} {}: {}", table, name, text), std::move(queues)});
}

void Diff::named(const Printed& before, const Printed& after) {
  const auto& table = before.facts->key;
  for (const auto& record : before.records) {
    if (!find(after.records, record.name)) say(table, record.name, "removed");
  }
  for (const auto& record : after.records) {
    const auto* old = find(before.records, record.name);
    if (!old) {
      say(table, record.name, "added");
      continue;
    }
    Lines lines;
    compare_options(*old, record, lines);
    for (const auto& line : lines) say(table, record.name, line);
  }
  if (table != "class" && table != "rule") return;  // elsewhere the order means nothing
  for (const auto& name : moved(before.records, after.records)) say(table, name, position_of(after.records, name));
}

// "a0001 to a0100 (100)" or the names one by one.
std::string name_list(const std::vector<std::string>& names) {
  if (names.size() > 3) return fmt::format("{} to {} ({})", names.front(), names.back(), names.size());
  return fmt::format("{}", fmt::join(names, ", "));
}

// Hundreds of handlers change alike: each change is said once, with the names it holds for.
void Diff::handlers(const Printed& before, const Printed& after) {
  std::map<std::string, const Record*> old_ones, new_ones;
  for (const auto& record : before.records) old_ones[record.name] = &record;
  for (const auto& record : after.records) new_ones[record.name] = &record;
  std::map<std::string, std::vector<std::string>> who;
  for (const auto& [name, record] : old_ones) {
    if (!new_ones.count(name)) who["removed"].push_back(name);
  }
  for (const auto& [name, record] : new_ones) {
    const auto old = old_ones.find(name);
    if (old == old_ones.end()) {
      who["added"].push_back(name);
      continue;
    }
    Lines lines;
    compare_options(*old->second, *record, lines);
    for (const auto& line : lines) who[line].push_back(name);
  }
  for (const auto& [text, names] : who) changes_.push_back({fmt::format("handler {}: {}", name_list(names), text), {}});
}

void Diff::table(const Printed& before, const Printed& after) {
  const auto& key = before.facts->key;
  if (key == "handler") return handlers(before, after);
  if (before.list) return named(before, after);
  Lines lines;
  compare_options(before.records.front(), after.records.front(), lines);
  const std::string_view mark = before.facts->demand.restart ? " (needs a restart)" : "";
  for (const auto& line : lines) changes_.push_back({fmt::format("{}: {}{}", key, line, mark), {}});
}

// The same names written, and other files behind them.
void Diff::recordings() {
  for (const auto& announcement : candidate_.source->announcements) {
    const auto before = recordings_of(running_, announcement.id);
    for (const auto& [prompt, digest] : recordings_of(candidate_, announcement.id)) {
      const auto was = before.find(prompt);
      if (was != before.end() && was->second != digest)
        say("announcement", announcement.id, fmt::format("prompt {} has a new recording", prompt));
    }
  }
}

// Likewise.
void Diff::workforce() {
  const auto before = print_table(running_.source->workforce), after = print_table(candidate_.source->workforce);
  Lines lines;
  compare_options(before, after, lines);
  if (lines.empty() && running_.planned_digest != candidate_.planned_digest)
    changes_.push_back({"workforce: roster, counts or rules have changed", {}});
}

std::vector<Change> Diff::run() {
  if (!running_.source || !candidate_.source) return {};
  const auto before = print_table(*running_.source), after = print_table(*candidate_.source);
  for (std::size_t i = 0; i < before.options.size(); ++i) table(before.options[i], after.options[i]);
  recordings();
  workforce();
  return std::move(changes_);
}

}  // namespace

std::vector<Change> diff(const Settings& running, const Settings& candidate) { return Diff(running, candidate).run(); }

}  // namespace pledge::settings
