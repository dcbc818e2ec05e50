// Menus: every caller reaches a human, within three levels of four choices, and emergency callers meet none.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <set>

#include "settings/checks.hpp"
#include "settings/prompts.hpp"

namespace pledge::settings {

namespace {

constexpr std::size_t most_choices = 4, most_levels = 3;
constexpr std::string_view sos = "urn:service:sos";  // RFC 5031 §4.2: emergency services

// ---- one menu ------------------------------------------------------------------------------------------------------

struct MenuCheck {
  Reader& reader;
  const Source& source;
  const Menu& menu;
  std::size_t row;

  Place at(std::string_view key) const { return reader.place(fmt::format("menu.{}.{}", row, key)); }
  Place at(std::size_t choice, std::string_view key) const {
    return reader.place(fmt::format("menu.{}.choice.{}.{}", row, choice, key));
  }
  void choices() const;
  void choice(std::size_t i) const;
  void needs(std::size_t i) const;
  void keys() const;
  void announcement(const std::string& name, const Place& place) const;
  void announcements() const;
};

void MenuCheck::choices() const {
  const auto& written = menu.written_choices;
  if (written.empty()) {
    reader.error(at("name"), fmt::format("menu \"{}\" has no choices", menu.id), "its callers could only wait for `escape`",
                 "add a [[menu.choice]], or let the rule lead to the queue");
    return;
  }
  if (written.size() > most_choices)
    reader.error(at(most_choices, "key"), fmt::format("menu \"{}\" has {} choices", menu.id, written.size()),
                 fmt::format("nobody remembers more than {}", most_choices), "put the rarer ones into a further menu");
  if (written.front().queue.empty())
    reader.error(at(0, "key"), fmt::format("the first choice of menu \"{}\" is not the way to a call handler", menu.id),
                 "who is in danger must not have to listen to the others first", "begin with a choice that has a queue");
  for (std::size_t i = 0; i < written.size(); ++i) choice(i);
  keys();
}

void MenuCheck::choice(std::size_t i) const {
  const auto& c = menu.written_choices[i];
  needs(i);
  const int leads = !c.queue.empty() + !c.menu.empty() + !c.announcement.empty() + c.repeat;
  if (leads == 0 && c.needs == Needs::nothing)
    reader.error(at(i, "key"), fmt::format("choice \"{}\" of menu \"{}\" is a dead end", c.says, menu.id),
                 "it leads nowhere", "give it a queue, a menu, an announcement, or repeat = true");
  if (leads > 1)
    reader.error(at(i, "key"), fmt::format("choice \"{}\" of menu \"{}\" leads to {} places", c.says, menu.id, leads),
                 "a key does one thing", "keep one of queue, menu, announcement and repeat");
}

void MenuCheck::needs(std::size_t i) const {
  const auto& c = menu.written_choices[i];
  if (c.needs == Needs::nothing) return;
  constexpr std::string_view missing[] = {"", "it cannot send text messages", "it takes no bookings",
                                          "it knows nothing of the front counters"};
  reader.error(at(i, "needs"), fmt::format("choice \"{}\" of menu \"{}\" cannot be kept", c.says, menu.id),
               fmt::format("this version of the engine lacks what it needs: {}", missing[static_cast<std::size_t>(c.needs)]),
               "leave the choice out until then, or lead it to a queue without `needs`");
}

void MenuCheck::keys() const {
  std::set<core::Key> seen;
  for (std::size_t i = 0; i < menu.written_choices.size(); ++i) {
    const auto key = menu.written_choices[i].key;
    if (seen.insert(key).second) continue;
    reader.error(at(i, "key"), fmt::format("key {} of menu \"{}\" has two meanings", core::name(key), menu.id),
                 "the first choice with a key takes it", "give each choice a key of its own");
  }
}

// After its end the engine waits for a key: ring tone would tell the caller that the call is put through.
void MenuCheck::announcement(const std::string& name, const Place& place) const {
  const auto& all = source.announcements;
  const auto found = std::find_if(all.begin(), all.end(), [&](const auto& a) { return a.id == name; });
  if (is_own_sound(name))
    reader.error(place, fmt::format("menu \"{}\" says nothing", menu.id), name == "hold" ? "a tone names no choices" : "ring tone names no choices",
                 "name an [[announcement]] with the prompt");
  if (found != all.end() && std::any_of(found->prompts.begin(), found->prompts.end(), runtime::Announcement::is_composed))
    reader.error(place, fmt::format("announcement \"{}\" is not for menu \"{}\"", name, menu.id),
                 "a caller in a menu waits in no queue: there is no position and no wait to tell", "leave them out");
  if (found == all.end() || (found->then.empty() && found->repeat_after <= core::Duration{})) return;
  reader.error(place, fmt::format("announcement \"{}\" has no end for menu \"{}\"", name, menu.id),
               found->then.empty() ? "it repeats" : fmt::format("after it comes \"{}\"", found->then),
               "write then = \"\" and no repeat_after: the menu waits for a key in silence and repeats by itself");
}

void MenuCheck::announcements() const {
  announcement(menu.announcement, at("announcement"));
  for (std::size_t i = 0; i < menu.written_wordings.size(); ++i)
    announcement(menu.written_wordings[i].announcement, at(fmt::format("wording.{}.announcement", i)));
  for (std::size_t i = 0; i < menu.written_choices.size(); ++i)
    if (!menu.written_choices[i].announcement.empty())
      announcement(menu.written_choices[i].announcement, at(i, "announcement"));
}

// ---- the tree ------------------------------------------------------------------------------------------------------

struct TreeCheck {
  Reader& reader;
  const Source& source;
  std::set<std::pair<std::size_t, std::size_t>> told;  // menu and choice

  std::size_t find(const std::string& name) const {
    const auto& all = source.menus;
    const auto found = std::find_if(all.begin(), all.end(), [&](const auto& m) { return m.id == name; });
    return static_cast<std::size_t>(found - all.begin());
  }
  void walk(std::vector<std::size_t>& way);
  void step(std::vector<std::size_t>& way, std::size_t choice, std::size_t to);
};

// `way`: the menus from the one that a rule leads to.
void TreeCheck::walk(std::vector<std::size_t>& way) {
  const auto& choices = source.menus[way.back()].written_choices;
  for (std::size_t i = 0; i < choices.size(); ++i)
    if (const auto to = find(choices[i].menu); !choices[i].menu.empty() && to < source.menus.size()) step(way, i, to);
}

void TreeCheck::step(std::vector<std::size_t>& way, std::size_t choice, std::size_t to) {
  const std::size_t from = way.back();
  const auto place = reader.place(fmt::format("menu.{}.choice.{}.menu", from, choice));
  const bool back = std::find(way.begin(), way.end(), to) != way.end();
  if (!back && way.size() < most_levels) {
    way.push_back(to);
    walk(way);
    way.pop_back();
  } else if (!told.insert({from, choice}).second) {
    return;
  } else if (back) {
    reader.error(place, fmt::format("menu \"{}\" leads back to menu \"{}\"", source.menus[from].id, source.menus[to].id),
                 "callers could go round and reach nobody", "lead on to a queue; a menu itself is heard again by repeat = true");
  } else {
    reader.error(place, fmt::format("menu \"{}\" is on level {}", source.menus[to].id, way.size() + 1),
                 fmt::format("more than {} levels lose callers", most_levels), "bring its choices up, or lead to a queue");
  }
}

// ---- emergency calls -----------------------------------------------------------------------------------------------

struct EmergencyCheck {
  Reader& reader;
  const Source& source;
  const Rule& rule;
  std::size_t row;

  std::string met() const;
  void all() const;

 private:
  bool reached(const Rule& call) const;
  bool trusted() const;
};

// A call like this matches the rule, and no earlier rule takes every such call.
bool EmergencyCheck::reached(const Rule& call) const {
  if (!covers(rule, call)) return false;
  for (std::size_t before = 0; before < row; ++before)
    if (!reader.broken("rule", before) && covers(source.rules[before], call)) return false;
  return true;
}

bool EmergencyCheck::trusted() const {
  return std::any_of(source.trunks.begin(), source.trunks.end(), [&](const auto& trunk) {
    const auto& named = rule.trunks;
    return trunk.trusted && (named.empty() || std::find(named.begin(), named.end(), trunk.id) != named.end());
  });
}

// RFC 5031 §2: compared without regard to case.
bool is_emergency(std::string urn) {
  std::transform(urn.begin(), urn.end(), urn.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return urn.starts_with(sos);
}

// The kind of emergency call that meets the menu, in words; empty if none does.
std::string EmergencyCheck::met() const {
  for (const auto number : {"999", "112", "18000"}) {
    Rule call = rule;
    call.dialled = {number};
    if (rule.service_urns.empty() && reached(call)) return fmt::format("calls to {}", number);
  }
  const auto urns = rule.service_urns.empty() ? std::vector{std::string{sos}} : rule.service_urns;
  const bool any_dialled = rule.dialled.empty() || std::count(rule.dialled.begin(), rule.dialled.end(), "*") > 0;
  for (const auto& urn : urns) {
    Rule call = rule;
    call.service_urns = {urn};
    if (is_emergency(urn) && any_dialled && reached(call)) return fmt::format("calls for {}", urn);
  }
  for (const auto& trunk : source.trunks) {
    Rule call = rule;
    call.trunks = {trunk.id};
    const bool named = std::find(rule.trunks.begin(), rule.trunks.end(), trunk.id) != rule.trunks.end();
    if (trunk.hand_over && named && reached(call)) return fmt::format("calls that operators hand over (trunk \"{}\")", trunk.id.value);
  }
  for (int i = 0; i <= 4 && trusted(); ++i) {
    Rule call = rule;
    call.priorities = {fmt::format("esnet.{}", i)};
    if (reached(call)) return fmt::format("calls of priority esnet.{}", i);
  }
  return {};
}

void EmergencyCheck::all() const {
  const auto place = reader.place(fmt::format("rule.{}.menu", row));
  const auto calls = met();
  if (calls.empty()) return;
  const auto what = fmt::format("rule \"{}\" puts a menu before emergency calls", rule.id);
  if (rule.menu_for_emergencies && !rule.trunks.empty())
    reader.warning(place, what, fmt::format("{} can match it, and menu_for_emergencies allows it", calls),
                   "lead them to a queue unless their network asks for a menu");
  else
    reader.error(place, what, fmt::format("{} can match it, and no rule before it takes them all", calls),
                 "lead them to a queue by a rule before it; only for trunks named in the rule, with "
                 "menu_for_emergencies = true, may a menu stand there");
}

}  // namespace

void check_menus(Reader& reader, const Source& source) {
  for (std::size_t row = 0; row < source.menus.size(); ++row) {
    if (reader.broken("menu", row)) continue;
    const MenuCheck check{reader, source, source.menus[row], row};
    check.choices();
    check.announcements();
    check_wordings(reader, fmt::format("menu.{}.wording", row), fmt::format("menu \"{}\"", source.menus[row].id),
                   conditions_of(source.menus[row].written_wordings));
  }
  TreeCheck tree{reader, source, {}};
  for (std::size_t row = 0; row < source.rules.size(); ++row) {
    const Rule& rule = source.rules[row];
    if (reader.broken("rule", row) || rule.menu.empty()) continue;
    EmergencyCheck{reader, source, rule, row}.all();
    std::vector<std::size_t> way{tree.find(rule.menu)};
    if (way.front() < source.menus.size()) tree.walk(way);
  }
}

}  // namespace pledge::settings
