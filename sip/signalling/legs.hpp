#pragma once
// The live legs by id, their deadlines, and what a leg has of the world around it.
// clang-format off
#include <utility>  // before Asio: g++ 12 with C++20 needs it
// clang-format on
#include <boost/asio/io_context.hpp>
#include <functional>
#include <map>
#include <memory>
#include <unordered_map>
#include <vector>

#include "core/types.hpp"
#include "runtime/lazy_alarm.hpp"
#include "runtime/media_port.hpp"
#include "runtime/ports.hpp"
#include "sip/signalling/agent.hpp"

namespace pledge::signalling {

class Leg;

class LegTable {
 public:
  explicit LegTable(boost::asio::io_context& io);
  ~LegTable();
  LegTable(const LegTable&) = delete;
  LegTable& operator=(const LegTable&) = delete;

  void add(std::unique_ptr<Leg> leg);
  Leg* find(core::LegId id) const;
  // The leg is gone at once and destroyed after the present callback: the library may still be inside of it.
  void retire(core::LegId id);
  // The leg is gone, but lives on to see the answer to its BYE; then to be dismissed, by itself.
  void linger(core::LegId id);
  void dismiss(core::LegId id);
  std::size_t size() const { return legs_.size(); }
  void for_each(const std::function<void(Leg&)>& visit) const;

 private:
  using Legs = std::unordered_map<core::LegId, std::unique_ptr<Leg>>;
  void take_from(Legs& legs, core::LegId id);

  boost::asio::io_context& io_;
  Legs legs_, lingering_;
  std::vector<std::unique_ptr<Leg>> retired_;
  std::shared_ptr<LegTable*> self_;
};

// One alarm for all legs: at most one deadline each, by the engine's clock.
class LegDeadlines {
 public:
  LegDeadlines(boost::asio::io_context& io, const runtime::Clock& clock, std::function<void(core::LegId)> due);

  void set(core::LegId leg, std::chrono::milliseconds after);  // replaces the former one
  void clear(core::LegId leg);
  void serve();  // what is due; called by its own alarm, and at least as often as the clock may be ahead of that

 private:
  void arm();

  const runtime::Clock& clock_;
  std::function<void(core::LegId)> due_;
  std::multimap<core::Time, core::LegId> by_time_;
  std::unordered_map<core::LegId, std::multimap<core::Time, core::LegId>::iterator> by_leg_;
  runtime::LazyAlarm alarm_;
};

// What legs and requests have of the world. Lives as long as the adapter.
struct Shell {
  Agent& agent;
  runtime::EventSink& events;
  runtime::MediaPort& media;
  const runtime::Clock& clock;
  const runtime::SignallingOptions& options;
  SignallingCounters& counters;
  LegTable& legs;
  LegDeadlines& deadlines;
  std::function<void(const std::string& kind, const std::string& text)> alarm;
  runtime::LegStatePort* records = nullptr;  // null: nobody takes legs up after a crash

  // By class; 0 (nothing sent yet) counts nowhere.
  void count_response(int status) const {
    if (status >= 100 && status < 700) ++counters.responses_sent[static_cast<std::size_t>(status / 100)];
  }
};

}  // namespace pledge::signalling
