#include "service/job_queue.hpp"

#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>

namespace pledge::service {
namespace {
constexpr int niceness = 10;
}

JobQueue::JobQueue(std::size_t bound) : bound_(bound), thread_([this] { run(); }) {}

bool JobQueue::push(Job job) {
  const std::lock_guard lock{mutex_};
  if (stopping_ || jobs_.size() >= bound_) return false;
  jobs_.push_back(std::move(job));
  changed_.notify_one();
  return true;
}

void JobQueue::stop() {
  std::deque<Job> dropped;  // outside the lock: a job may own much
  {
    const std::lock_guard lock{mutex_};
    stopping_ = true;
    dropped.swap(jobs_);
    changed_.notify_one();
  }
  if (thread_.joinable()) thread_.join();
}

void JobQueue::run() {
  ::pthread_setname_np(::pthread_self(), "planner");
  (void)::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), niceness);  // of this thread (setpriority(2)): calls come first
  std::unique_lock lock{mutex_};
  for (;;) {
    changed_.wait(lock, [this] { return stopping_ || !jobs_.empty(); });
    if (stopping_) return;
    Job job = std::move(jobs_.front());
    jobs_.pop_front();
    lock.unlock();
    job();
    job = nullptr;
    lock.lock();
  }
}

}  // namespace pledge::service
