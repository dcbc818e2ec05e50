#pragma once
// The recorder joined to the engine: its events and alarms, and its metrics. Part of the composition root.
#include <memory>
#include <vector>

#include "runtime/driver.hpp"
#include "service/service.hpp"
#include "settings/settings.hpp"
#include "sip/media/recorder.hpp"

namespace pledge {

class Recordings {
 public:
  Recordings(boost::asio::any_io_executor loop, media::MediaEngine& media, runtime::Driver& driver, const runtime::Clock& clock,
             const runtime::RecordingOptions& options);

  std::vector<service::Metric> metrics() const;
  // Completes what is being recorded, and has it in the journal.
  void stop() { recorder_.stop(); }

 private:
  void finished(const core::RecordingFinished& finished);

  runtime::Driver& driver_;
  std::uint64_t kept_ = 0, failed_ = 0, packets_lost_ = 0;
  media::Recorder recorder_;
};

// Why no file can be made in a folder, or, where it is missing, it cannot be made in its parent; empty: nothing.
std::string folder_fault(const std::string& path);

}  // namespace pledge
