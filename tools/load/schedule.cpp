#include "tools/load/schedule.hpp"

namespace pledge::load {

Schedule::Ticket Schedule::at(core::Time due, std::function<void()> run) {
  const Ticket ticket{due, ++last_};
  const auto place = entries_.emplace(ticket, std::move(run)).first;
  if (tell_ && place == entries_.begin()) tell_(due);
  return ticket;
}

void Schedule::cancel(Ticket& ticket) {
  if (ticket.number != 0) entries_.erase(ticket);
  ticket = {};
}

void Schedule::run_due(core::Time now) {
  while (!entries_.empty() && entries_.begin()->first.due <= now) {
    auto entry = entries_.extract(entries_.begin());
    entry.mapped()();
  }
}

}  // namespace pledge::load
