#pragma once
// One datagram sent again until an answer stops it (RFC 3261 §17: T1 500 ms, doubling, T2 4 s, given up after 64·T1).
#include <functional>
#include <string>

#include "tools/load/wire.hpp"

namespace pledge::load {

class Resender {
 public:
  static constexpr core::Duration t1 = std::chrono::milliseconds{500};
  static constexpr core::Duration t2 = std::chrono::seconds{4};
  static constexpr core::Duration give_up_after = 64 * t1;

  explicit Resender(Wire& wire) : wire_(wire) {}
  ~Resender() { stop(); }
  Resender(const Resender&) = delete;
  Resender& operator=(const Resender&) = delete;

  // Sends now and again. `longest` caps the pause: t2, or give_up_after where the RFC has no cap (INVITE requests).
  void start(const Address& to, std::string datagram, core::Duration longest, std::function<void()> give_up);
  void stop();
  void once_more();  // the peer repeated itself: it did not get ours

 private:
  void again();

  Wire& wire_;
  Address to_;
  std::string datagram_;
  core::Duration pause_{}, longest_{};
  core::Time limit_;
  std::function<void()> give_up_;
  Schedule::Ticket ticket_;
};

}  // namespace pledge::load
