#pragma once
// The gRPC services of pledge.v1 (proto/pledge/v1) with health and reflection, and the pages /metrics, /healthz and
// /readyz. No gRPC type shows here.
//
// Threads: everything below is called on the loop's thread. gRPC's own threads only post values into the loop; one
// thread of the service keeps the supervision picture and writes to its watchers, so that five hundred of them never
// hold the loop up.
// clang-format off: Asio uses std::exchange without saying so
#include <utility>
// clang-format on
#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "core/core.hpp"
#include "runtime/ports.hpp"
#include "runtime/recording_options.hpp"
#include "runtime/service_options.hpp"
#include "runtime/sip_trace.hpp"

namespace pledge::service {

// One sample of a metric that another part keeps. Samples of one name stand together on the page.
struct Metric {
  std::string name;  // "pledge_signalling_invites_total": the field's naming rules, counters end in _total
  std::string help;
  double value = 0;
  bool counter = false;  // else a gauge
  std::vector<std::pair<std::string, std::string>> labels;
};
using MetricsProvider = std::function<std::vector<Metric>()>;

class WorkforcePort;  // service/workforce_port.hpp

struct Addresses {
  std::uint16_t grpc_port = 0;
  std::uint16_t http_port = 0;  // 0: no metrics page
};

class Service final : public runtime::Observer, public runtime::SipTrace {
 public:
  // The references must outlive the service. `core` has had its first Configured before start().
  Service(boost::asio::io_context& loop, const core::Core& core, runtime::EventSink& sink,
          runtime::OperationsPort& operations, const runtime::ServiceOptions& options, runtime::Clock& clock);
  ~Service();  // stops

  // Binds and serves. Error: what could not be bound, for a person.
  tl::expected<Addresses, std::string> start();
  // Ends every call and stream, closes the ports, joins the service's threads. May be called more than once.
  void stop();

  void observe(core::Time now, const core::Action& action) override;
  void observe(const runtime::SipMessage& message) override;  // kept for `trace`

  // Asked at each scrape, on the loop. Call before start().
  void add_metrics(MetricsProvider provider);
  // Recordings there are listed, given out, and removed when they are old enough, on a thread of their own; without this
  // call there are none. Call before start().
  void serve_recordings(const runtime::RecordingOptions& options);
  // Plans are computed by `port`, which must outlive the service, on a thread of their own for which at most `jobs` calls wait;
  // without this call there are none. Call before start().
  void serve_workforce(WorkforcePort& port, std::size_t jobs);
  // Locations that clients report are read by it; without this call none is taken. It must outlive the service. Call before
  // start().
  void take_locations(const runtime::LocationReader& reader);
  // Calls that did not happen are read by it for Explain; without this call none is imagined. It must outlive the service. Call
  // before start().
  void imagine_calls(const runtime::CallReader& reader);
  // Streams dropped since the start because their reader stalled.
  std::uint64_t watchers_dropped() const;
  // What /readyz says besides draining; true from start() on unless told otherwise.
  void set_ready(bool ready);

 private:
  class Parts;
  std::shared_ptr<Parts> parts_;
};

}  // namespace pledge::service
