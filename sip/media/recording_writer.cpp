#include "sip/media/recording_writer.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <pthread.h>
#include <signal.h>

#include "runtime/recording_files.hpp"

namespace pledge::media {
namespace {

constexpr std::chrono::milliseconds pace{100};  // between two looks at the ring while anything is recorded

std::string json_text(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') (out += '\\') += c;
    else if (byte < 0x20) out += fmt::format("\\u{:04x}", byte);
    else out += byte < 0x7f ? c : '?';  // what SIP brings need not be UTF-8
  }
  return out + '"';
}

// RFC 3339, in UTC.
std::string moment(core::Time at) {
  const auto seconds = static_cast<std::time_t>(at.ns / 1'000'000'000);
  return fmt::format("\"{:%Y-%m-%dT%H:%M:%S}.{:03}Z\"", fmt::gmtime(seconds), at.ns % 1'000'000'000 / 1'000'000);
}

std::string seconds(core::Duration length) {
  return fmt::format("\"{}.{:03}s\"", length.count() / 1'000'000'000, length.count() % 1'000'000'000 / 1'000'000);
}

}  // namespace

RecordingWriter::RecordingWriter(std::string directory, std::shared_ptr<FrameRing> ring, Told told)
    : directory_(std::move(directory)), ring_(std::move(ring)), told_(std::move(told)) {
  // The process's signals are for the loop: the new thread inherits a mask that blocks them all.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  thread_ = std::thread([this] { run(); });
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

RecordingWriter::~RecordingWriter() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  posted_.notify_one();
  thread_.join();
}

void RecordingWriter::post(RecordingMessage message) {
  {
    const std::lock_guard lock(mutex_);
    messages_.push_back(std::move(message));
  }
  posted_.notify_one();
}

// ---- the thread -----------------------------------------------------------------------------------------------------

void RecordingWriter::run() {
  ::pthread_setname_np(::pthread_self(), "recorder");
  for (const auto& file : RecordingFile::repair(directory_))
    told_.alarm({"recording.interrupted", "a recording that a crash cut off was kept as " + file});
  while (round()) {
  }
  const Instant now = std::chrono::steady_clock::now();
  while (!open_.empty()) {
    const auto& begun = open_.begin()->second.begun;
    const auto length = now - begun.start;
    if (open_.begin()->second.failure.empty()) open_.begin()->second.failure = "the engine was stopped";
    finish({begun.recording, begun.at + length, begun.start + length});
  }
}

std::vector<RecordingMessage> RecordingWriter::take(bool& stopping) {
  std::unique_lock lock(mutex_);
  const auto due = [&] { return stopping_ || !messages_.empty(); };
  if (open_.empty()) posted_.wait(lock, due);
  else if (ending_.empty()) posted_.wait_for(lock, pace, [&] { return stopping_; });
  stopping = stopping_;
  return std::exchange(messages_, {});
}

// What was posted before a packet came is known before the packet is looked at: the end of the ring is read first. An end is
// carried out one round later, with all packets of before in place.
bool RecordingWriter::round() {
  const auto ending = std::exchange(ending_, {});
  bool stopping = false;
  // Before the end of the ring is read: what is written by then has all its packets, however long the disk takes.
  const Instant now = std::chrono::steady_clock::now();
  const std::uint64_t end = ring_->end();
  auto messages = take(stopping);
  for (auto& message : messages) std::visit([&](auto& one) { apply(one); }, message);
  serve_frames(end);
  write_full(now);
  for (const auto& one : ending) finish(one);
  tell_lost();
  return !stopping || !ending_.empty();
}

// While a long file is read: the others go on, and are paused when they are to be.
void RecordingWriter::keep_up() {
  const std::uint64_t end = ring_->end();
  std::vector<RecordingMessage> messages;
  {
    const std::lock_guard lock(mutex_);
    messages.swap(messages_);
  }
  for (auto& message : messages) std::visit([&](auto& one) { apply(one); }, message);
  serve_frames(end);
}

// Packets of recordings that are over pass unheeded.
void RecordingWriter::serve_frames(std::uint64_t end) {
  for (; ring_->begin() < end; ring_->pop()) {
    const RecordedFrame& frame = ring_->front();
    const auto at = open_.find(frame.recording);
    if (at == open_.end()) continue;
    const Instant arrival{Instant::duration{frame.arrival}};
    write_if_full(at->second, arrival);
    at->second.timeline.add(frame);
  }
}

// Also of those from which no packet comes.
void RecordingWriter::write_full(Instant now) {
  if (now - written_ < std::chrono::seconds(1)) return;
  written_ = now;
  for (auto& [number, open] : open_) write_if_full(open, now);
}

// One that cannot be written ends in the next round.
void RecordingWriter::write_if_full(Open& open, Instant now) {
  if (!open.timeline.full(now)) return;
  samples_.clear();
  open.timeline.take(now, samples_);
  if (!open.failure.empty()) return;
  const auto written = open.file.append(samples_, open.timeline.codec());
  if (written) return;
  open.failure = written.error();
  ending_.push_back({open.begun.recording, open.begun.at + (now - open.begun.start), now});
}

void RecordingWriter::tell_lost() {
  const std::uint64_t lost = ring_->lost();
  if (lost == lost_told_) return;
  told_.alarm({"recording.slow", fmt::format("the disk of recordings is too slow: {} packets could not be recorded (the calls go "
                                             "on); free the disk, or raise [recording] packets_waiting",
                                             lost - lost_told_)});
  lost_told_ = lost;
}

// ---- one recording --------------------------------------------------------------------------------------------------

void RecordingWriter::apply(BeginRecording& message) {
  const auto number = message.recording;
  const auto& name = message.what.recording.value;
  auto file = RecordingFile::create(directory_, runtime::recording_stem(name));
  if (!file) {
    core::RecordingFinished failed{message.what.recording, message.what.contact, {}, {}, {}, 0, file.error()};
    return told_.finished(number, std::move(failed));
  }
  const Instant start = message.start;
  open_.emplace(number, Open{std::move(message), Timeline(start), std::move(*file), {}, {}});
}

void RecordingWriter::apply(PauseOrResume& message) {
  const auto at = open_.find(message.recording);
  if (at == open_.end()) return;
  auto& [begun, timeline, file, pauses, failure] = at->second;
  if (message.pause) {
    timeline.pause(message.when);
    pauses.push_back({message.at, std::nullopt, std::move(message.reason)});
  } else {
    timeline.resume(message.when);
    if (!pauses.empty()) pauses.back().to = message.at;
  }
}

void RecordingWriter::apply(EndRecording& message) { ending_.push_back(message); }

void RecordingWriter::finish(const EndRecording& end) {
  auto node = open_.extract(end.recording);
  if (node) told_.finished(end.recording, complete(node.mapped(), end));
}

// What there is of a recording that failed is kept. Others go on meanwhile: a long file takes seconds to read.
core::RecordingFinished RecordingWriter::complete(Open& open, const EndRecording& end) {
  core::RecordingFinished finished{open.begun.what.recording, open.begun.what.contact, {}, {}, {}, 0, open.failure};
  const std::string stem = runtime::recording_stem(finished.recording.value);
  const auto note = [&](const std::string& fault) {
    if (finished.failure.empty()) finished.failure = fault;
  };
  samples_.clear();
  open.timeline.finish(end.when, samples_);
  if (auto written = open.file.append(samples_, open.timeline.codec()); !written) note(written.error());
  finished.length = std::chrono::nanoseconds(std::chrono::seconds(open.timeline.samples())) / Timeline::rate;
  finished.lost = open.timeline.lost();
  if (auto settled = open.file.finish(); !settled) {
    note(settled.error());
    return finished;
  }
  finished.file = stem + ".wav";
  if (auto digest = open.file.digest([&] { keep_up(); })) finished.digest = *digest;
  else note(digest.error());
  if (auto told = RecordingFile::write_text(directory_ + "/" + stem + ".json", describe(open, end, finished)); !told)
    note(told.error());
  if (auto named = open.file.publish(); !named) {
    note(named.error());
    finished.file.clear();
  }
  return finished;
}

// The JSON form of pledge.v1.Recording (proto/pledge/v1/recording.proto), from which recordings are listed.
std::string RecordingWriter::describe(const Open& open, const EndRecording& end, const core::RecordingFinished& finished) const {
  const auto& what = open.begun.what;
  std::string pauses;
  for (const auto& pause : open.pauses)
    pauses += fmt::format("{}\n    {{\"from\": {}, \"to\": {}, \"reason\": {}}}", pauses.empty() ? "" : ",", moment(pause.from),
                          moment(pause.to.value_or(end.at)), json_text(pause.reason));
  return fmt::format(
      "{{\n  \"name\": {},\n  \"contact\": \"{}\",\n  \"sip_call_id\": {},\n  \"queue\": {},\n  \"handler\": {},\n"
      "  \"started\": {},\n  \"ended\": {},\n  \"length\": {},\n  \"pauses\": [{}],\n  \"packets_lost\": \"{}\",\n"
      "  \"file\": {},\n  \"sha256\": {},\n  \"failure\": {},\n  \"number\": {}\n}}\n",
      json_text(what.recording.value), what.contact.value, json_text(what.sip_call_id), json_text(what.queue.value),
      json_text(what.handler.value), moment(open.begun.at), moment(end.at), seconds(finished.length), pauses, finished.lost,
      json_text(finished.file), json_text(finished.digest), json_text(finished.failure), json_text(what.number));
}

}  // namespace pledge::media
