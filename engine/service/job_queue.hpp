#pragma once
// Heavy work, one job after the other on a thread of its own, so that neither the loop nor gRPC's threads wait for it. Private to the
// service.
#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace pledge::service {

class JobQueue {
 public:
  using Job = std::function<void()>;

  // At most `bound` jobs wait; the one that runs is none of them.
  explicit JobQueue(std::size_t bound);
  ~JobQueue() { stop(); }

  // Any thread. False, and nothing is done: so many wait already, or it has been stopped.
  bool push(Job job);
  // Jobs ask it and give up. Any thread.
  bool stopping() const { return stopping_.load(std::memory_order_relaxed); }
  // Waits for the job that runs; those that wait are dropped. Not from a job.
  void stop();

 private:
  void run();

  const std::size_t bound_;
  std::atomic<bool> stopping_{false};
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Job> jobs_;
  std::thread thread_;
};

}  // namespace pledge::service
