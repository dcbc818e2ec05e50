#pragma once
// A journal in a directory of its own, with a loop that the test turns by hand.
#include <unistd.h>

#include <condition_variable>
#include <deque>
#include <filesystem>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "core/render.hpp"
#include "journal/journal.hpp"
#include "journal/reader.hpp"

namespace fixture {
using namespace pledge;

class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    std::string name = (std::filesystem::temp_directory_path() / "pledge-journal-XXXXXX").string();
    if (::mkdtemp(name.data()) != nullptr) path_ = name;
  }
  ~TemporaryDirectory() { std::filesystem::remove_all(path_); }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

// Stands for the loop: what other threads post is run by the test.
class Loop {
 public:
  void post(std::function<void()> what) {
    std::lock_guard lock(mutex_);
    posted_.push_back(std::move(what));
    wake_.notify_one();
  }
  void run_one() {
    std::unique_lock lock(mutex_);
    wake_.wait(lock, [&] { return !posted_.empty(); });
    auto what = std::move(posted_.front());
    posted_.pop_front();
    lock.unlock();
    what();
  }
  void run_until(const std::function<bool()>& done) {
    while (!done()) run_one();
  }

 private:
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> posted_;
};

struct Kept {
  TemporaryDirectory directory;
  runtime::JournalOptions options;
  Loop loop;
  std::vector<core::Alarm> alarms;
  std::unique_ptr<journal::Journal> journal;

  Kept() { options.directory = directory.path() / "journal"; }
  void open(core::Time now = core::Time{1'700'000'000'000'000'000}) {
    auto opened = journal::Journal::open(
        options, now,
        {[this](auto what) { loop.post(std::move(what)); }, [this](core::Alarm a) { alarms.push_back(a); }});
    if (!opened) throw std::runtime_error(opened.error());
    journal = std::move(*opened);
  }
  std::vector<std::filesystem::path> files() const { return *journal::find_files({options.directory}); }
  bool alarmed(std::string_view kind) const {
    return std::any_of(alarms.begin(), alarms.end(), [&](const auto& a) { return a.kind == kind; });
  }
};

// All records of a file; faults go to `faults`.
inline std::vector<journal::Record> read(const std::filesystem::path& path,
                                         std::vector<journal::Fault>* faults = nullptr) {
  std::vector<journal::Record> records;
  const auto file = journal::MappedFile::open(path);
  if (!file) throw std::runtime_error(file.error());
  journal::Records reader(file->bytes());
  for (auto next = reader.next(); !std::holds_alternative<journal::End>(next); next = reader.next()) {
    if (auto* record = std::get_if<journal::Record>(&next)) records.push_back(std::move(*record));
    else if (faults != nullptr) faults->push_back(std::get<journal::Fault>(next));
    else throw std::runtime_error(std::get<journal::Fault>(next).text);
  }
  return records;
}

inline core::Event configured(const std::string& version) {
  auto options = std::make_shared<core::Options>();
  options->version = version;
  return core::Configured{std::move(options), {}};
}

}  // namespace fixture
