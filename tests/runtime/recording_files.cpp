// Recordings on disk: their names, their order, and the removal of old ones.
#include "runtime/recording_files.hpp"

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

using namespace pledge;
namespace fs = std::filesystem;

namespace {

struct Folder {
  Folder() {
    auto name = (fs::temp_directory_path() / "pledge-files-XXXXXX").string();
    path = ::mkdtemp(name.data());
  }
  ~Folder() { fs::remove_all(path); }
  void put(const std::string& name, std::chrono::hours old = {}) const {
    fs::create_directories((path / name).parent_path());
    std::ofstream(path / name) << "12345";
    fs::last_write_time(path / name, fs::file_time_type::clock::now() - old);
  }
  bool has(const std::string& name) const { return fs::exists(fs::symlink_status(path / name)); }
  fs::path path;
};

core::Time hours_ago(int hours) {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return core::Time{std::chrono::duration_cast<std::chrono::nanoseconds>(now - std::chrono::hours(hours)).count()};
}

}  // namespace

TEST_CASE("only the core's own names are recordings") {
  CHECK(runtime::is_recording_name("20261126-172356123-17"));
  for (const auto* name : {"", "20261126-172356123-", "20261126--17", "2026112-172356123-17", "20261126-172356123-17-1", "../../etc/passwd",
                           "20261126-17235612x-17", "20261126-172356123-17/..", "20261126-172356123"})
    CHECK_FALSE(runtime::is_recording_name(name));
  CHECK_FALSE(runtime::is_recording_name("20261126-172356123-" + std::string(60, '1')));
  CHECK(runtime::recording_stem("20261126-172356123-17") == "2026-11-26/20261126-172356123-17");
}

TEST_CASE("recordings are listed in order, page by page") {
  Folder folder;
  for (const auto* name : {"2026-11-27/20261127-000000001-3.wav", "2026-11-26/20261126-172356123-17.json",
                           "2026-11-26/20261126-172356123-17.wav", "2026-11-26/20261126-180000000-18.wav",
                           "2026-11-26/20261126-180000000-20.json", "2026-11-26/other.wav", "notes/20261126-180000000-19.wav"})
    folder.put(name);
  using Names = std::vector<std::string>;
  const auto list = [&](const char* after, std::size_t most) { return runtime::list_recordings(folder.path.string(), after, most); };
  CHECK(list("", 10) == Names{"20261126-172356123-17", "20261126-180000000-18", "20261127-000000001-3"});
  CHECK(list("", 2) == Names{"20261126-172356123-17", "20261126-180000000-18"});
  CHECK(list("20261126-180000000-18", 2) == Names{"20261127-000000001-3"});
  CHECK(runtime::list_recordings((folder.path / "missing").string(), "", 5).empty());
}

TEST_CASE("old recordings are removed, and nothing else is") {
  Folder folder, elsewhere;
  folder.put("2026-11-25/20261125-100000000-1.wav", std::chrono::hours(50));
  folder.put("2026-11-25/20261125-100000000-1.json", std::chrono::hours(50));
  folder.put("2026-11-26/20261126-100000000-2.wav", std::chrono::hours(50));
  folder.put("2026-11-26/20261126-100000000-3.wav", std::chrono::hours(1));
  folder.put("2026-11-26/20261126-100000000-4.interrupted.wav", std::chrono::hours(50));
  folder.put("2026-11-26/20261126-100000000-5.wav.part", std::chrono::hours(50));
  folder.put("2026-11-26/minutes.wav", std::chrono::hours(50));
  elsewhere.put("20261124-100000000-6.wav", std::chrono::hours(50));
  fs::create_directory_symlink(elsewhere.path, folder.path / "2026-11-24");
  fs::create_symlink(elsewhere.path / "20261124-100000000-6.wav", folder.path / "2026-11-26/20261126-100000000-6.wav");
  const auto removed = runtime::remove_recordings(folder.path.string(), hours_ago(24));
  CHECK(removed.files == 4);
  CHECK(removed.bytes == 20);
  CHECK(removed.fault.empty());
  CHECK_FALSE(folder.has("2026-11-25"));
  CHECK_FALSE(folder.has("2026-11-26/20261126-100000000-2.wav"));
  for (const auto* kept : {"2026-11-26/20261126-100000000-3.wav", "2026-11-26/20261126-100000000-5.wav.part", "2026-11-26/minutes.wav",
                           "2026-11-26/20261126-100000000-6.wav", "2026-11-24/20261124-100000000-6.wav"})
    CHECK(folder.has(kept));
}
