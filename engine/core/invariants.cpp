// Rule 5 of the house, checked by walking everything.
#include <cstdio>
#include <cstdlib>

#include "core/state.hpp"

namespace pledge::core {

namespace {
void require(bool holds, const char* what, std::uint64_t id) {
  if (holds) return;
  std::fprintf(stderr, "core: invariant broken: %s (%llu)\n", what, static_cast<unsigned long long>(id));
  std::abort();
}

}  // namespace

void Core::check_invariants() const {
  const State& s = *state_;
  std::size_t live = 0;
  std::uint32_t indexed = 0;
  for (const Contact& contact : s.contacts) {
    if (!contact.id) continue;
    ++live;
    indexed += contact.indexed;
    const bool waits = contact.state == ContactState::waiting;
    require(contact.indexed == waits, "every waiting call is indexed, and no other", contact.id.value);
    require((contact.state == ContactState::menu) == (contact.menu.at != nullptr), "a caller asked is in a menu", contact.id.value);
    require(!contact.menu.at || contact.menu.step == InMenu::Step::answering || contact.menu_timer.slot != UINT32_MAX,
            "a caller in a menu will leave it", contact.id.value);
    const bool hears_waiting = core::waits(contact.state) && contact.hears_waiting_sound && contact.caller_answer != CallerAnswer::none &&
                               !contact.told_first && !contact.asked_for_keys;
    require(!hears_waiting || s.wordings.telling || contact.sound == s.waiting_sound(contact.queue),
            "who waits is told so in the words that hold", contact.id.value);
    require(!contact.spare.leg || (contact.caller_leg && s.legs.contains(contact.spare.leg)), "a spare leg is beside one in use",
            contact.id.value);
    const Contact* newer = s.find(contact.newer);
    require(contact.facts.caller.empty() || (newer ? newer->older == contact.id : s.newest_of.at(contact.facts.caller) == contact.id),
            "the calls of a number are found by it", contact.id.value);
    require(!contact.consults || state_->consulting(contact), "a consultation is awaited by a call", contact.id.value);
    const bool served = contact.state == ContactState::talking || contact.state == ContactState::outside;
    const bool talks = served && contact.answered != never;
    require(talks || contact.recording.id.empty(), "only what the caller hears of who serves is recorded", contact.id.value);
    require(contact.recording.id.empty() || contact.recording.heard == heard_by_caller(contact),
            "whoever the caller hears is recorded, and nobody else", contact.id.value);
    for (const Party& party : contact.parties) {
      require(!party.answered || s.legs.contains(party.leg), "who takes part in a call has a leg", contact.id.value);
      require(party.handler == no_index || party.role == PartyRole::monitor || s.handlers[party.handler].contact == contact.id,
              "a handler who takes part in a call knows the call", contact.id.value);
      const Contact* waits = s.find(party.waits_as);
      require(!party.waits_as || (waits && waits->consults == contact.id), "a queue that is consulted has it waiting", contact.id.value);
      require(party.role != PartyRole::monitor || s.handlers[party.handler].monitors == contact.id,
              "a supervisor knows which call is heard", contact.id.value);
    }
    const bool has_handler = contact.state == ContactState::offered || contact.state == ContactState::talking ||
                             contact.state == ContactState::calling;
    if (!has_handler) continue;
    require(contact.handler != no_index, "an offered or talking call has a handler", contact.id.value);
    require(s.handlers[contact.handler].contact == contact.id, "a call's handler knows the call", contact.id.value);
  }
  require(live == s.slot_of.size(), "every live contact is found by its id", live);
  require(indexed == s.index.waiting(), "waiting calls are counted", indexed);
  std::vector<std::uint32_t> idle(s.pools.size(), 0);
  for (const Handler& handler : s.handlers) {
    const auto id = static_cast<std::uint64_t>(&handler - s.handlers.data());
    const bool on = handler.state != HandlerState::signed_off;
    require(on == (handler.group != no_index), "signed on is in a group", id);
    require(!on || handler.idle == s.offerable(handler), "the index knows who is free", id);
    require((handler.state == HandlerState::offered) == static_cast<bool>(handler.offer), "offered is one offer", id);
    if (!handler.idle) continue;
    if (s.index.serves_first_class(handler.group)) ++idle[s.directory.pool(handler.options.pool)];
    require(!s.index.best_call(handler.group, 0, false), "no call of the first class waits while a handler for it is free", id);
    const Pool& pool = s.pools[s.directory.pool(handler.options.pool)];
    const bool may_hold = s.index.serves_first_class(handler.group) && pool.holding;
    for (std::uint32_t rank = 1; rank < s.index.classes(); ++rank)
      require(!s.index.best_call(handler.group, rank, may_hold), "no call waits while a handler for it is free and not reserved", id);
  }
  for (PoolIndex pool = 0; pool < s.pools.size(); ++pool)
    require(idle[pool] == s.pools[pool].idle, "a pool's idle handlers are counted", pool);
}

}  // namespace pledge::core
