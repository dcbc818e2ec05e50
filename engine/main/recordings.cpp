#include "main/recordings.hpp"

#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

namespace pledge {
namespace {

service::Metric metric(std::string name, std::string help, std::uint64_t value, bool counter = true,
                       std::vector<std::pair<std::string, std::string>> labels = {}) {
  return {"pledge_" + std::move(name), std::move(help), static_cast<double>(value), counter, std::move(labels)};
}

}  // namespace

Recordings::Recordings(boost::asio::any_io_executor loop, media::MediaEngine& media, runtime::Driver& driver,
                       const runtime::Clock& clock, const runtime::RecordingOptions& options)
    : driver_(driver),
      recorder_(std::move(loop), media, clock, options,
                {[this](const core::RecordingFinished& one) { finished(one); },
                 [this](core::Alarm alarm) { driver_.raise(std::move(alarm)); }}) {
  driver_.connect(static_cast<runtime::RecordingPort&>(recorder_));
}

void Recordings::finished(const core::RecordingFinished& finished) {
  ++(finished.failure.empty() ? kept_ : failed_);
  packets_lost_ += finished.lost;
  driver_.submit(finished);
}

std::vector<service::Metric> Recordings::metrics() const {
  return {metric("recordings", "Calls being recorded now.", recorder_.recording(), false),
          metric("recordings_total", "Recordings that are over, by what became of them.", kept_, true, {{"end", "kept"}}),
          metric("recordings_total", "Recordings that are over, by what became of them.", failed_, true, {{"end", "failed"}}),
          metric("recording_packets_lost_total", "RTP packets missing in recordings that are over.", packets_lost_),
          metric("recording_packets_overrun_total", "RTP packets not recorded because the disk was too slow.",
                 recorder_.packets_lost())};
}

std::string folder_fault(const std::string& path) {
  std::error_code error;
  const bool there = std::filesystem::exists(path, error);
  if (there && !std::filesystem::is_directory(path, error)) return path + " is not a folder";
  auto folder = std::filesystem::path(path);
  if (!there) folder = std::filesystem::absolute(folder, error).lexically_normal().parent_path();
  if (folder.empty()) folder = ".";
  if (::access(folder.c_str(), W_OK | X_OK) == 0) return {};
  return folder.string() + ": " + std::system_category().message(errno);
}

}  // namespace pledge
