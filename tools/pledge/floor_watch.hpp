#pragma once
// The floor kept current: the watch stream with its resume token, found again after a loss, and the figures beside it.
#include <atomic>
#include <chrono>
#include <memory>

#include "tools/pledge/client.hpp"
#include "tools/pledge/feed.hpp"
#include "tools/pledge/view/floor.hpp"

namespace pledge {

// Reads the statistics every two seconds on a thread of its own, so that a slow answer never holds up the screen.
class FiguresPoll {
 public:
  explicit FiguresPoll(const Client& client);
  ~FiguresPoll();
  view::FloorFigures latest() const;

 private:
  void poll();
  const Client& client_;
  mutable std::mutex mutex_;
  view::FloorFigures latest_;
  Bell stop_;
  std::thread thread_;
};
view::FloorFigures read_figures(const Client& client);  // empty where the engine does not answer

class FloorWatch {
 public:
  explicit FloorWatch(const Client& client) : client_(client) { open(); }

  int fd() const { return feed_ ? feed_->fd() : -1; }
  // Takes what arrived and opens the stream again when it broke. Returns the messages, for those who print them.
  std::vector<v1::WatchResponse> take();
  const view::Floor& floor() const { return floor_; }
  bool live() const { return live_; }
  const grpc::Status& problem() const { return problem_; }  // why it is not live
  core::Time live_since() const { return live_since_; }     // or, while it is not live, when it was lost; 0: never was
  bool was_lost() const { return was_lost_; }               // at least once

 private:
  void open();
  void live(bool now);
  const Client& client_;
  core::Time live_since_{};
  bool was_lost_ = false;
  view::Floor floor_;
  std::string token_;
  std::unique_ptr<Feed<v1::WatchResponse>> feed_;
  std::chrono::steady_clock::time_point retry_{};
  bool live_ = false;
  grpc::Status problem_;
};

}  // namespace pledge
