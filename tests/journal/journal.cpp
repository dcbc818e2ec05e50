// Keeping a journal: what is appended can be read at once, files rotate and are deleted, a full disk stops nothing.
#include "journal/journal.hpp"

#include <sys/resource.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <fstream>

#include "journal/filled.hpp"
#include "journal/fixture.hpp"

using namespace pledge;
using namespace fixture;
using journal::Gap;

namespace {
constexpr core::Time start{1'700'000'000'000'000'000};
core::Time at(int ms) { return start + std::chrono::milliseconds(ms); }
const core::Event& event_of(const journal::Record& record) { return std::get<core::Event>(record.content); }

// Files of this process cannot grow beyond `bytes`, as if the disk were full.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(std::uint64_t bytes) : former_handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &former_);
    const rlimit limit{bytes, former_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() { lift(), std::signal(SIGXFSZ, former_handler_); }
  void lift() { ::setrlimit(RLIMIT_FSIZE, &former_); }

 private:
  rlimit former_{};
  void (*former_handler_)(int);
};
}  // namespace

TEST_CASE("an event can be read back as soon as append returns, synchronised or not") {
  Kept kept;
  kept.open();
  const auto events = filled::events();
  for (std::size_t i = 0; i < events.size(); ++i) {
    kept.journal->append(at(static_cast<int>(i)), events[i], "actions " + std::to_string(i));
    const auto records = read(kept.files().front());
    REQUIRE(records.size() == i + 1);
    CHECK(records.back().sequence == i + 1);
    CHECK(records.back().time == at(static_cast<int>(i)));
    CHECK(records.back().actions_digest == journal::digest("actions " + std::to_string(i)));
    CHECK(filled::bytes(event_of(records.back())) == filled::bytes(events[i]));
  }
}

TEST_CASE("the header says which run and which file of it") {
  Kept kept;
  kept.open(start);
  CHECK(kept.files().front().filename() == "20231114T221320.000Z-0001.journal");
  const auto file = journal::MappedFile::open(kept.files().front());
  const auto header = journal::Records(file->bytes()).header();
  REQUIRE(header);
  CHECK(*header == journal::FileHeader{journal::format_version, start, start, 1, 1});
}

TEST_CASE("after_sync runs on the loop, after a sync, in the order asked for") {
  Kept kept;
  kept.open();
  std::vector<int> ran;
  kept.journal->append(at(0), core::LegRinging{{1}}, "");
  for (int i = 0; i < 3; ++i) kept.journal->after_sync([&, i] { ran.push_back(i); });
  CHECK(ran.empty());
  kept.loop.run_until([&] { return ran.size() == 3; });
  CHECK(ran == std::vector<int>{0, 1, 2});
  CHECK(kept.journal->counters().syncs >= 1);
}

TEST_CASE("calls answered within the gap share one sync") {
  Kept kept;
  kept.options.group_commit_gap = std::chrono::seconds(3600);
  kept.open();
  int ran = 0;
  kept.journal->append(at(0), core::LegRinging{{1}}, "");
  kept.journal->after_sync([&] { ++ran; });
  kept.loop.run_until([&] { return ran == 1; });
  const auto before = kept.journal->counters().syncs;
  for (int i = 0; i < 50; ++i) {
    kept.journal->append(at(i), core::LegRinging{{1}}, "");
    kept.journal->after_sync([&] { ++ran; });
  }
  kept.journal.reset();  // does not wait for the gap
  kept.loop.run_until([&] { return ran == 51; });
  CHECK(before <= 2);
}

TEST_CASE("a full file is followed by the next, which begins with the configuration in force") {
  Kept kept;
  kept.options.rotate_at_bytes = 4096;
  kept.open();
  kept.journal->append(at(0), configured("first"), "a");
  kept.journal->append(at(0), configured("second"), "b");
  for (int i = 0; i < 300; ++i) kept.journal->append(at(i), core::LegRinging{{static_cast<std::uint64_t>(i)}}, "c");
  const auto files = kept.files();
  REQUIRE(files.size() >= 3);
  std::uint64_t expected = 1;
  for (const auto& path : files) {
    CHECK(std::filesystem::file_size(path) < 4096 + 200);
    for (const auto& record : read(path)) {
      if (record.restated) {
        CHECK(std::get<core::Configured>(event_of(record)).options->version == "second");
        CHECK(record.sequence == 2);
      } else {
        CHECK(record.sequence == expected++);
      }
    }
    CHECK(read(path).front().restated == (path != files.front()));
  }
  CHECK(expected == 303);
}

TEST_CASE("closed files beyond the bound are deleted, oldest first; other files are left alone") {
  Kept kept;
  kept.options.rotate_at_bytes = 2000;
  kept.options.keep_bytes = 5000;
  std::filesystem::create_directory(kept.options.directory);
  std::ofstream(std::filesystem::path(kept.options.directory) / "notes.txt") << "an operator's";
  kept.open();
  for (int i = 0; i < 500; ++i) kept.journal->append(at(i), core::LegRinging{{1}}, "");
  kept.loop.run_until([&] { return kept.alarmed("journal_file_deleted"); });
  kept.journal.reset();
  std::uint64_t closed = 0;
  const auto files = kept.files();
  for (std::size_t i = 0; i + 1 < files.size(); ++i) closed += std::filesystem::file_size(files[i]);
  CHECK(closed <= 5000);
  CHECK(files.front().filename() != "20231114T221320.000Z-0001.journal");
  CHECK(std::filesystem::exists(std::filesystem::path(kept.options.directory) / "notes.txt"));
}

TEST_CASE("closed files that are too old are deleted at the next start") {
  Kept kept;
  kept.open();
  kept.journal.reset();
  const auto old = kept.files().front();
  std::filesystem::last_write_time(old, std::filesystem::file_time_type::clock::now() - std::chrono::hours(24 * 40));
  kept.open(at(5000));
  kept.loop.run_until([&] { return kept.alarmed("journal_file_deleted"); });
  CHECK_FALSE(std::filesystem::exists(old));
  CHECK(kept.files().size() == 1);
}

TEST_CASE("while the disk is full records wait in memory, and are all there when it has room again") {
  Kept kept;
  kept.options.preallocate_bytes = 0;
  kept.open();
  FileSizeLimit limit(600);
  for (int i = 0; i < 100; ++i) kept.journal->append(at(i), core::LegRinging{{static_cast<std::uint64_t>(i)}}, "");
  CHECK(kept.alarmed("journal_write_failed"));
  CHECK_FALSE(kept.journal->counters().writing);
  bool ran = false;
  kept.journal->after_sync([&] { ran = true; });
  kept.loop.run_until([&] { return ran; });  // calls are still served
  limit.lift();
  kept.journal->append(at(5000), core::LegRinging{{100}}, "");
  CHECK(kept.journal->counters().writing);
  CHECK(kept.alarmed("journal_writing_again"));
  const auto records = read(kept.files().front());
  REQUIRE(records.size() == 101);
  for (std::uint64_t i = 0; i <= 100; ++i) {
    CHECK(records[i].sequence == i + 1);
    CHECK(event_of(records[i]) == core::Event(core::LegRinging{{i}}));
  }
}

TEST_CASE("what does not fit into memory while the disk is full is a gap in its place") {
  Kept kept;
  kept.options.preallocate_bytes = 0;
  kept.options.backlog_bytes = 200;
  kept.open();
  FileSizeLimit limit(600);
  for (int i = 0; i < 100; ++i) kept.journal->append(at(i), core::LegRinging{{1}}, "");
  CHECK(kept.alarmed("journal_records_lost"));
  limit.lift();
  kept.journal->append(at(5000), core::LegRinging{{1}}, "");  // tried again with it; itself lost
  kept.journal->append(at(5001), core::LegRinging{{1}}, "");
  const auto records = read(kept.files().front());
  REQUIRE(records.size() >= 3);
  const auto& gap = records[records.size() - 2];
  const auto& lost = std::get<Gap>(gap.content);
  CHECK(gap.sequence == records[records.size() - 3].sequence + 1);
  CHECK(lost.count == kept.journal->counters().lost);
  CHECK(lost.until == at(5000));
  CHECK_FALSE(lost.reason.empty());
  CHECK(records.back().sequence == gap.sequence + lost.count);
}

TEST_CASE("states of legs are records of their own, in order, in the file when the loop's turn ends") {
  Kept kept;
  kept.open();
  const auto records = [&] { return read(kept.files().front()); };
  kept.journal->append_leg_state(at(1), {8}, "dialog");
  kept.journal->append_leg_state(at(2), {8}, "changed");
  kept.loop.run_until([&] { return records().size() == 2; });
  CHECK(std::get<journal::LegState>(records()[0].content) == journal::LegState{{8}, "dialog"});
  CHECK(std::get<journal::LegState>(records()[1].content) == journal::LegState{{8}, "changed"});
}

TEST_CASE("the state of a leg is in the file when an event that follows it is") {
  Kept kept;
  kept.open();
  kept.journal->append_leg_state(at(1), {8}, "dialog");
  kept.journal->append(at(2), core::LegRinging{{8}}, "");
  const auto records = read(kept.files().front());
  REQUIRE(records.size() == 2);
  CHECK(std::get<journal::LegState>(records[0].content) == journal::LegState{{8}, "dialog"});
  CHECK(records[0].sequence == 1);
  CHECK(records[1].sequence == 2);
}

TEST_CASE("two engines do not share a directory; a directory that cannot be made is said") {
  Kept kept, other;
  kept.open();
  other.options = kept.options;
  CHECK_THROWS_WITH(other.open(at(1)), Catch::Contains("another engine keeps its journal here"));
  other.options.directory = "/proc/pledge";
  CHECK_THROWS_WITH(other.open(at(1)), Catch::Contains("/proc/pledge") && Catch::Contains("cannot be made"));
}
