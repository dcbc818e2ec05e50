#pragma once
// What /metrics shows. Counted from the core's actions as they pass. Private to the service; used on the loop only.
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/core.hpp"
#include "service/history.hpp"
#include "service/service.hpp"

namespace pledge::service {

class Metrics {
 public:
  void configure(const core::Options& options);
  void observe(const ContactRecord& contact);  // after each change
  void observe(const core::HandlerChanged& change);
  void observe(const core::Decision& decision) { ++decisions_[decision.kind]; }
  void observe(const core::OfferEnded& offer) { ++offers_[offer.end]; }
  void observe(const core::Replied& reply) { ++replies_[reply.refusal]; }
  void observe(const core::Alarm& alarm);

  // The page in Prometheus' text format. `more` are samples that others keep.
  std::string page(core::Time now, const core::Core& core, const std::vector<Metric>& more) const;

 private:
  struct Queue {
    core::Duration target{};
    std::uint64_t entered = 0, answered = 0, within_target = 0;
    std::map<std::string, std::uint64_t> ended;      // by how
    std::map<core::ContactState, std::int64_t> now;  // live contacts by state
    std::vector<std::uint64_t> waits;                // of answered calls, by bucket
    double waits_sum = 0;
  };
  struct Contact {
    core::QueueId queue;
    core::ContactState state = core::ContactState::arrived;
    bool answered = false;
  };
  class Page;
  static void put_queue(Page& page, const core::QueueId& id, const Queue& queue);
  static void put_views(Page& page, core::Time now, const core::Core& core);
  static void answered(Queue& queue, const core::ContactChanged& change);

  std::map<core::QueueId, Queue> queues_;
  std::unordered_map<core::ContactId, Contact> contacts_;
  std::unordered_map<core::HandlerId, core::HandlerState> handlers_;
  std::map<core::DecisionKind, std::uint64_t> decisions_;
  std::map<core::OfferEnd, std::uint64_t> offers_;
  std::map<core::Refusal, std::uint64_t> replies_;
  std::map<std::string, std::uint64_t> alarms_;
};

}  // namespace pledge::service
