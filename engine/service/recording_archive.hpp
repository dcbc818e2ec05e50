#pragma once
// The recordings on disk: listed, read, and removed when they are older than they may be, on a thread of its own. Private to the
// service.
// clang-format off: Asio uses std::exchange without saying so
#include <utility>
// clang-format on
#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "pledge/v1/recording.pb.h"
#include "runtime/ports.hpp"
#include "runtime/recording_options.hpp"
#include "service/service.hpp"

namespace pledge::service {

class RecordingArchive {
 public:
  // `alarm` is called on the archive's thread.
  RecordingArchive(const runtime::RecordingOptions& options, std::function<void(core::Alarm)> alarm);
  ~RecordingArchive() { stop(); }
  void stop();  // what was posted and has not begun is dropped

  // Runs work on the archive's thread. Any thread.
  void post(std::function<void()> work);
  std::vector<Metric> metrics() const;  // any thread

  // At one time; a further one is refused.
  static constexpr int most_listeners = 32;
  std::atomic<int> listeners{0};

  // ---- on the archive's thread only
  // At most `most`, ascending, of names beyond `after`; of one day, unless that is empty. A description that cannot be read
  // comes with its name and, as its failure, why.
  std::vector<v1::Recording> list(const std::string& after, const std::string& day, std::size_t most) const;
  std::optional<v1::Recording> find(const std::string& name) const;
  std::string path_of(const std::string& name) const;  // of the audio; the name is a recording's

 private:
  void remove_old();

  const runtime::RecordingOptions options_;
  const std::function<void(core::Alarm)> alarm_;
  std::atomic<std::uint64_t> files_removed_{0}, bytes_removed_{0};
  boost::asio::io_context io_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{io_.get_executor()};
  boost::asio::steady_timer due_{io_};
  std::thread thread_;
};

}  // namespace pledge::service
