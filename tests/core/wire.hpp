#pragma once
// The wire as the core may know it: which legs exist and which are answered. Fails the test if the core acts on a leg
// that is gone, answers twice, rejects what was answered, or leaves a leg behind.
#include <map>
#include <set>

#include "core/room.hpp"

namespace pledge::core::test {

class Wire {
 public:
  struct Leg {
    bool answered = false, phone = false;
  };

  // Before the event is given to the core: what no longer exists, or is answered now.
  void tell(const Event& event) {
    if (const auto* e = std::get_if<CallArrived>(&event)) legs_[e->leg] = {};
    if (const auto* e = std::get_if<LegAnswered>(&event); e && legs_.contains(e->leg)) legs_[e->leg].answered = true;
    if (const auto* e = std::get_if<AnswerSent>(&event); e && legs_.contains(e->leg)) {
      heard_.insert(e->leg);
      if (connected_.contains(e->leg)) taken_.insert(e->leg);
    }
    if (const auto* e = std::get_if<LegFailed>(&event)) legs_.erase(e->leg);
    if (const auto* e = std::get_if<LegEnded>(&event)) legs_.erase(e->leg);
  }
  void observe(const Action& action) {
    std::visit([&](const auto& a) { on(a); }, action);
  }
  const std::map<LegId, Leg>& legs() const { return legs_; }
  std::uint32_t taken() const { return static_cast<std::uint32_t>(taken_.size()); }  // callers who could hear a handler

 private:
  template <class Other>
  void on(const Other&) {}
  void on(const RingPhone& a) { legs_[a.leg] = {false, true}; }
  void on(const DialOut& a) { legs_[a.leg] = {false, false}; }
  void on(const AlertLeg& a) { CHECK_FALSE(at(a.leg).answered); }
  void on(const PlayToLeg& a) { CHECK(at(a.leg).answered); }
  void on(const AnswerLeg& a) {
    CHECK_FALSE(at(a.leg).answered);
    at(a.leg).answered = true;
  }
  void on(const WithdrawAnswer& a) {
    CHECK(at(a.leg).answered);
    CHECK_FALSE(heard_.contains(a.leg));
    at(a.leg).answered = false;
    connected_.erase(a.leg);
  }
  void on(const RejectLeg& a) {
    CHECK_FALSE(at(a.leg).answered);
    legs_.erase(a.leg);
  }
  void on(const ReleaseLeg& a) {
    at(a.leg);
    legs_.erase(a.leg);
  }
  void on(const ConnectLegs& a) {
    CHECK(at(a.a).answered);
    CHECK(at(a.b).answered);
    if (!at(a.b).phone) return;
    connected_.insert(a.a);
    if (heard_.contains(a.a)) taken_.insert(a.a);
  }
  void on(const DisconnectLegs& a) { at(a.b); }
  void on(const MixToLeg& a) {
    CHECK(at(a.leg).answered);
    for (const LegId source : a.sources) CHECK(at(source).answered);
  }
  void on(const ListenForSpeech& a) { CHECK(at(a.leg).answered); }
  Leg& at(LegId leg) {
    CAPTURE(leg.value);
    CHECK(legs_.contains(leg));
    return legs_[leg];
  }

  std::map<LegId, Leg> legs_;
  std::set<LegId> heard_, connected_, taken_;  // callers: whose 200 has left, with a handler's phone, and both
};

}  // namespace pledge::core::test
