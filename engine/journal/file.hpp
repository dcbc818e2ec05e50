#pragma once
// One journal file being written, and the directory that holds them. Private to the journal.
#include <atomic>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <tl/expected.hpp>
#include <vector>

#include "core/types.hpp"
#include "runtime/journal_options.hpp"

namespace pledge::journal {

class Descriptor {
 public:
  explicit Descriptor(int fd = -1) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept { return std::swap(fd_, other.fd_), *this; }
  ~Descriptor();
  int get() const { return fd_; }

 private:
  int fd_;
};

// append() is for one thread; the others may be called from another meanwhile.
class File {
 public:
  // The file must not exist yet.
  static tl::expected<std::shared_ptr<File>, std::error_code> create(const std::filesystem::path& path);

  // All of it, or nothing: after an error the file is as long as before.
  std::error_code append(std::string_view bytes);
  std::uint64_t size() const { return size_.load(std::memory_order_relaxed); }

  std::error_code sync();
  // Takes disk space for `ahead` bytes after the present end where less than half of that is taken yet.
  std::error_code preallocate(std::uint64_t ahead);
  // No more will be written: gives back what was taken ahead.
  void finish();
  const std::filesystem::path& path() const { return path_; }

  File(Descriptor fd, std::filesystem::path path) : fd_(std::move(fd)), path_(std::move(path)) {}

 private:
  Descriptor fd_;
  std::filesystem::path path_;
  std::atomic<std::uint64_t> size_{0};
  std::uint64_t allocated_ = 0;
  bool can_preallocate_ = true;
};

// The journal's directory, made if missing and locked against a second engine for as long as this lives.
class Directory {
 public:
  // The error is for a person: what, where, what to do.
  static tl::expected<Directory, std::string> open(const std::string& path);

  tl::expected<std::shared_ptr<File>, std::error_code> create_file(core::Time run_started, std::uint32_t file_in_run);
  std::error_code sync();  // the names of new files are on disk
  // Deletes closed files that the options do not keep; never `current`. Returns what was deleted.
  std::vector<std::filesystem::path> delete_old(const runtime::JournalOptions& options,
                                                const std::filesystem::path& current) const;

 private:
  std::filesystem::path path_;
  Descriptor directory_, lock_;
};

// Names sort by run, then by file: "20260314T091500.250Z-0001.journal".
std::string file_name(core::Time run_started, std::uint32_t file_in_run);
// The journal files of a directory, sorted by name.
std::vector<std::filesystem::path> files_in(const std::filesystem::path& directory);

}  // namespace pledge::journal
