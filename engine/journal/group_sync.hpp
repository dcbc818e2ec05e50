#pragma once
// The journal's own thread: puts on disk what the loop has written, many records with one fdatasync, takes disk space
// ahead of the writing and deletes old files. Private to the journal.
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "journal/file.hpp"

namespace pledge::journal {

class GroupSync {
 public:
  // All are run on the journal's thread; they hand over to the loop.
  struct Hooks {
    std::function<void(std::vector<std::function<void()>>)> synced;      // these waited, and it is done
    std::function<void(std::string_view what, std::error_code)> failed;  // "sync", "preallocate"
    std::function<void(std::vector<std::filesystem::path>)> deleted;
  };
  GroupSync(const runtime::JournalOptions& options, Directory directory, std::shared_ptr<File> file, Hooks hooks);
  ~GroupSync();  // puts everything on disk, runs what waits for it, then ends

  Directory& directory() { return directory_; }  // create_file() is for the loop

  // ---- on the loop's thread; none of them waits for the disk ----
  void written() { dirty_.store(true, std::memory_order_relaxed); }
  void when_synced(std::function<void()> done);
  void go_on_in(std::shared_ptr<File> file);  // the former file gets no more
  std::uint64_t syncs() const { return syncs_.load(std::memory_order_relaxed); }

 private:
  using Clock = std::chrono::steady_clock;
  struct Work {
    std::vector<std::function<void()>> waiting;
    std::vector<std::shared_ptr<File>> finished;
    std::shared_ptr<File> current;
  };
  void run();
  bool wait_for_work(Work& work);
  void carry_out(Work& work);
  void check(std::string_view what, std::error_code error);

  const runtime::JournalOptions options_;
  Directory directory_;
  const Hooks hooks_;
  std::atomic<bool> dirty_{true};  // written since the last sync; the file's head is, from the start
  std::atomic<std::uint64_t> syncs_{0};
  std::mutex mutex_;
  std::condition_variable wake_;
  Work work_;              // guarded by mutex_
  bool stopping_ = false;  // guarded by mutex_
  Clock::time_point last_sync_{};
  bool preallocation_failed_ = false;
  std::thread thread_;
};

}  // namespace pledge::journal
