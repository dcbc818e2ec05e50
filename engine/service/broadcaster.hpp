#pragma once
// The supervision picture and its watchers. Lives on the service's own thread: everything here is called on it, so
// that a snapshot of ten thousand calls or five hundred writes never hold the loop up. Private to the service.
//
// Each watcher gets what changed since its last message, once in `batch_gap`. The watchers take turns, so that five
// hundred of them are a steady trickle of writes: all at once they would keep every processor from an offer that is
// made meanwhile.
// clang-format off: Asio uses std::exchange without saying so
#include <utility>
// clang-format on
#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "pledge/v1/supervision.pb.h"
#include "runtime/service_options.hpp"
#include "service/convert.hpp"
#include "service/stream.hpp"

namespace pledge::service {

// One turn's changes from the loop.
struct Batch {
  v1::Delta delta;
  core::Time time;
  std::uint64_t changes = 0;  // counted since the engine's start
  bool complete = true;       // with it, the picture is the core's; false while a first gathering goes on
};

// Turns of the watchers in one `batch_gap`, and batches from the loop.
inline constexpr int watcher_turns = 6;
// Bytes of one message, unless a single thing in it has more: far below the 4 MB that gRPC's clients take.
inline constexpr std::size_t message_bytes = 262'144;

class Broadcaster : public std::enable_shared_from_this<Broadcaster> {
 public:
  // `there` runs on the service's thread. `epoch` tells this run's resume tokens from another's.
  Broadcaster(boost::asio::io_context& there, const runtime::ServiceOptions& options, core::Time epoch);

  // The picture begins anew: what came before cannot be resumed.
  void reset();
  void apply(Batch batch);
  void join(std::shared_ptr<Stream> stream, const std::string& resume_token, core::Time now);
  void leave(const std::shared_ptr<Stream>& stream);
  void heartbeat(core::Time now);  // if nothing else was sent since the last one
  // Cuts dropped streams whose time is up.
  void sweep(core::Time now);
  void cut_later(std::shared_ptr<Stream> stream, core::Time now);
  void end_all(const grpc::Status& status);

  std::uint64_t dropped() const { return dropped_.load(std::memory_order_relaxed); }  // any thread

 private:
  using Steady = std::chrono::steady_clock;
  struct Kept {
    std::uint64_t number;
    grpc::Slice bytes;
    bool begins;  // a message: what it says must not be read together with what came before
  };
  struct Watcher {
    std::shared_ptr<Stream> stream;
    std::uint64_t sent;  // the last batch that it was sent
    Steady::time_point written;
  };
  std::string token() const;
  void merge(const v1::Delta& delta);
  void keep(const grpc::Slice& bytes, bool begins);
  std::vector<Message> since(std::uint64_t number) const;
  bool send(Watcher& watcher, const std::vector<Message>& messages);
  void drop_ended();
  void arm();
  void turn();
  bool behind() const;
  std::vector<Message> snapshot(core::Time now) const;
  void resume(const std::shared_ptr<Stream>& stream, const std::string& token);
  void welcome(std::shared_ptr<Stream> stream, core::Time now);

  const runtime::ServiceOptions& options_;
  boost::asio::steady_timer turn_;
  bool taking_turns_ = false;
  core::Time now_{};  // of the last batch or beat
  std::string epoch_;
  std::uint64_t number_ = 0;  // of the last batch
  std::uint64_t changes_ = 0;
  bool complete_ = false;

  std::unordered_map<std::uint64_t, v1::Contact> contacts_;
  std::map<std::string, v1::Handler> handlers_;
  std::map<std::string, v1::Queue> queues_;
  std::map<std::string, v1::Pool> pools_;
  v1::ServiceState service_state_;

  std::deque<Kept> ring_;
  std::size_t ring_bytes_ = 0;
  std::vector<Watcher> watchers_;
  std::size_t next_ = 0;  // watcher to be looked at first in the next turn
  std::vector<std::shared_ptr<Stream>> waiting_;  // for a complete picture
  std::vector<std::pair<core::Time, std::shared_ptr<Stream>>> to_cut_;
  bool sent_since_heartbeat_ = false;
  std::atomic<std::uint64_t> dropped_{0};
};

}  // namespace pledge::service
