#include "journal/journal.hpp"

#include <fmt/format.h>

#include "journal/frame.hpp"
#include "journal/group_sync.hpp"
#include "journal/record.hpp"

namespace pledge::journal {

struct Journal::State : std::enable_shared_from_this<State> {
  State(const runtime::JournalOptions& options, core::Time now, Hooks hooks)
      : options(options), hooks(std::move(hooks)), run_started(now) {}

  tl::expected<void, std::string> start();
  // Adds a record to those that go to the page cache with the next flush().
  template <class Encode>
  void record(core::Time now, const Encode& encode);
  void flush();
  void flush_soon();
  void remember_configuration(core::Time now, const core::Event& event, std::uint64_t digest);
  bool next_file_is_due(core::Time now) const;
  void begin_next_file(core::Time now);
  bool write(std::string_view bytes);
  void keep(std::string_view frame, std::uint64_t sequence);
  void try_again(core::Time now);
  void sync_failed(std::string_view what, std::error_code error);
  std::string file_head(core::Time now) const;
  void alarm(std::string kind, std::string text) { hooks.alarm({std::move(kind), std::move(text)}); }

  const runtime::JournalOptions options;
  const Hooks hooks;
  const core::Time run_started;
  std::unique_ptr<GroupSync> sync;
  std::shared_ptr<File> file;
  std::uint32_t file_in_run = 1;
  std::uint64_t next_sequence = 1;
  std::string pending;        // records not yet in the page cache
  std::vector<std::size_t> pending_ends;  // in `pending`, of each of them
  core::Time pending_at;                  // of the latest of them
  bool flush_posted = false;
  std::string configuration;  // the frame that restates it at the head of a file
  bool rotate_next = false;
  Counters counted;

  // ---- after a failed write, until one works again ----
  std::string backlog;  // frames that wait
  Gap gap;              // what did not fit into it
  std::uint64_t gap_sequence = 0;
  core::Time gap_from, last_try;
};

// The first file of the run. From here on the journal's thread runs.
tl::expected<void, std::string> Journal::State::start() {
  auto directory = Directory::open(options.directory);
  if (!directory) return tl::unexpected(directory.error());
  auto created = directory->create_file(run_started, file_in_run);
  auto error = created ? (*created)->append(file_head(run_started)) : created.error();
  if (error)
    return tl::unexpected(
        fmt::format("journal directory {}: no file can be written: {}", options.directory, error.message()));
  file = *created;
  counted.files = 1;
  const auto on_loop = [weak = weak_from_this(), post = hooks.post](auto what) {
    post([weak, what = std::move(what)] {
      if (const auto self = weak.lock()) what(*self);
    });
  };
  sync = std::make_unique<GroupSync>(
      options, std::move(*directory), file,
      GroupSync::Hooks{.synced =
                           [post = hooks.post](std::vector<std::function<void()>> waited) {
                             post([waited = std::move(waited)] {
                               for (const auto& done : waited) done();
                             });
                           },
                       .failed =
                           [on_loop](std::string_view what, std::error_code failure) {
                             on_loop([what, failure](State& self) { self.sync_failed(what, failure); });
                           },
                       .deleted =
                           [on_loop](std::vector<std::filesystem::path> paths) {
                             on_loop([paths](State& self) {
                               for (const auto& path : paths)
                                 self.alarm("journal_file_deleted",
                                            "journal: " + path.string() + " deleted: no longer to be kept");
                             });
                           }});
  return {};
}

std::string Journal::State::file_head(core::Time now) const {
  std::string bytes(magic);
  put_frame(bytes, [&] { encode_header(bytes, {format_version, now, run_started, file_in_run, next_sequence}); });
  return bytes += configuration;
}

void Journal::State::remember_configuration(core::Time now, const core::Event& event, std::uint64_t digest) {
  configuration.clear();
  put_frame(configuration, [&] { encode_event(configuration, next_sequence, now, event, digest, true); });
}

bool Journal::State::next_file_is_due(core::Time now) const {
  if (!counted.writing) return false;
  if (rotate_next) return now - last_try >= options.retry_every;
  return file->size() >= options.rotate_at_bytes;
}

// Opening a file takes some tens of microseconds, once in a million events; the rest is the journal's thread's work.
void Journal::State::begin_next_file(core::Time now) {
  ++file_in_run;
  auto created = sync->directory().create_file(run_started, file_in_run);
  auto error = created ? (*created)->append(file_head(now)) : created.error();
  if (error) {
    --file_in_run;
    if (created) std::filesystem::remove((*created)->path(), error);
    if (!rotate_next)
      alarm("journal_rotation_failed", fmt::format("journal: the next file in {} cannot be begun: {}; going on in {}",
                                                   options.directory, error.message(), file->path().string()));
    rotate_next = true;
    last_try = now;
    return;
  }
  rotate_next = false;
  file = *created;
  ++counted.files;
  sync->go_on_in(file);
}

template <class Encode>
void Journal::State::record(core::Time now, const Encode& encode) {
  const std::size_t before = pending.size();
  put_frame(pending, [&] { encode(pending, next_sequence); });
  pending_ends.push_back(pending.size());
  pending_at = now;
  ++next_sequence;
  ++counted.records;
  counted.bytes += pending.size() - before;
}

// One system call for all of them.
void Journal::State::flush() {
  if (pending_ends.empty()) return;
  if (!counted.writing || !write(pending)) {
    std::size_t begin = 0;
    std::uint64_t sequence = next_sequence - pending_ends.size();
    for (const std::size_t end : pending_ends) {
      keep(std::string_view(pending).substr(begin, end - begin), sequence++);
      begin = end;
    }
    if (pending_at - last_try >= options.retry_every) try_again(pending_at);
  }
  pending.clear();
  pending_ends.clear();
}

void Journal::State::flush_soon() {
  if (std::exchange(flush_posted, true)) return;
  hooks.post([weak = weak_from_this()] {
    const auto self = weak.lock();
    if (!self) return;
    self->flush_posted = false;
    self->flush();
  });
}

bool Journal::State::write(std::string_view bytes) {
  if (const auto error = file->append(bytes)) {
    counted.writing = false;
    last_try = pending_at;
    gap.reason = error.message();
    alarm("journal_write_failed",
          fmt::format(
              "journal: {} cannot be written: {}; calls go on, up to {} bytes of records wait in memory: make room",
              file->path().string(), error.message(), options.backlog_bytes));
    return false;
  }
  sync->written();
  return true;
}

// Sequence numbers are counted on, so that a reader sees what is missing.
void Journal::State::keep(std::string_view bytes, std::uint64_t sequence) {
  if (gap.count == 0 && backlog.size() + bytes.size() <= options.backlog_bytes) {
    backlog += bytes;
    return;
  }
  if (gap.count == 0) {
    gap_sequence = sequence;
    gap_from = pending_at;
    alarm("journal_records_lost",
          "journal: the memory for waiting records is used up; records are being lost: make room");
  }
  ++gap.count;
  gap.until = pending_at;
  ++counted.lost;
}

void Journal::State::try_again(core::Time now) {
  last_try = now;
  std::string bytes = backlog;
  if (gap.count > 0) put_frame(bytes, [&] { encode_gap(bytes, gap_sequence, gap_from, gap); });
  if (file->append(bytes)) return;
  sync->written();
  alarm("journal_writing_again", fmt::format("journal: writing again; {} records were lost", gap.count));
  counted.writing = true;
  backlog = {};
  gap = {};
}

void Journal::State::sync_failed(std::string_view what, std::error_code error) {
  if (what == "preallocate")
    return alarm("journal_space_low", fmt::format("journal: no disk space for the next {} bytes in {}: {}: make room",
                                                  options.preallocate_bytes, options.directory, error.message()));
  // After a failed fdatasync the kernel forgets what it could not write: only a new file can be trusted.
  rotate_next = true;
  last_try = {};
  alarm("journal_sync_failed", fmt::format("journal: {} cannot be put on disk: {}; a new file is begun",
                                           file->path().string(), error.message()));
}

Journal::Journal(std::shared_ptr<State> state) : state_(std::move(state)) {}

// The thread ends here, before the state that its last words are addressed to.
Journal::~Journal() {
  state_->flush();
  if (!state_->counted.writing) state_->try_again(state_->last_try);
  state_->sync.reset();
  state_->file->finish();
}

tl::expected<std::unique_ptr<Journal>, std::string> Journal::open(const runtime::JournalOptions& options,
                                                                  core::Time now, Hooks hooks) {
  auto state = std::make_shared<State>(options, now, std::move(hooks));
  if (auto started = state->start(); !started) return tl::unexpected(started.error());
  return std::unique_ptr<Journal>(new Journal(std::move(state)));
}

void Journal::append(core::Time now, const core::Event& event, std::string_view actions) {
  State& self = *state_;
  const std::uint64_t actions_digest = digest(actions);
  if (self.next_file_is_due(now)) {
    self.flush();
    self.begin_next_file(now);
  }
  if (std::holds_alternative<core::Configured>(event)) self.remember_configuration(now, event, actions_digest);
  self.record(now, [&](std::string& out, std::uint64_t sequence) {
    encode_event(out, sequence, now, event, actions_digest);
  });
  self.flush();
}

void Journal::append_leg_state(core::Time now, core::LegId leg, std::string_view leg_state) {
  state_->record(now, [&](std::string& out, std::uint64_t sequence) {
    encode_leg_state(out, sequence, now, leg, leg_state);
  });
  state_->flush_soon();
}

void Journal::after_sync(std::function<void()> done) {
  state_->flush();
  // While nothing can be written, calls do not wait for what may never come.
  if (!state_->counted.writing) return state_->hooks.post(std::move(done));
  state_->sync->when_synced(std::move(done));
}

Counters Journal::counters() const {
  Counters counters = state_->counted;
  counters.syncs = state_->sync->syncs();
  return counters;
}

}  // namespace pledge::journal
