#include "journal/group_sync.hpp"

#include <pthread.h>

namespace pledge::journal {

GroupSync::GroupSync(const runtime::JournalOptions& options, Directory directory, std::shared_ptr<File> file,
                     Hooks hooks)
    : options_(options), directory_(std::move(directory)), hooks_(std::move(hooks)) {
  work_.current = std::move(file);
  thread_ = std::thread([this] { run(); });
  pthread_setname_np(thread_.native_handle(), "journal");
}

GroupSync::~GroupSync() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void GroupSync::when_synced(std::function<void()> done) {
  bool first;
  {
    std::lock_guard lock(mutex_);
    first = work_.waiting.empty();
    work_.waiting.push_back(std::move(done));
  }
  if (first) wake_.notify_one();
}

void GroupSync::go_on_in(std::shared_ptr<File> file) {
  {
    std::lock_guard lock(mutex_);
    work_.finished.push_back(std::exchange(work_.current, std::move(file)));
  }
  written();
  wake_.notify_one();
}

void GroupSync::run() {
  for (bool more = true; more;) {
    Work work;
    more = wait_for_work(work);
    carry_out(work);
  }
}

// False when this is the last.
bool GroupSync::wait_for_work(Work& work) {
  std::unique_lock lock(mutex_);
  const auto something = [&] { return stopping_ || !work_.waiting.empty() || !work_.finished.empty(); };
  wake_.wait_for(lock, options_.sync_at_least_every, something);
  wake_.wait_until(lock, last_sync_ + options_.group_commit_gap, [&] { return stopping_; });
  work.waiting.swap(work_.waiting);
  work.finished.swap(work_.finished);
  work.current = work_.current;
  return !stopping_;
}

void GroupSync::carry_out(Work& work) {
  for (const auto& file : work.finished) {
    file->finish();
    check("sync", file->sync());
  }
  if (!work.finished.empty() || last_sync_ == Clock::time_point{}) {
    check("sync", directory_.sync());  // a new file's name
    if (auto deleted = directory_.delete_old(options_, work.current->path()); !deleted.empty())
      hooks_.deleted(std::move(deleted));
  }
  // After a change of file the flag may have been taken by a sync of the former one.
  if (dirty_.exchange(false, std::memory_order_relaxed) || !work.finished.empty()) {
    last_sync_ = Clock::now();
    check("sync", work.current->sync());
    syncs_.fetch_add(1, std::memory_order_relaxed);
  }
  if (!work.waiting.empty()) hooks_.synced(std::move(work.waiting));
  const auto error = work.current->preallocate(options_.preallocate_bytes);
  if (error && !preallocation_failed_) hooks_.failed("preallocate", error);
  preallocation_failed_ = static_cast<bool>(error);
}

void GroupSync::check(std::string_view what, std::error_code error) {
  if (error) hooks_.failed(what, error);
}

}  // namespace pledge::journal
