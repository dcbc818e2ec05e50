#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "settings/calendar.hpp"
#include "settings/checks.hpp"

namespace pledge::settings {

namespace {

constexpr std::size_t most_handlers = 100'000;  // more is a slip in a range; the core is measured with 5,000

struct HandlerCheck {
  Reader& reader;
  const Handler& handler;
  std::size_t row;

  Place at(std::string_view key) const { return reader.place(fmt::format("handler.{}.{}", row, key)); }
  void names(std::size_t& total) const;
  void phone() const;
};

void HandlerCheck::names(std::size_t& total) const {
  if (handler.id.empty() == handler.range.empty()) {
    reader.error(at(handler.id.empty() ? "name" : "range"),
                 handler.id.empty() ? "[[handler]] without \"name\" or \"range\""
                                    : "[[handler]] with both \"name\" and \"range\"",
                 "a handler has one or the other", "keep exactly one of them");
    return;
  }
  if (handler.range.empty()) return void(++total);  // declared while reading
  const auto range = parse_range(handler.range);
  if (!range) return;  // said while reading
  total += range->last - range->first + 1;
  if (total > most_handlers) {
    reader.error(at("range"), fmt::format("{} handlers in all", total), fmt::format("the most is {}", most_handlers),
                 "shorten the range");
    return;
  }
  for (auto number = range->first; number <= range->last; ++number) {
    const auto faults_before = reader.faults.size();
    reader.declare(Named::handler, range->at(number), at("range"));
    if (reader.faults.size() != faults_before) return;  // one overlap is said once
  }
}

void HandlerCheck::phone() const {
  const bool several = !handler.range.empty();
  if (handler.phone.empty() && handler.secret.empty()) {
    reader.error(at(several ? "range" : "name"), "a handler without a phone",
                 "it has no static address and no secret to register with",
                 "add phone = \"sip:...\" or secret = \"...\"");
  }
  if (several && !handler.phone.empty() && handler.phone.find("{id}") == std::string::npos) {
    reader.warning(at("phone"), "one phone for a whole range", "each call would ring at the same desk",
                   "use {id} for the handler's name");
  }
  if (several && !handler.user.empty() && handler.user.find("{id}") == std::string::npos) {
    reader.error(at("user"), "one user name for a whole range", "a registration would not say whose phone it is",
                 "use {id} for the handler's name");
  }
  if (!handler.phone.empty() && !handler.secret.empty()) {
    reader.warning(at("secret"), "\"secret\" has no effect", "calls go to the phone's static address",
                   "remove one of the two");
  }
  if (!handler.user.empty() && handler.secret.empty()) {
    reader.error(at("user"), "\"user\" without \"secret\"", "a phone registers with both",
                 "add the secret, or remove the user");
  }
  std::string phone = handler.phone;
  if (const auto id = phone.find("{id}"); id != std::string::npos) phone.replace(id, 4, "a");
  if (!phone.empty() && !matches(Format::sip_uri, phone)) {
    const auto rule = rule_of(Format::sip_uri);
    reader.error(at("phone"), fmt::format("\"phone\" = \"{}\" is not a {}", handler.phone, rule.type),
                 std::string{rule.expected}, fmt::format("write e.g. {}", rule.example));
  }
}

void check_pool(Reader& reader, const core::PoolOptions& pool, std::size_t row) {
  const auto& reserve = pool.reserve;
  auto at = [&](std::string_view key) { return reader.place(fmt::format("pool.{}.reserve.{}", row, key)); };
  const bool rates = !reserve.emergency_per_hour.empty() || !reserve.other_per_hour.empty();
  const bool configured = (reserve.kind == core::ReserveKind::computed || reserve.kind == core::ReserveKind::by_wait) &&
                          reserve.source == core::RateSource::configured;
  if (configured && (reserve.emergency_per_hour.empty() || reserve.other_per_hour.empty())) {
    reader.error(at("source"), fmt::format("pool \"{}\" has no rates to compute its reserve from", pool.id.value),
                 "source = \"configured\" needs both lists of 24 rates",
                 "add emergency_per_hour and other_per_hour, or use source = \"measured\"");
  }
  if (rates && !configured) {
    reader.warning(at(reserve.emergency_per_hour.empty() ? "other_per_hour" : "emergency_per_hour"),
                   "the hourly rates have no effect", "the reserve is not computed from configured rates",
                   "use source = \"configured\", or remove them");
  }
  if (reserve.kind != core::ReserveKind::fixed && reserve.handlers > 0) {
    reader.warning(at("handlers"), "\"handlers\" has no effect", "the reserve is not fixed",
                   "use kind = \"fixed\", or remove it");
  }
}

std::size_t count_of(const Handler& handler) {
  const auto range = handler.range.empty() ? std::nullopt : parse_range(handler.range);
  return range ? range->last - range->first + 1 : 1;
}

// With as many held back as there are, and no bound on starvation, the other classes are never served.
void check_reserve_of_all(Reader& reader, const Source& source, std::size_t row) {
  const auto& pool = source.pools[row];
  if (pool.reserve.kind != core::ReserveKind::fixed || source.classes.size() < 2) return;
  std::size_t staff = 0;
  for (const auto& handler : source.handlers) staff += handler.pool == pool.id ? count_of(handler) : 0;
  const auto starved = std::find_if(source.classes.begin() + 1, source.classes.end(),
                                    [](const auto& c) { return c.starvation_bound <= core::Duration{}; });
  if (staff == 0 || pool.reserve.handlers < static_cast<double>(staff) || starved == source.classes.end()) return;
  reader.warning(reader.place(fmt::format("pool.{}.reserve.handlers", row)),
                 fmt::format("pool \"{}\" never serves class \"{}\"", pool.id.value, starved->id.value),
                 fmt::format("{:g} of its {} handlers are held back for class \"{}\"", pool.reserve.handlers, staff,
                             source.classes.front().id.value),
                 "hold fewer back, or set starvation_bound in the class");
}

// Two handlers whose phones would register as one.
void check_users(Reader& reader, const Source& source) {
  std::map<std::string, std::size_t> owners;
  for (std::size_t row = 0; row < source.handlers.size(); ++row) {
    const auto& handler = source.handlers[row];
    if (handler.secret.empty() || !handler.range.empty() || reader.broken("handler", row)) continue;
    const auto& user = handler.user.empty() ? handler.id.value : handler.user;
    const auto [it, fresh] = owners.emplace(user, row);
    if (fresh || source.handlers[it->second].id == handler.id) continue;
    reader.error(reader.place(fmt::format("handler.{}.user", row)), fmt::format("user \"{}\" is two handlers'", user),
                 fmt::format("\"{}\" registers with it already", source.handlers[it->second].id.value),
                 "choose another");
  }
}

}  // namespace

void check_people(Reader& reader, const Source& source) {
  std::size_t total = 0;
  for (std::size_t row = 0; row < source.handlers.size(); ++row) {
    if (reader.broken("handler", row)) continue;
    const HandlerCheck check{reader, source.handlers[row], row};
    check.names(total);
    check.phone();
  }
  check_users(reader, source);
  for (std::size_t row = 0; row < source.pools.size(); ++row) {
    if (reader.broken("pool", row)) continue;
    check_pool(reader, source.pools[row], row);
    if (!reader.any_broken("handler")) check_reserve_of_all(reader, source, row);
  }
  for (std::size_t row = 0; row < source.roles.size(); ++row) {
    const auto& role = source.roles[row];
    if (reader.broken("role", row) || role.supervisor || !role.queues.empty()) continue;
    reader.warning(reader.place(fmt::format("role.{}.name", row)),
                   fmt::format("role \"{}\" serves nothing", role.id.value), "it has no queues and is no supervisor's",
                   "give it queues, or supervisor = true");
  }
  if (source.handlers.empty()) reader.warning(reader.place(""), "no [[handler]]", "nobody can sign on", "add one");
  if (source.general.service_states.empty()) {
    reader.error(reader.place("general.service_states"), "no service state", "the first is in force at start",
                 "write service_states = [\"normal\"]");
  }
}

}  // namespace pledge::settings
