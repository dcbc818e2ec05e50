#pragma once
// Gathers what changed on the loop and hands it to the broadcaster in batches, while anybody watches. Private to the
// service; used on the loop only.
// clang-format off: Asio uses std::exchange without saying so
#include <utility>
// clang-format on
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <map>
#include <memory>
#include <unordered_set>

#include "runtime/alarm_limit.hpp"
#include "runtime/ports.hpp"
#include "service/broadcaster.hpp"
#include "service/history.hpp"

namespace pledge::service {

class Feed : public std::enable_shared_from_this<Feed> {
 public:
  // `there` is the io_context of the service's thread, where the broadcaster lives.
  Feed(boost::asio::io_context& loop, boost::asio::io_context& there, std::shared_ptr<Broadcaster> broadcaster,
       const core::Core& core, const runtime::Clock& clock, const runtime::ServiceOptions& options,
       const History& history);

  void join(std::shared_ptr<Stream> stream, std::string resume_token);
  void left();  // a watcher's stream has ended

  void changed(const std::shared_ptr<ContactRecord>& contact);
  void changed(const core::HandlerId& handler);
  void changed(const core::ServiceStateChanged& state);
  void alarm(core::Time now, const core::Alarm& alarm);
  void reconfigured();
  void stop();

 private:
  void note();  // something changed: a batch is due
  void activate();
  void turn();
  void gather(v1::Delta& delta);
  void gather_queues(v1::Delta& delta);

  boost::asio::io_context& loop_;
  boost::asio::io_context& there_;
  std::shared_ptr<Broadcaster> broadcaster_;
  const core::Core& core_;
  const runtime::Clock& clock_;
  const runtime::ServiceOptions& options_;
  const History& history_;
  boost::asio::steady_timer gap_, linger_;

  bool active_ = false, due_ = false, whole_ = false, stopped_ = false;
  std::uint32_t watchers_ = 0;
  std::uint64_t changes_ = 0;
  std::vector<std::shared_ptr<ContactRecord>> contacts_;
  std::unordered_set<core::HandlerId> handlers_;
  runtime::AlarmLimit alarms_;
  std::unique_ptr<v1::Delta> next_;  // alarms and service state gather here
  std::map<core::QueueId, core::QueueView> queues_sent_;
  std::map<core::PoolId, core::PoolView> pools_sent_;
};

}  // namespace pledge::service
