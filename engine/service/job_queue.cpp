#include "service/job_queue.hpp"

namespace pledge::service {

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
