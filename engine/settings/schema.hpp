#pragma once
// One option = one definition. A Table<T> lists the options of struct T: key, member, limits, one line of explanation.
// Parsing, range checks, unknown keys, references, diff, digest and `pledge options` all walk these tables; there is
// no second list. The tables themselves are in tables*.cpp.
#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "core/fields.hpp"
#include "core/render.hpp"
#include "settings/kinds.hpp"
#include "settings/value.hpp"

namespace pledge::settings {

// What is demanded of an option besides its type.
struct Demand {
  std::optional<double> least = {}, most = {};  // inclusive; durations in seconds; of each element of a list
  std::string_view unit = {};                   // of a number; durations and shares have theirs
  bool share = false;                           // 0..1, written "90 %"
  Format format = Format::any;                  // of texts
  Named refers = Named::nothing;                // each text names one of these
  Named declares = Named::nothing;              // each text is the name of a new one
  bool required = false;
  std::size_t most_rows = 2'000;          // of a list of tables; far more is a slip, and would make checking slow
  bool secret = false;                    // never printed
  bool restart = false;                   // read at start only: a reload does not change it
  bool may_be_empty = false;              // an empty text switches it off
  std::optional<std::size_t> count = {};  // a list, if not empty, has exactly so many elements
  std::string_view said = {};             // in diff, instead of the key
  bool said_if_set = false;               // of a row added or removed, in diff: not said at its default
};

// How many words an enum with core-style name() has, for reading it.
template <class E>
inline constexpr std::size_t word_count = 0;

template <class T>
struct Schema;  // specialised in tables.hpp: static const Table<T>& table()
template <class T>
concept HasSchema = requires {
  Schema<T>::table();
};

struct OptionFacts {
  std::string key, doc, type, unit, range, default_text;
  Demand demand;
};

// A table as it stands, in text: for diff and digest.
struct Printed;
struct Record {
  std::string name;  // empty where its table has no names
  std::vector<Printed> options;
};
struct Printed {
  const OptionFacts* facts = nullptr;
  std::string text;     // of a simple option
  bool nested = false;  // a table or a list of tables: `records`
  bool list = false;
  std::vector<Record> records;
};

struct Reference {
  Named what;
  std::string name;
  Place at;
  std::string option;  // key that refers
};

// What reading gathers.
class Reader {
 public:
  explicit Reader(Place root) : root_(std::move(root)) {}

  std::vector<Fault> faults;
  std::vector<Reference> references;
  std::map<Named, std::map<std::string, Place>> declared;

  void error(const Place& at, std::string what, std::string why, std::string remedy);
  void warning(const Place& at, std::string what, std::string why, std::string remedy);

  // True if something was wrong inside this row ("queue", 2) while it was read: judging it further would mislead.
  bool broken(std::string_view table, std::size_t row) const;
  bool any_broken(std::string_view table) const;

  // Where the value at a path ("queue.2.bound") stands; else where the nearest table around it does.
  Place place(std::string path) const;

  void declare(Named what, const std::string& name, const Place& at);
  std::vector<std::string> names(Named what) const;

  // The path to the value being read. Use Step.
  class Step {
   public:
    Step(Reader& reader, std::string_view part, const Place& at);
    ~Step() { reader_.path_.resize(before_); }
    Step(const Step&) = delete;
    Step& operator=(const Step&) = delete;

   private:
    Reader& reader_;
    std::size_t before_;
  };

 private:
  Place root_;
  std::string path_;
  std::map<std::string, Place> places_;
  std::set<std::string> broken_;  // paths of rows
};

// ---- simple values: implemented in schema.cpp, one function per form -----------------------------------------------
struct Slot {  // what is being read, for faults
  Reader& reader;
  const OptionFacts& facts;
};
bool read(const Slot& slot, const Value& value, bool& out);
bool read(const Slot& slot, const Value& value, double& out);
bool read(const Slot& slot, const Value& value, std::string& out);
bool read(const Slot& slot, const Value& value, core::Duration& out);
bool read(const Slot& slot, const Value& value, core::Requirement& out);
bool read(const Slot& slot, const Value& value, core::Overflow& out);
bool read_whole(const Slot& slot, const Value& value, std::int64_t least, std::uint64_t most, std::int64_t& out);
bool read_word(const Slot& slot, const Value& value, const std::vector<std::string>& words, std::size_t& out);
void wrong_type(const Slot& slot, const Value& value);
void unknown_key(Reader& reader, const Member& member, std::string_view table, const std::vector<std::string>& known);
void missing_key(Reader& reader, const Place& at, std::string_view table, const OptionFacts& facts);
void wrong_count(const Slot& slot, const Value& value, std::size_t count);
void too_many_rows(const Slot& slot, const Value& value, std::size_t count);
std::string range_text(const Demand& demand, std::string_view unit);
std::string with_article(std::string_view noun);  // "a queue", "an announcement"

template <class E>
std::vector<std::string> words_of() {
  static_assert(word_count<E> > 0, "say how many words the enum has: word_count<E>");
  std::vector<std::string> words;
  for (std::size_t i = 0; i < word_count<E>; ++i) words.emplace_back(name(static_cast<E>(i)));
  return words;
}

template <class T>
struct IsDuration : std::false_type {};
template <class R, class P>
struct IsDuration<std::chrono::duration<R, P>> : std::true_type {};

template <class T>
void read_table(Reader& reader, const Value& value, T& out);

// ---- any value ------------------------------------------------------------------------------------------------
template <class T>
bool read_value(const Slot& slot, const Value& value, T& out) {
  if constexpr (HasSchema<T>) {
    if (!value.table()) return wrong_type(slot, value), false;
    read_table(slot.reader, value, out);
    return true;
  } else if constexpr (core::detail::IsVector<T>::value) {
    const auto* items = value.array();
    if (!items) return wrong_type(slot, value), false;
    if (slot.facts.demand.count && !items->empty() && items->size() != *slot.facts.demand.count) {
      wrong_count(slot, value, items->size());
    }
    if (HasSchema<typename T::value_type> && items->size() > slot.facts.demand.most_rows) {
      return too_many_rows(slot, value, items->size()), false;
    }
    T result;
    for (std::size_t i = 0; i < items->size(); ++i) {
      const Reader::Step step(slot.reader, std::to_string(i), (*items)[i].at);
      result.emplace_back();
      if (!read_value(slot, (*items)[i], result.back()) && !HasSchema<typename T::value_type>) result.pop_back();
    }
    out = std::move(result);
    return true;
  } else if constexpr (core::detail::IsNameId<T>::value) {
    return read(slot, value, out.value);
  } else if constexpr (IsDuration<T>::value && !std::is_same_v<T, core::Duration>) {
    core::Duration duration{};
    if (!read(slot, value, duration)) return false;
    out = std::chrono::duration_cast<T>(duration);
    return true;
  } else if constexpr (std::is_enum_v<T>) {
    std::size_t index = 0;
    if (!read_word(slot, value, words_of<T>(), index)) return false;
    out = static_cast<T>(index);
    return true;
  } else if constexpr (std::is_integral_v<T> && !std::is_same_v<T, bool>) {
    std::int64_t number = 0;
    constexpr auto most = std::min<std::uint64_t>(std::numeric_limits<T>::max(), INT64_MAX);
    constexpr std::int64_t least = std::is_signed_v<T> ? std::numeric_limits<T>::min() : 0;
    if (!read_whole(slot, value, least, most, number)) return false;
    out = static_cast<T>(number);
    return true;
  } else {
    return read(slot, value, out);
  }
}

template <class T>
std::string value_text(const T& value, const Demand& demand) {
  if constexpr (core::detail::IsVector<T>::value) {
    std::string text;
    for (const auto& item : value) text += (text.empty() ? "" : ", ") + value_text(item, demand);
    return text.empty() ? "none" : text;
  } else if constexpr (std::is_same_v<T, bool>) return value ? "true" : "false";
  else if constexpr (std::is_same_v<T, std::string>) return value.empty() ? "none" : value;
  else if constexpr (core::detail::IsNameId<T>::value) return value_text(value.value, demand);
  else if constexpr (IsDuration<T>::value) return duration_text(value);
  else if constexpr (std::is_enum_v<T>) return std::string{name(value)};
  else if constexpr (std::is_floating_point_v<T>) return demand.share ? share_text(value) : number_text(value);
  else if constexpr (std::is_integral_v<T>) return std::to_string(value);
  else if constexpr (std::is_same_v<T, core::Requirement>) return requirement_text(value);
  else return overflow_text(value);
}

template <class T>
std::string type_text(const Demand& demand) {
  if constexpr (core::detail::IsVector<T>::value) return "list of " + type_text<typename T::value_type>(demand);
  else if constexpr (std::is_same_v<T, bool>) return "true or false";
  else if constexpr (std::is_same_v<T, core::Requirement>) return "skill (name or name:level)";
  else if constexpr (std::is_same_v<T, core::Overflow>) return "overflow";
  else if constexpr (IsDuration<T>::value) return "duration";
  else if constexpr (std::is_enum_v<T>) return "word";
  else if constexpr (std::is_floating_point_v<T>) return demand.share ? "share" : "number";
  else if constexpr (std::is_integral_v<T>) return "whole number";
  else if constexpr (HasSchema<T>) return "table";
  else if (demand.declares != Named::nothing) return "name";
  else if (demand.refers != Named::nothing) return std::string{name(demand.refers)} + " name";
  else return std::string{rule_of(demand.format).type};
}
template <class T>
std::string unit_text(const Demand& demand) {
  if constexpr (core::detail::IsVector<T>::value) return unit_text<typename T::value_type>(demand);
  else if constexpr (IsDuration<T>::value) return "s";
  else return demand.share ? "%" : std::string{demand.unit};
}
template <class T>
std::string limits_text(const Demand& demand) {
  if constexpr (core::detail::IsVector<T>::value) return limits_text<typename T::value_type>(demand);
  else if constexpr (std::is_same_v<T, core::Overflow>)
    return "wait | queue NAME | number NUMBER | announcement NAME | reject [STATUS]";
  else if constexpr (std::is_enum_v<T>) {
    std::string text;
    for (const auto& word : words_of<T>()) text += (text.empty() ? "" : " | ") + word;
    return text;
  } else return range_text(demand, unit_text<T>(demand));
}

struct OptionDescriptionSink;  // describe.cpp

// ---- one option of Owner ------------------------------------------------------------------------------------------
template <class Owner>
struct Option {
  OptionFacts facts;
  std::string_view field;  // name of the member in its struct's field list; "" where it has none
  std::function<void(Reader&, const Value&, Owner&)> read;
  std::function<Printed(const OptionFacts&, const Owner&)> print;
  std::function<void(OptionDescriptionSink&, const std::string& path)> describe_nested;  // empty for a simple option
  std::function<void(Owner& to, const Owner& from)> keep;  // copies what only a restart changes
};

template <class T>
Record print_table(const T& value);
template <class T>
void describe_table(OptionDescriptionSink& sink, const std::string& path, bool repeated);

// The name that the field list of Struct gives to a member.
template <class Struct, class M>
std::string_view field_name(M Struct::*member) {
  std::string_view found;
  if constexpr (core::HasFields<Struct>) {
    std::apply(
        [&](const auto&... field) {
          (
              [&] {
                if constexpr (std::is_same_v<std::decay_t<decltype(field.member)>, M Struct::*>) {
                  if (field.member == member) found = field.name;
                }
              }(),
              ...);
        },
        Struct::field_list());
  }
  return found;
}

template <class T>
struct Nested : std::bool_constant<HasSchema<T>> {
  using Row = T;
};
template <class T>
struct Nested<std::vector<T>> : std::bool_constant<HasSchema<T>> {
  using Row = T;
};

template <class Owner>
class Table {
 public:
  Table(std::string title, std::string doc) : title_(std::move(title)), doc_(std::move(doc)) {}

  // Struct is Owner or a base of it.
  template <class Struct, class M>
  Table& add(std::string_view key, M Struct::*member, std::string_view doc, const Demand& demand = {}) {
    Option<Owner> option;
    option.facts = {std::string{key},
                    std::string{doc},
                    type_text<M>(demand),
                    unit_text<M>(demand),
                    limits_text<M>(demand),
                    {},
                    demand};
    option.field = field_name(member);
    if constexpr (Nested<M>::value) {
      option.describe_nested = [](OptionDescriptionSink& sink, const std::string& path) {
        describe_table<typename Nested<M>::Row>(sink, path, core::detail::IsVector<M>::value);
      };
    } else if (!demand.required) {
      option.facts.default_text = value_text(Owner{}.*member, demand);
    }
    option.read = [member, facts = option.facts](Reader& reader, const Value& value, Owner& owner) {
      read_value(Slot{reader, facts}, value, owner.*member);
    };
    option.keep = [member, restart = demand.restart](Owner& to, const Owner& from) {
      if (restart) to.*member = from.*member;
      else if constexpr (HasSchema<M>)  // a list is kept whole or not at all: its rows come and go
        for (const auto& inner : Schema<M>::table().options()) inner.keep(to.*member, from.*member);
    };
    option.print = [member](const OptionFacts& facts, const Owner& owner) { return printed(facts, owner.*member); };
    options_.push_back(std::move(option));
    return *this;
  }
  // Members that are filled from other tables, or not by configuration at all.
  Table& elsewhere(std::vector<std::string_view> fields) { return elsewhere_ = std::move(fields), *this; }

  const std::string& title() const { return title_; }
  const std::string& doc() const { return doc_; }
  const std::vector<Option<Owner>>& options() const { return options_; }
  const std::vector<std::string_view>& filled_elsewhere() const { return elsewhere_; }

 private:
  template <class M>
  static Printed printed(const OptionFacts& facts, const M& member) {
    Printed result{&facts, {}, Nested<M>::value, core::detail::IsVector<M>::value, {}};
    if constexpr (!Nested<M>::value) result.text = value_text(member, facts.demand);
    else if constexpr (core::detail::IsVector<M>::value) {
      for (const auto& row : member) result.records.push_back(print_table(row));
    } else result.records.push_back(print_table(member));
    return result;
  }

  std::string title_, doc_;
  std::vector<Option<Owner>> options_;
  std::vector<std::string_view> elsewhere_;
};

template <class T>
void read_table(Reader& reader, const Value& value, T& out) {
  const auto& table = Schema<T>::table();
  const auto& options = table.options();
  for (const auto& member : value.table()->members) {
    const auto it =
        std::find_if(options.begin(), options.end(), [&](const auto& o) { return o.facts.key == member.key; });
    if (it == options.end()) {
      std::vector<std::string> known;
      for (const auto& option : options) known.push_back(option.facts.key);
      unknown_key(reader, member, table.title(), known);
      continue;
    }
    const Reader::Step step(reader, member.key, member.value.front().at);
    it->read(reader, member.value.front(), out);
  }
  for (const auto& option : options) {
    if (option.facts.demand.required && !value.table()->find(option.facts.key)) {
      missing_key(reader, value.at, table.title(), option.facts);
    }
  }
}

template <class T>
Record print_table(const T& value) {
  Record record;
  for (const auto& option : Schema<T>::table().options()) {
    record.options.push_back(option.print(option.facts, value));
    if (option.facts.demand.declares != Named::nothing && !record.options.back().nested) {
      if (record.name.empty()) record.name = record.options.back().text;
    }
  }
  return record;
}

}  // namespace pledge::settings
