#include "journal/replay.hpp"

#include <fmt/format.h>

#include "core/core.hpp"
#include "core/render.hpp"
#include "journal/reader.hpp"

namespace pledge::journal {
namespace {

namespace fs = std::filesystem;

class Player {
 public:
  Player(const std::function<Step()>& new_core, const std::function<bool(const Replayed&)>& each)
      : new_core_(new_core), each_(each) {}

  bool play(const fs::path& path);  // false: stopped
  ReplayOutcome take() { return std::move(outcome_); }

 private:
  void begin(const fs::path& path, const FileHeader& header);
  bool play(const fs::path& path, const FileHeader& header, const Record& record);
  void decide(Replayed& step, const core::Event& event);
  void lose_track(const fs::path& path, const std::string& why);
  void remark(const fs::path& path, const std::string& text) {
    outcome_.remarks.push_back(path.string() + ": " + text);
  }

  const std::function<Step()>& new_core_;
  const std::function<bool(const Replayed&)>& each_;
  ReplayOutcome outcome_;
  std::optional<FileHeader> last_;
  Step core_;  // empty: events cannot be decided any more
  std::uint64_t next_sequence_ = 1;
  std::string actions_;
};

bool Player::play(const fs::path& path) {
  const auto file = MappedFile::open(path);
  if (!file) return outcome_.damaged = true, outcome_.remarks.push_back(file.error()), true;
  Records records(file->bytes());
  if (!records.header()) return outcome_.damaged = true, remark(path, "not a journal file of this version"), true;
  begin(path, *records.header());
  for (auto next = records.next(); !std::holds_alternative<End>(next); next = records.next()) {
    if (const auto* fault = std::get_if<Fault>(&next)) {
      remark(path, fault->text);
      outcome_.damaged |= !fault->torn_tail;
    } else if (!play(path, *records.header(), std::get<Record>(next))) {
      return false;
    }
  }
  return true;
}

void Player::begin(const fs::path& path, const FileHeader& header) {
  const bool follows =
      last_ && last_->run_started == header.run_started && last_->file_in_run + 1 == header.file_in_run;
  last_ = header;
  if (header.file_in_run == 1) {
    core_ = new_core_ ? new_core_() : Step{};
    next_sequence_ = 1;
  } else if (!follows) {
    lose_track(path, "the files before it, from the engine's start, are not given: its events are not decided again");
    next_sequence_ = header.first_sequence;
  }
}

void Player::lose_track(const fs::path& path, const std::string& why) {
  if (core_) remark(path, why);
  core_ = {};
}

bool Player::play(const fs::path& path, const FileHeader& header, const Record& record) {
  ++outcome_.records;
  Replayed step{path, header, record};
  if (!record.restated) {
    if (record.sequence != next_sequence_) {
      outcome_.damaged = true;
      lose_track(path, fmt::format("records {} to {} are missing: what follows is not decided again", next_sequence_,
                                   record.sequence - 1));
    }
    next_sequence_ = record.sequence + 1;
    if (const auto* gap = std::get_if<Gap>(&record.content)) {
      next_sequence_ = record.sequence + gap->count;
      lose_track(path, fmt::format("{} records could not be written ({}): what follows is not decided again",
                                   gap->count, gap->reason));
    }
    if (const auto* event = std::get_if<core::Event>(&record.content); event != nullptr && core_) decide(step, *event);
  }
  return !each_ || each_(step);
}

void Player::decide(Replayed& step, const core::Event& event) {
  const auto& actions = core_(step.record.time, event);
  actions_.clear();
  encode(actions_, actions);
  step.actions = &actions;
  step.same = digest(actions_) == step.record.actions_digest;
  ++outcome_.compared;
  if (step.same || outcome_.different++ > 0) return;
  const core::TextStyle style{step.header.run_started};
  auto& text = outcome_.first_difference;
  text =
      fmt::format("{}: record {}, {:.6f} s after the start: {}\ndecided now:", step.file.string(), step.record.sequence,
                  static_cast<double>((step.record.time - style.origin).count()) / 1e9, core::to_text(event, style));
  for (const auto& action : actions) text += "\n  " + core::to_text(action, style);
  if (actions.empty()) text += " nothing";
}

}  // namespace

Step new_core() {
  return [core = std::make_shared<core::Core>()](core::Time at, const core::Event& event) -> const core::Actions& { return core->step(at, event); };
}

ReplayOutcome replay(const std::vector<fs::path>& files, const std::function<Step()>& new_core,
                     const std::function<bool(const Replayed&)>& each) {
  Player player(new_core, each);
  for (const auto& file : files)
    if (!player.play(file)) break;
  return player.take();
}

}  // namespace pledge::journal
