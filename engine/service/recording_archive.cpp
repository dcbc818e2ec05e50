#include "service/recording_archive.hpp"

#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "runtime/recording_files.hpp"

namespace pledge::service {

RecordingArchive::RecordingArchive(const runtime::RecordingOptions& options, std::function<void(core::Alarm)> alarm)
    : options_(options), alarm_(std::move(alarm)) {
  if (options_.keep_for > core::Duration{}) post([this] { remove_old(); });
  thread_ = std::thread([this] { io_.run(); });
}

void RecordingArchive::stop() {
  io_.stop();
  if (thread_.joinable()) thread_.join();
}

void RecordingArchive::post(std::function<void()> work) { boost::asio::post(io_, std::move(work)); }

void RecordingArchive::remove_old() {
  // By the system's clock, which dates the files; the engine's own does not follow when that is set.
  const core::Time now{std::chrono::nanoseconds(std::chrono::system_clock::now().time_since_epoch()).count()};
  const auto removed = runtime::remove_recordings(options_.directory, now - options_.keep_for);
  files_removed_ += removed.files;
  bytes_removed_ += removed.bytes;
  if (!removed.fault.empty())
    alarm_({"recording.not_removed", "an old recording cannot be removed: " + removed.fault + "; see who owns the folder"});
  due_.expires_after(options_.removed_every);
  due_.async_wait([this](boost::system::error_code error) {
    if (!error) remove_old();
  });
}

std::vector<Metric> RecordingArchive::metrics() const {
  return {{"pledge_recording_files_removed_total", "Files of recordings removed because of their age.",
           static_cast<double>(files_removed_), true, {}},
          {"pledge_recording_bytes_removed_total", "Bytes of recordings removed because of their age.",
           static_cast<double>(bytes_removed_), true, {}}};
}

std::string RecordingArchive::path_of(const std::string& name) const {
  return options_.directory + "/" + runtime::recording_stem(name) + ".wav";
}

std::optional<v1::Recording> RecordingArchive::find(const std::string& name) const {
  if (!runtime::is_recording_name(name)) return std::nullopt;
  if (std::error_code error; !std::filesystem::is_regular_file(path_of(name), error)) return std::nullopt;
  std::ifstream in(options_.directory + "/" + runtime::recording_stem(name) + ".json");
  v1::Recording recording;
  if (!in) {
    recording.set_name(name);
    recording.set_failure("its description is missing: the disk was full when the call ended");
    return recording;
  }
  std::ostringstream text;
  text << in.rdbuf();
  google::protobuf::util::JsonParseOptions lenient;
  lenient.ignore_unknown_fields = true;  // of a later version
  const auto parsed = google::protobuf::util::JsonStringToMessage(text.str(), &recording, lenient);
  if (!parsed.ok()) {
    recording.Clear();
    recording.set_failure("its description cannot be read: " + parsed.ToString());
  }
  recording.set_name(name);
  return recording;
}

std::vector<v1::Recording> RecordingArchive::list(const std::string& after, const std::string& day, std::size_t most) const {
  std::string digits;
  for (const char c : day)
    if (c != '-') digits += c;
  // "20261126" sorts right before its recordings.
  const std::string from = std::max(after, digits);
  std::vector<v1::Recording> found;
  for (const auto& name : runtime::list_recordings(options_.directory, from, most)) {
    if (!digits.empty() && !name.starts_with(digits + "-")) break;
    if (auto recording = find(name)) found.push_back(std::move(*recording));
  }
  return found;
}

}  // namespace pledge::service
