#pragma once
// The floor as a watcher knows it: built from the snapshot and deltas of SupervisionService.Watch and the figures of
// StatisticsService, and drawn as one screen. Pure.
#include <deque>
#include <map>

#include "pledge/v1/statistics.pb.h"
#include "pledge/v1/supervision.pb.h"
#include "tools/pledge/view/text.hpp"

namespace pledge::view {

struct Floor {
  std::vector<v1::Queue> queues;  // in configured order
  std::map<std::uint64_t, v1::Contact> contacts;
  std::map<std::string, v1::Handler> handlers;
  std::vector<v1::Pool> pools;
  v1::ServiceState service_state;
  std::deque<v1::Alarm> alarms;  // latest first, a few
  std::uint64_t sequence = 0;
  bool complete = false;  // a whole snapshot has arrived

  void apply(const v1::WatchResponse& response);

 private:
  template <class Message>
  void take(const Message& message);
  void keep(const v1::Contact& contact);
  bool in_snapshot_ = false;
};

// One queue's figures over some time.
struct Level {
  std::uint64_t offered = 0, answered = 0, abandoned = 0, abandoned_short = 0, within = 0, counted = 0;
  std::optional<double> share() const;  // nothing counted: none
};
// Sums the intervals of each queue; `counted` follows the answer's abandonment rule.
std::map<std::string, Level> levels(const v1::GetQueueStatisticsResponse& answer);

struct FloorFigures {
  std::vector<std::string> order;       // of the queues, as configured
  std::map<std::string, Level> recent;  // rolling 15 minutes
  std::map<std::string, Level> today;
  std::string rule;  // how abandoned calls count
};

struct FloorView {
  core::Time now;
  Size size;
  Paint paint;
  std::string status;     // "live, q leaves"
  std::string trouble{};  // why the picture is not what it was, in a line of its own; empty: all is well
};
Frame draw(const Floor& floor, const FloorFigures& figures, const FloorView& view);

}  // namespace pledge::view
