// Replaying: the same decisions are found the same, any other is found and named.
#include "journal/replay.hpp"

#include <catch2/catch.hpp>
#include <fstream>
#include <sstream>

#include "core/core.hpp"
#include "journal/fixture.hpp"

using namespace pledge;
using namespace fixture;

namespace {
constexpr core::Time start{1'700'000'000'000'000'000};
core::Time at(int ms) { return start + std::chrono::milliseconds(ms); }

// A core that decides simple things, so that a test can make it decide another.
struct Scripted {
  std::uint64_t steps = 0;
  std::string flaw;  // what the second step says instead
  core::Actions actions;
  const core::Actions& step(core::Time, const core::Event&) {
    actions = {core::Alarm{"step", ++steps == 2 && !flaw.empty() ? flaw : "text"},
               core::WakeAt{at(static_cast<int>(steps))}};
    return actions;
  }
};
journal::Step scripted(std::string flaw = {}) {
  return [core = std::make_shared<Scripted>(Scripted{0, flaw, {}})](
             core::Time now, const core::Event& event) -> const core::Actions& { return core->step(now, event); };
}
const auto right = [] { return scripted(); };

// Runs `count` events through a step and journals them, as the driver does.
void record_run(Kept& kept, int count, const journal::Step& step) {
  for (int i = 0; i < count; ++i) {
    const core::Event event = i == 0 ? configured("v") : core::LegRinging{{static_cast<std::uint64_t>(i)}};
    std::string bytes;
    encode(bytes, step(at(i), event));
    kept.journal->append(at(i), event, bytes);
  }
}
void overwrite(const std::filesystem::path& path, std::size_t offset_from_end) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekg(-static_cast<std::streamoff>(offset_from_end), std::ios::end);
  const char byte = static_cast<char>(file.peek() ^ 1);
  file.seekp(-static_cast<std::streamoff>(offset_from_end), std::ios::end);
  file.put(byte);
}
}  // namespace

TEST_CASE("the same decisions compare equal, over several files") {
  Kept kept;
  kept.options.rotate_at_bytes = 1500;
  kept.open();
  record_run(kept, 100, scripted());
  REQUIRE(kept.files().size() > 2);
  const auto outcome = journal::replay(kept.files(), right, nullptr);
  CHECK(outcome.compared == 100);
  CHECK(outcome.different == 0);
  CHECK(outcome.remarks.empty());
  CHECK_FALSE(outcome.damaged);
}

TEST_CASE("one byte of one decision differs: found, with sequence, time, event and actions") {
  Kept kept;
  kept.open();
  record_run(kept, 10, scripted());
  const auto outcome = journal::replay(
      kept.files(), [] { return scripted("texu"); }, nullptr);
  CHECK(outcome.compared == 10);
  CHECK(outcome.different == 1);
  CHECK_THAT(outcome.first_difference, Catch::Contains("record 2, 0.001000 s after the start: LegRinging leg=1") &&
                                           Catch::Contains("Alarm kind=\"step\" text=\"texu\"") &&
                                           Catch::Contains("WakeAt"));
}

TEST_CASE("a later file alone is shown but not decided again") {
  Kept kept;
  kept.options.rotate_at_bytes = 1500;
  kept.open();
  record_run(kept, 100, scripted());
  const auto files = kept.files();
  int shown = 0;
  const auto outcome = journal::replay({files.begin() + 1, files.end()}, right, [&](const journal::Replayed& step) {
    CHECK(step.actions == nullptr);
    return ++shown > 0;
  });
  CHECK(shown > 50);
  CHECK(outcome.compared == 0);
  CHECK_FALSE(outcome.damaged);
}

TEST_CASE("every run in a directory is replayed with a core of its own") {
  Kept kept;
  for (int run = 0; run < 3; ++run) {
    kept.journal.reset();
    kept.open(at(run * 1000));
    record_run(kept, 20, scripted());
  }
  const auto outcome = journal::replay(kept.files(), right, nullptr);
  CHECK(outcome.compared == 60);
  CHECK(outcome.different == 0);
}

TEST_CASE("a torn tail is told with its offset, and everything before it compared") {
  Kept kept;
  kept.open();
  record_run(kept, 10, scripted());
  kept.journal.reset();
  const auto file = kept.files().front();
  std::filesystem::resize_file(file, std::filesystem::file_size(file) - 5);
  const auto outcome = journal::replay({file}, right, nullptr);
  CHECK(outcome.compared == 9);
  CHECK(outcome.different == 0);
  CHECK_FALSE(outcome.damaged);
  REQUIRE(outcome.remarks.size() == 1);
  CHECK_THAT(outcome.remarks[0], Catch::Contains("torn tail") && Catch::Contains("at offset"));
}

TEST_CASE("a flipped bit is told, and nothing after it is decided again") {
  Kept kept;
  kept.open();
  record_run(kept, 10, scripted());
  kept.journal.reset();
  overwrite(kept.files().front(), 100);
  const auto outcome = journal::replay(kept.files(), right, nullptr);
  CHECK(outcome.damaged);
  CHECK(outcome.compared < 9);
  CHECK(outcome.compared > 5);
  CHECK(outcome.different == 0);
  REQUIRE(outcome.remarks.size() == 2);
  CHECK_THAT(outcome.remarks[0], Catch::Contains("damaged"));
  CHECK_THAT(outcome.remarks[1], Catch::Contains("missing"));
}

TEST_CASE("what is no journal is said, not read") {
  TemporaryDirectory directory;
  const auto path = directory.path() / "x.journal";
  std::ofstream(path) << "PLEDGEJ1 but not really";
  const auto outcome = journal::replay({path}, right, nullptr);
  CHECK(outcome.damaged);
  CHECK(outcome.records == 0);
}

TEST_CASE("`pledge replay` on the real core: text, JSON and exit code") {
  Kept kept;
  kept.open();
  core::Core core;
  auto options = std::make_shared<core::Options>();
  options->version = "v1";
  const std::vector<core::Event> events{core::Configured{options, {}}, core::CallArrived{{2}, {}}, core::LegEnded{{2}, {}}};
  for (int i = 0; const auto& event : events) {
    std::string bytes;
    encode(bytes, core.step(at(++i), event));
    kept.journal->append(at(i), event, bytes);
  }
  std::ostringstream text, json, errors;
  CHECK(journal::run_replay({{kept.options.directory}, true, false, true}, text, errors) == 0);
  CHECK_THAT(text.str(), Catch::Contains("#2 \"2023-11-14T22:13:20.002000000Z\" CallArrived leg=2") &&
                             Catch::Contains("3 records read, 3 events decided again, 0 decided otherwise"));
  CHECK(journal::run_replay({{kept.options.directory}, true, true, true}, json, errors) == 0);
  CHECK_THAT(json.str(),
             Catch::Contains("\"event\":{\"type\":\"CallArrived\",\"leg\":2") && Catch::Contains("\"same\":true"));
  CHECK(errors.str().empty());
  kept.journal->append(at(9), core::Event(core::TimerDue{}), "nonsense");
  CHECK(journal::run_replay({{kept.options.directory}, false, false, true}, text, errors) == 1);
  CHECK(journal::run_replay({{kept.options.directory}, false, false, false}, text, errors) == 0);
  CHECK(journal::run_replay({{"/nonexistent"}, false, false, true}, text, errors) == 2);
}
