#include "settings/schema.hpp"

#include <fmt/format.h>

#include <cmath>

namespace pledge::settings {

namespace {

std::string in_quotes(std::string_view text) { return fmt::format("\"{}\"", text); }

std::string did_you_mean(std::string_view word, const std::vector<std::string>& known, const std::string& otherwise) {
  if (const auto near = nearest(word, known)) return fmt::format("did you mean {}?", in_quotes(*near));
  return otherwise;
}

// A limit in the unit of its option: "1 s", "90 %", "64 bytes".
std::string limit_text(double limit, const Demand& demand, std::string_view unit) {
  if (demand.share) return share_text(limit);
  if (unit == "s" && demand.unit.empty()) return duration_text(core::Duration{std::llround(limit * 1e9)});
  return unit.empty() ? number_text(limit) : fmt::format("{} {}", number_text(limit), unit);
}

bool in_range(const Slot& slot, const Value& value, double number, const std::string& as_written) {
  const auto& demand = slot.facts.demand;
  if ((!demand.least || number >= *demand.least) && (!demand.most || number <= *demand.most)) return true;
  const auto range = range_text(demand, slot.facts.unit);
  slot.reader.error(value.at, fmt::format("{} = {} is out of range", in_quotes(slot.facts.key), as_written),
                    fmt::format("the range is {}", range), fmt::format("write a value within {}", range));
  return false;
}

std::string example_of(const OptionFacts& facts) {
  if (!facts.default_text.empty() && facts.default_text != "none") {
    const bool bare = facts.type.ends_with("number") || facts.type == "true or false";
    return fmt::format("write e.g. {} = {}", facts.key, bare ? facts.default_text : in_quotes(facts.default_text));
  }
  const auto example = rule_of(facts.demand.format).example;
  return example.empty() ? "see `pledge options`" : fmt::format("write e.g. {}", example);
}

}  // namespace

std::string with_article(std::string_view noun) {
  const bool vowel = !noun.empty() && std::string_view{"aeio"}.find(noun.front()) != std::string_view::npos;
  return fmt::format("{} {}", vowel ? "an" : "a", noun);
}

void Reader::error(const Place& at, std::string what, std::string why, std::string remedy) {
  faults.push_back({Severity::error, at, std::move(what), std::move(why), std::move(remedy)});
  if (path_.empty()) return;
  const auto second_dot = path_.find('.', path_.find('.') + 1);
  broken_.insert(path_.find('.') == std::string::npos ? path_ : path_.substr(0, second_dot));
}
void Reader::warning(const Place& at, std::string what, std::string why, std::string remedy) {
  faults.push_back({Severity::warning, at, std::move(what), std::move(why), std::move(remedy)});
}

bool Reader::broken(std::string_view table, std::size_t row) const {
  return broken_.count(fmt::format("{}.{}", table, row)) || broken_.count(std::string{table});
}
bool Reader::any_broken(std::string_view table) const {
  const auto it = broken_.lower_bound(std::string{table});
  return it != broken_.end() && (*it == table || it->starts_with(std::string{table} + "."));
}

Place Reader::place(std::string path) const {
  while (true) {
    if (const auto it = places_.find(path); it != places_.end()) return it->second;
    const auto dot = path.rfind('.');
    if (dot == std::string::npos) return root_;
    path.resize(dot);
  }
}

void Reader::declare(Named what, const std::string& name, const Place& at) {
  const auto [it, fresh] = declared[what].emplace(name, at);
  if (fresh) return;
  error(at, fmt::format("{} {} is defined twice", settings::name(what), in_quotes(name)),
        fmt::format("it stands in {}:{} already", it->second.file, it->second.line), "rename or remove one of the two");
}

std::vector<std::string> Reader::names(Named what) const {
  std::vector<std::string> result;
  if (const auto it = declared.find(what); it != declared.end()) {
    for (const auto& [name, at] : it->second) result.push_back(name);
  }
  return result;
}

Reader::Step::Step(Reader& reader, std::string_view part, const Place& at)
    : reader_(reader), before_(reader.path_.size()) {
  if (before_) reader_.path_ += '.';
  reader_.path_ += part;
  reader_.places_[reader_.path_] = at;
}

std::string range_text(const Demand& demand, std::string_view unit) {
  if (demand.least && demand.most) {
    const bool unit_once = !demand.unit.empty();
    return fmt::format("{} to {}", limit_text(*demand.least, demand, unit_once ? "" : unit),
                       limit_text(*demand.most, demand, unit));
  }
  if (demand.least) return fmt::format("{} or more", limit_text(*demand.least, demand, unit));
  if (demand.most) return fmt::format("{} or less", limit_text(*demand.most, demand, unit));
  return {};
}

void wrong_type(const Slot& slot, const Value& value) {
  slot.reader.error(value.at, fmt::format("{} is {}", in_quotes(slot.facts.key), value.kind()),
                    fmt::format("it must be {}", with_article(slot.facts.type)), example_of(slot.facts));
}

void wrong_count(const Slot& slot, const Value& value, std::size_t count) {
  const auto needed = *slot.facts.demand.count;
  slot.reader.error(value.at, fmt::format("{} has {} values", in_quotes(slot.facts.key), count),
                    fmt::format("it needs exactly {}", needed),
                    count < needed ? fmt::format("add {}", needed - count) : fmt::format("remove {}", count - needed));
}

void too_many_rows(const Slot& slot, const Value& value, std::size_t count) {
  slot.reader.error(value.at, fmt::format("{} [[{}]]", count, slot.facts.key),
                    fmt::format("the most is {}", slot.facts.demand.most_rows), "remove some");
}

void unknown_key(Reader& reader, const Member& member, std::string_view table, const std::vector<std::string>& known) {
  reader.error(member.key_at, fmt::format("unknown option {}", in_quotes(member.key)),
               fmt::format("{} has no such option", table), did_you_mean(member.key, known, "see `pledge options`"));
}

void missing_key(Reader& reader, const Place& at, std::string_view table, const OptionFacts& facts) {
  reader.error(at, fmt::format("{} without {}", table, in_quotes(facts.key)), "the option is required",
               fmt::format("add it: {}", facts.doc));
}

bool read(const Slot& slot, const Value& value, bool& out) {
  const auto* flag = std::get_if<bool>(&value.is);
  if (!flag) return wrong_type(slot, value), false;
  out = *flag;
  return true;
}

bool read_whole(const Slot& slot, const Value& value, std::int64_t least, std::uint64_t most, std::int64_t& out) {
  const auto* number = std::get_if<std::int64_t>(&value.is);
  if (!number) return wrong_type(slot, value), false;
  if (!in_range(slot, value, static_cast<double>(*number), std::to_string(*number))) return false;
  if (*number < least || (*number > 0 && static_cast<std::uint64_t>(*number) > most)) {
    const auto range = fmt::format("{} to {}", least, most);
    slot.reader.error(value.at, fmt::format("{} = {} is out of range", in_quotes(slot.facts.key), *number),
                      "the range is " + range, "write a value within " + range);
    return false;
  }
  out = *number;
  return true;
}

bool read(const Slot& slot, const Value& value, double& out) {
  std::optional<double> number;
  if (const auto* f = std::get_if<double>(&value.is)) number = *f;
  if (const auto* i = std::get_if<std::int64_t>(&value.is)) number = static_cast<double>(*i);
  const bool percent = slot.facts.demand.share && value.text();
  if (percent) number = parse_share(*value.text());
  if (!number && percent) {
    slot.reader.error(value.at, fmt::format("{} = {} is not a share", in_quotes(slot.facts.key), in_quotes(*value.text())),
                      "a share is a percentage or a number from 0 to 1", "write e.g. \"90 %\" or 0.9");
    return false;
  }
  if (!number || !std::isfinite(*number)) return wrong_type(slot, value), false;
  if (!in_range(slot, value, *number, percent ? *value.text() : number_text(*number))) return false;
  out = *number;
  return true;
}

bool read(const Slot& slot, const Value& value, core::Duration& out) {
  if (std::holds_alternative<std::int64_t>(value.is) || std::holds_alternative<double>(value.is)) {
    slot.reader.error(value.at, fmt::format("{} is a number without a unit", in_quotes(slot.facts.key)),
                      "a duration says its unit", "write e.g. \"10 s\", \"2 min\" or \"500 ms\"");
    return false;
  }
  if (!value.text()) return wrong_type(slot, value), false;
  const auto duration = parse_duration(*value.text());
  if (!duration) {
    slot.reader.error(value.at, fmt::format("{} = {} is not a duration", in_quotes(slot.facts.key), in_quotes(*value.text())),
                      "a duration is a number with ms, s, min, h or days",
                      "write e.g. \"10 s\", \"2 min\" or \"500 ms\"");
    return false;
  }
  if (!in_range(slot, value, static_cast<double>(duration->count()) / 1e9, *value.text())) return false;
  out = *duration;
  return true;
}

bool read(const Slot& slot, const Value& value, std::string& out) {
  const auto& demand = slot.facts.demand;
  const auto* date = std::get_if<DateValue>(&value.is);
  const std::string* text = date && demand.format == Format::date ? &date->text : value.text();
  if (!text) return wrong_type(slot, value), false;
  if (text->empty() && demand.may_be_empty) return out.clear(), true;
  const bool names = demand.declares != Named::nothing || demand.refers != Named::nothing;
  const Format format = names && demand.format == Format::any ? Format::plain_name : demand.format;
  if (!matches(format, *text)) {
    const auto rule = rule_of(format);
    const auto shown = demand.secret ? std::string{"..."} : in_quotes(*text);
    slot.reader.error(value.at,
                      fmt::format("{} = {} is not {}", in_quotes(slot.facts.key), shown, with_article(rule.type)),
                      std::string{rule.expected}, fmt::format("write e.g. {}", rule.example));
    return false;
  }
  if (demand.declares != Named::nothing) slot.reader.declare(demand.declares, *text, value.at);
  if (demand.refers != Named::nothing)
    slot.reader.references.push_back({demand.refers, *text, value.at, slot.facts.key});
  out = *text;
  return true;
}

bool read_word(const Slot& slot, const Value& value, const std::vector<std::string>& words, std::size_t& out) {
  if (!value.text()) return wrong_type(slot, value), false;
  std::string word = *value.text();
  std::replace(word.begin(), word.end(), '-', '_');
  const auto it = std::find(words.begin(), words.end(), word);
  if (it == words.end()) {
    std::string known;
    for (const auto& w : words) known += (known.empty() ? "" : ", ") + w;
    slot.reader.error(value.at, fmt::format("{} = {} is unknown", in_quotes(slot.facts.key), in_quotes(*value.text())),
                      fmt::format("known are {}", known), did_you_mean(word, words, "choose one of these"));
    return false;
  }
  out = static_cast<std::size_t>(it - words.begin());
  return true;
}

bool read(const Slot& slot, const Value& value, core::Requirement& out) {
  if (!value.text()) return wrong_type(slot, value), false;
  const auto requirement = parse_requirement(*value.text());
  if (!requirement) {
    slot.reader.error(value.at, fmt::format("{} = {} is not a skill", in_quotes(slot.facts.key), in_quotes(*value.text())),
                      "a skill is a name, or name:level with a level from 1 to 9",
                      "write e.g. \"polish\" or \"polish:3\"");
    return false;
  }
  slot.reader.references.push_back({Named::skill, requirement->skill.value, value.at, slot.facts.key});
  out = *requirement;
  return true;
}

bool read(const Slot& slot, const Value& value, core::Overflow& out) {
  if (!value.text()) return wrong_type(slot, value), false;
  const auto overflow = parse_overflow(*value.text());
  if (!overflow) {
    slot.reader.error(value.at,
                      fmt::format("{} = {} is not an overflow", in_quotes(slot.facts.key), in_quotes(*value.text())),
                      "an overflow is wait, queue NAME, number NUMBER, announcement NAME or reject STATUS (400 to 699)",
                      "write e.g. \"queue non-emergency\" or \"reject 503\"");
    return false;
  }
  if (overflow->kind == core::OverflowKind::queue) {
    slot.reader.references.push_back({Named::queue, overflow->target, value.at, slot.facts.key});
  }
  if (overflow->kind == core::OverflowKind::announcement) {
    slot.reader.references.push_back({Named::announcement, overflow->target, value.at, slot.facts.key});
  }
  out = *overflow;
  return true;
}

}  // namespace pledge::settings
