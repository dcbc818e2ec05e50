#include "tools/load/resender.hpp"

#include <algorithm>

namespace pledge::load {

void Resender::start(const Address& to, std::string datagram, core::Duration longest, std::function<void()> give_up) {
  stop();
  to_ = to;
  datagram_ = std::move(datagram);
  longest_ = longest;
  give_up_ = std::move(give_up);
  pause_ = t1;
  limit_ = wire_.now() + give_up_after;
  wire_.send(to_, datagram_);
  ticket_ = wire_.schedule().at(wire_.now() + pause_, [this] { again(); });
}

void Resender::stop() { wire_.schedule().cancel(ticket_); }

void Resender::once_more() {
  if (!datagram_.empty()) wire_.send(to_, datagram_);
}

void Resender::again() {
  ticket_ = {};
  if (wire_.now() >= limit_) {
    if (const auto give_up = std::move(give_up_)) give_up();
    return;
  }
  wire_.send(to_, datagram_);
  pause_ = std::min(2 * pause_, longest_);
  ticket_ = wire_.schedule().at(std::min(wire_.now() + pause_, limit_), [this] { again(); });
}

}  // namespace pledge::load
