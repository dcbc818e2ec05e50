// Random lives of a room: whatever happens in whatever order, the invariants of the house hold (checked after every
// event by Room) and the same events give byte-identical actions.
#include <map>
#include <random>

#include "core/room.hpp"

using namespace pledge::core;
using namespace pledge::core::test;

namespace {

Options random_options(std::mt19937& random) {
  Options options = small_room(12);
  options.queues[0].widening = {{7s, {}}};
  options.queues[0].skills = {{{"dispatch"}, 1}};
  options.queues[1].wrap_up = 5s;
  options.queues[1].redial_keeps_place = 60s;
  options.queues[1].overflow_after = 40s;
  options.queues[1].late = {OverflowKind::number, "+442079460999", 0};
  options.queues[1].nobody = {OverflowKind::reject, {}, 480};
  options.queues[0].bound = 15;
  options.queues[0].full = {OverflowKind::queue, "general", 0};
  options.classes[1].starvation_bound = 25s;
  options.pools[0].reserve.kind = ReserveKind::fixed;
  options.pools[0].reserve.handlers = static_cast<double>(random() % 8) / 4;
  for (auto& handler : options.handlers) {
    handler.roles = {{"all"}, {"general"}};
    handler.phone_mode = static_cast<PhoneMode>(random() % 3);
    if (random() % 2) handler.skills = {{{"dispatch"}, 1 + static_cast<std::uint32_t>(random() % 3)}};
    if (random() % 4 == 0) handler.phone.clear();
  }
  return options;
}

class RandomLife {
 public:
  explicit RandomLife(std::uint32_t seed) : random_(seed), options_(random_options(random_)), room_(options_) {}

  std::string run(int events) {
    for (int i = 0; i < events; ++i) {
      one();
      note();
      if (random_() % 3 == 0) {
        room_.pass(std::chrono::milliseconds{random_() % 4000});
        note();
      }
    }
    return bytes_;
  }

 private:
  void note() {
    for (const Action& action : room_.actions()) {
      encode(bytes_, action);
      if (const auto* ring = std::get_if<RingPhone>(&action)) legs_.push_back(ring->leg);
      if (const auto* dial = std::get_if<DialOut>(&action)) legs_.push_back(dial->leg);
      if (const auto* offer = std::get_if<OfferMade>(&action)) offers_[offer->handler.value] = offer->offer;
    }
  }
  std::string who() { return "h" + std::to_string(1 + random_() % 12); }
  LegId leg() { return legs_.empty() ? LegId{} : legs_[random_() % legs_.size()]; }
  ContactId contact() { return {1 + random_() % (calls_ + 1)}; }
  Request request(const std::string& actor) { return room_.request(actor); }

  void one() {
    const std::string id = who();
    switch (random_() % 24) {
      case 0: case 1: case 2: case 3: case 4:
        ++calls_;
        legs_.push_back(room_.call(random_() % 2 ? "999" : "101", "+4420794600" + std::to_string(10 + random_() % 30)));
        break;
      case 5: case 6: case 7: case 8: room_.event(LegAnswered{leg()}); break;
      case 9: room_.event(LegFailed{leg(), static_cast<LegFailure>(random_() % 6), 486}); break;
      case 10: case 11: case 12: room_.event(LegEnded{leg(), static_cast<LegEnd>(random_() % 3)}); break;
      case 13: room_.event(SignOn{request(id), {id}, {random_() % 2 ? "all" : "general"}, "c", random_() % 2 == 0}); break;
      case 14: case 15: room_.event(GoReady{request(id), {id}}); break;
      case 16: room_.event(random_() % 2 ? Event{GoNotReady{request(id), {id}, "break"}} : Event{SignOff{request(id), {id}, ""}}); break;
      case 17: room_.event(AcceptOffer{request(id), {id}, offers_[id]}); break;
      case 18: room_.event(random_() % 4 ? Event{FinishWrapUp{request(id), {id}}} : Event{DeclineOffer{request(id), {id}, offers_[id]}}); break;
      case 19: room_.event(random_() % 2 ? Event{PhoneBound{{id}}} : Event{PhoneUnbound{{id}}}); break;
      case 20: room_.event(random_() % 2 ? Event{ConsoleAttached{{id}, "c"}} : Event{ConsoleLost{{id}, "c"}}); break;
      case 21: supervise(id); break;
      case 22: room_.event(ReleaseCall{request(id), {id}, room_.core.handler({id})->now.contact}); break;
      case 23: reload(); break;
    }
  }
  void supervise(const std::string& id) {
    switch (random_() % 4) {
      case 0: room_.event(Reprioritise{request("m"), contact(), static_cast<Grade>(random_() % 5), "r"}); break;
      case 1: room_.event(MoveContact{request("m"), contact(), {random_() % 2 ? "emergency" : "general"}, "r"}); break;
      case 2: room_.event(WithdrawContact{request("m"), contact(), "r"}); break;
      case 3: room_.event(AssignHandler{request("m"), {id}, {{random_() % 2 ? "emergency" : "general"}}, "r"}); break;
    }
  }
  void reload() {
    if (random_() % 4) return;
    Options changed = options_;
    changed.pools[0].reserve.handlers = static_cast<double>(random_() % 8) / 4;
    if (random_() % 2) changed.handlers.erase(changed.handlers.begin() + static_cast<long>(random_() % 12));
    if (random_() % 4 == 0) {
      changed.queues.pop_back();
      changed.queues[0].full = {OverflowKind::reject, {}, 503};
      changed.triage[1].queue = {"emergency"};
      changed.roles = {{{"all"}, {{"emergency"}}, false}, {{"general"}, {{"emergency"}}, false}};
    }
    room_.configure(changed);
  }

  std::mt19937 random_;
  Options options_;
  Room room_;
  std::string bytes_;
  std::vector<LegId> legs_;
  std::map<std::string, OfferId> offers_;
  std::uint64_t calls_ = 0;
};

}  // namespace

TEST_CASE("whatever happens in whatever order, the invariants hold and decisions repeat byte for byte") {
  const auto seed = GENERATE(range(1u, 41u));
  CAPTURE(seed);
  const std::string first = RandomLife{seed}.run(1500);
  CHECK(first.size() > 10'000);
  CHECK(first == RandomLife{seed}.run(1500));
}
