#include "journal/file.hpp"

#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace pledge::journal {
namespace fs = std::filesystem;
namespace {

constexpr std::string_view extension = ".journal";

std::error_code last_error() { return {errno, std::generic_category()}; }

tl::unexpected<std::string> fault(const std::string& path, std::string_view what) {
  return tl::unexpected(fmt::format("journal directory {}: {}: {}", path, what, last_error().message()));
}

}  // namespace

Descriptor::~Descriptor() {
  if (fd_ >= 0) ::close(fd_);
}

tl::expected<std::shared_ptr<File>, std::error_code> File::create(const fs::path& path) {
  Descriptor fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640));
  if (fd.get() < 0) return tl::unexpected(last_error());
  return std::make_shared<File>(std::move(fd), path);
}

std::error_code File::append(std::string_view bytes) {
  const std::uint64_t start = size();
  for (std::uint64_t at = start; !bytes.empty();) {
    const ssize_t written = ::pwrite(fd_.get(), bytes.data(), bytes.size(), static_cast<off_t>(at));
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) {
      const auto error = written < 0 ? last_error() : std::make_error_code(std::errc::no_space_on_device);
      if (at != start && ::ftruncate(fd_.get(), static_cast<off_t>(start)) != 0) return error;  // read as a torn tail
      return error;
    }
    at += static_cast<std::uint64_t>(written);
    bytes.remove_prefix(static_cast<std::size_t>(written));
    if (bytes.empty()) size_.store(at, std::memory_order_relaxed);
  }
  return {};
}

std::error_code File::sync() { return ::fdatasync(fd_.get()) == 0 ? std::error_code{} : last_error(); }

std::error_code File::preallocate(std::uint64_t ahead) {
  const std::uint64_t end = size();
  if (!can_preallocate_ || ahead == 0 || end + ahead / 2 < allocated_) return {};
  if (::fallocate(fd_.get(), FALLOC_FL_KEEP_SIZE, static_cast<off_t>(end), static_cast<off_t>(ahead)) == 0) {
    allocated_ = end + ahead;
    return {};
  }
  const auto error = last_error();
  can_preallocate_ = error == std::errc::no_space_on_device || error == std::errc::interrupted;
  return can_preallocate_ ? error : std::error_code{};  // some file systems cannot; that is no fault
}

void File::finish() {
  if (::ftruncate(fd_.get(), static_cast<off_t>(size())) != 0) return;  // costs space, nothing else
}

tl::expected<Directory, std::string> Directory::open(const std::string& path) {
  Directory made;
  made.path_ = path;
  if (::mkdir(path.c_str(), 0750) != 0 && errno != EEXIST)
    return fault(path, "cannot be made (make its parent, or name another in [journal] directory)");
  made.directory_ = Descriptor(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (made.directory_.get() < 0) return fault(path, "cannot be opened");
  made.lock_ = Descriptor(::open((made.path_ / "lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0640));
  if (made.lock_.get() < 0) return fault(path, "cannot be written to (give this user the right to, or name another)");
  if (::flock(made.lock_.get(), LOCK_EX | LOCK_NB) != 0)
    return fault(path, "another engine keeps its journal here (stop it, or name another directory)");
  return made;
}

tl::expected<std::shared_ptr<File>, std::error_code> Directory::create_file(core::Time run_started,
                                                                            std::uint32_t file_in_run) {
  return File::create(path_ / file_name(run_started, file_in_run));
}

std::error_code Directory::sync() { return ::fsync(directory_.get()) == 0 ? std::error_code{} : last_error(); }

std::vector<fs::path> Directory::delete_old(const runtime::JournalOptions& options, const fs::path& current) const {
  struct Closed {
    fs::path path;
    std::uint64_t bytes;
    fs::file_time_type written;
  };
  std::vector<Closed> closed;
  std::uint64_t total = 0;
  std::error_code ignored;  // a file that cannot be looked at is not ours to delete
  for (const auto& path : files_in(path_)) {
    if (path == current) continue;
    closed.push_back({path, fs::file_size(path, ignored), fs::last_write_time(path, ignored)});
    if (ignored) closed.pop_back();
    else total += closed.back().bytes;
  }
  std::vector<fs::path> deleted;
  const auto now = fs::file_time_type::clock::now();
  for (const auto& file : closed) {
    const bool old = options.keep_for.count() > 0 && now - file.written > options.keep_for;
    if (!old && (options.keep_bytes == 0 || total <= options.keep_bytes)) continue;
    if (fs::remove(file.path, ignored)) deleted.push_back(file.path);
    total -= file.bytes;
  }
  return deleted;
}

std::string file_name(core::Time run_started, std::uint32_t file_in_run) {
  const auto ms = run_started.ns / 1'000'000;
  return fmt::format("{:%Y%m%dT%H%M%S}.{:03}Z-{:04}{}", fmt::gmtime(static_cast<std::time_t>(ms / 1000)), ms % 1000,
                     file_in_run, extension);
}

std::vector<fs::path> files_in(const fs::path& directory) {
  std::vector<fs::path> found;
  std::error_code error;
  for (fs::directory_iterator at(directory, error), end; !error && at != end; at.increment(error))
    if (at->path().extension() == extension) found.push_back(at->path());
  std::sort(found.begin(), found.end());
  return found;
}

}  // namespace pledge::journal
