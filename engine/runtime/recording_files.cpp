#include "runtime/recording_files.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <functional>
#include <memory>
#include <system_error>

namespace pledge::runtime {
namespace {

constexpr std::size_t date_digits = 8, longest_name = 64;
constexpr std::string_view audio = ".wav";

bool digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool is_day(std::string_view name) {
  return name.size() == 10 && name[4] == '-' && name[7] == '-' && digits(name.substr(0, 4)) && digits(name.substr(5, 2)) &&
         digits(name.substr(8, 2));
}

struct CloseDirectory {
  void operator()(DIR* directory) const { ::closedir(directory); }
};
using Directory = std::unique_ptr<DIR, CloseDirectory>;

std::string_view without(std::string_view name, std::string_view suffix) {
  if (!name.ends_with(suffix)) return {};
  name.remove_suffix(suffix.size());
  return name;
}

// Itself never a symbolic link.
Directory open_directory(int at, const char* name) {
  const int descriptor = ::openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (descriptor < 0) return nullptr;
  DIR* directory = ::fdopendir(descriptor);
  if (directory == nullptr) ::close(descriptor);
  return Directory(directory);
}

std::vector<std::string> names_in(DIR* directory, const std::function<bool(std::string_view)>& wanted) {
  std::vector<std::string> names;
  while (const dirent* entry = ::readdir(directory))
    if (wanted(entry->d_name)) names.emplace_back(entry->d_name);
  std::sort(names.begin(), names.end());
  return names;
}

// The directory itself may be a link that the operator made.
Directory open_top(const std::string& directory) { return Directory(::opendir(directory.c_str())); }

// "NAME.wav", "NAME.json", and what a crash left: "NAME.interrupted.wav", "NAME.json.part".
bool is_recordings_file(std::string_view name) {
  std::string_view stem = without(name, audio);
  if (const auto interrupted = without(stem, ".interrupted"); !interrupted.empty()) stem = interrupted;
  for (const auto* ending : {".json", ".json.part"})
    if (stem.empty()) stem = without(name, ending);
  return is_recording_name(stem);
}

void remove_old(int day, const std::string& name, core::Time oldest, Removed& removed) {
  struct stat facts{};
  if (::fstatat(day, name.c_str(), &facts, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(facts.st_mode)) return;
  const core::Time written{facts.st_mtim.tv_sec * 1'000'000'000 + facts.st_mtim.tv_nsec};
  if (written >= oldest) return;
  if (::unlinkat(day, name.c_str(), 0) == 0) {
    ++removed.files;
    removed.bytes += static_cast<std::uint64_t>(facts.st_size);
  } else if (removed.fault.empty()) {
    removed.fault = name + ": " + std::system_category().message(errno);
  }
}

}  // namespace

bool is_recording_name(std::string_view name) {
  if (name.size() > longest_name) return false;
  const auto first = name.find('-');
  const auto second = name.find('-', first + 1);
  if (first != date_digits || second == std::string_view::npos) return false;
  return digits(name.substr(0, first)) && digits(name.substr(first + 1, second - first - 1)) && digits(name.substr(second + 1));
}

std::string recording_day(std::string_view name) {
  return std::string(name.substr(0, 4)) + "-" + std::string(name.substr(4, 2)) + "-" + std::string(name.substr(6, 2));
}

std::string recording_stem(std::string_view name) { return recording_day(name) + "/" + std::string(name); }

std::vector<std::string> list_recordings(const std::string& directory, std::string_view after, std::size_t most) {
  std::vector<std::string> found;
  const auto top = open_top(directory);
  if (!top) return found;
  const std::string first_day = is_recording_name(after) ? recording_day(after) : std::string{};
  for (const auto& day : names_in(top.get(), [&](std::string_view name) { return is_day(name) && name >= first_day; })) {
    const auto folder = open_directory(::dirfd(top.get()), day.c_str());
    if (!folder) continue;
    const auto wanted = [&](std::string_view name) {
      const auto stem = without(name, audio);
      return is_recording_name(stem) && stem > after;
    };
    for (const auto& name : names_in(folder.get(), wanted)) {
      if (found.size() >= most) return found;
      found.emplace_back(without(name, audio));
    }
  }
  return found;
}

Removed remove_recordings(const std::string& directory, core::Time oldest) {
  Removed removed;
  const auto top = open_top(directory);
  if (!top) return removed;
  for (const auto& day : names_in(top.get(), is_day)) {
    const auto folder = open_directory(::dirfd(top.get()), day.c_str());
    if (!folder) continue;
    const auto before = removed.files;
    for (const auto& name : names_in(folder.get(), is_recordings_file)) remove_old(::dirfd(folder.get()), name, oldest, removed);
    // Fails while anything is left in it, which is as it should be.
    if (removed.files > before) (void)::unlinkat(::dirfd(top.get()), day.c_str(), AT_REMOVEDIR);
  }
  return removed;
}

}  // namespace pledge::runtime
