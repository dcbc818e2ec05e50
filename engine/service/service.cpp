#include "service/service.hpp"

#include <absl/synchronization/mutex.h>
#include <fmt/format.h>
#include <grpc/grpc.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/health_check_service_interface.h>

#include <boost/asio/executor_work_guard.hpp>
#include <thread>

#include "grpc/health/v1/health.pb.h"
#include "service/http_server.hpp"
#include "service/recording_archive.hpp"
#include "service/services.hpp"
#include "service/workforce_service.hpp"

namespace pledge::service {

namespace asio = boost::asio;

namespace {
constexpr auto sweep_every = std::chrono::milliseconds{100};        // how late an overdue call may be refused
constexpr auto stop_grace = std::chrono::milliseconds{200};         // for streams to hear of the shut-down
constexpr int keepalive_ms = 10'000, keepalive_timeout_ms = 5'000;  // a console's dead machine is noticed in 15 s
}  // namespace

class Service::Parts : public std::enable_shared_from_this<Service::Parts> {
 public:
  Parts(asio::io_context& loop, const core::Core& core, runtime::EventSink& sink, runtime::OperationsPort& operations,
        const runtime::ServiceOptions& options, runtime::Clock& clock);
  ~Parts() { stop(); }

  tl::expected<Addresses, std::string> start();
  void stop();
  void observe(core::Time now, const core::Action& action);
  void observe(const runtime::SipMessage& message);
  void add_metrics(MetricsProvider provider) { providers_.push_back(std::move(provider)); }
  void serve_recordings(const runtime::RecordingOptions& options);
  void serve_workforce(WorkforcePort& port, std::size_t jobs) {
    workforce_port_ = &port;
    jobs_ = std::make_shared<JobQueue>(jobs);
  }
  void take_locations(const runtime::LocationReader& reader) { location_reader_ = &reader; }
  void imagine_calls(const runtime::CallReader& reader) { call_reader_ = &reader; }
  void set_ready(bool ready) { ready_ = ready; }
  std::uint64_t watchers_dropped() const { return broadcaster_->dropped(); }

 private:
  void make_hub(const core::Core& core, runtime::EventSink& sink, runtime::OperationsPort& operations);
  void check_configuration();
  void on(core::Time now, const core::ContactChanged& change);
  void on(core::Time now, const core::HandlerChanged& change);
  void on(core::Time now, const core::OfferMade& offer);
  void on(core::Time now, const core::OfferEnded& offer);
  void on(core::Time now, const core::Decision& decision);
  void on(core::Time now, const core::Replied& reply);
  void on(core::Time now, const core::Alarm& alarm);
  void on(core::Time now, const core::ServiceStateChanged& state);
  void on(core::Time now, const core::RecordingChanged& recording);
  void on(core::Time now, const core::CallNote& note) { hub_->history.observe(now, note); }
  void on(core::Time, const core::FactsChanged& change);
  void on(core::Time, const core::PartiesChanged& parties) { hub_->consoles.observe(parties); }
  void on(core::Time, const core::RingPhone& ring) { hub_->history.observe(ring); }
  void on(core::Time, const core::DialOut& dial) { hub_->history.observe(dial); }
  void on(core::Time, const auto&) {}  // signalling's others and the clock's
  tl::expected<std::uint16_t, std::string> start_grpc();
  tl::expected<std::uint16_t, std::string> start_http();
  HttpPage page(const std::string& path);
  std::vector<Metric> own_metrics() const;
  void beat();
  void sweep();

  asio::io_context& loop_;
  const runtime::ServiceOptions options_;
  runtime::Clock& clock_;
  asio::io_context there_{1};
  asio::executor_work_guard<asio::io_context::executor_type> there_work_{there_.get_executor()};
  std::thread thread_;
  std::shared_ptr<Broadcaster> broadcaster_;
  std::shared_ptr<Hub> hub_;
  std::shared_ptr<Front> front_;
  asio::steady_timer beat_, sweep_{there_};

  std::unique_ptr<ConsoleService> console_;
  std::unique_ptr<SupervisionService> supervision_;
  std::unique_ptr<StatisticsService> statistics_;
  std::unique_ptr<OperationsService> operations_;
  std::shared_ptr<RecordingArchive> archive_;
  std::unique_ptr<RecordingService> recordings_;
  WorkforcePort* workforce_port_ = nullptr;
  std::shared_ptr<JobQueue> jobs_;
  std::unique_ptr<WorkforceService> workforce_;
  const runtime::LocationReader* location_reader_ = nullptr;
  const runtime::CallReader* call_reader_ = nullptr;
  std::unique_ptr<LocationService> locations_;
  std::unique_ptr<grpc::Server> server_;
  std::shared_ptr<HttpServer> http_;
  std::vector<MetricsProvider> providers_;
  const core::Options* configured_ = nullptr;
  bool ready_ = true, stopped_ = false;
};

Service::Parts::Parts(asio::io_context& loop, const core::Core& core, runtime::EventSink& sink,
                      runtime::OperationsPort& operations, const runtime::ServiceOptions& options,
                      runtime::Clock& clock)
    : loop_(loop),
      options_(options),
      clock_(clock),
      broadcaster_(std::make_shared<Broadcaster>(there_, options_, clock.now())),
      beat_(loop) {
  make_hub(core, sink, operations);
  front_ = std::make_shared<Front>(loop_, there_, hub_, options_);
}

void Service::Parts::make_hub(const core::Core& core, runtime::EventSink& sink, runtime::OperationsPort& operations) {
  hub_ = std::make_shared<Hub>(core, sink, operations, options_, clock_);
  hub_->feed = std::make_shared<Feed>(loop_, there_, broadcaster_, core, clock_, options_, hub_->history);
  hub_->check_configuration = [this] { check_configuration(); };
  hub_->consoles.on_turn([this] {
    asio::post(loop_, [weak = std::weak_ptr<Hub>{hub_}] {
      if (const auto hub = weak.lock()) hub->consoles.flush();
    });
  });
  hub_->consoles.on_dropped([this](std::shared_ptr<Stream> stream) {
    asio::post(there_,
               [b = broadcaster_, stream = std::move(stream), now = clock_.now()] { b->cut_later(stream, now); });
  });
}

// A reload replaces the options; there is no action that says so.
void Service::Parts::check_configuration() {
  const auto& options = hub_->core.options();
  if (&options == configured_) return;
  const bool first = configured_ == nullptr;
  configured_ = &options;
  hub_->statistics.configure(clock_.now(), options);
  hub_->metrics.configure(options);
  if (!first) hub_->feed->reconfigured();
}

void Service::Parts::on(core::Time now, const core::ContactChanged& change) {
  const auto record = hub_->history.observe(now, change);
  hub_->statistics.observe(now, change);
  hub_->metrics.observe(*record);
  hub_->consoles.observe(*record);
  hub_->feed->changed(record);
}

void Service::Parts::on(core::Time, const core::FactsChanged& change) {
  const auto record = hub_->history.observe(change);
  if (!record) return;
  hub_->consoles.facts_changed(*record);
  hub_->feed->changed(record);
}

void Service::Parts::on(core::Time now, const core::HandlerChanged& change) {
  const auto view = hub_->core.handler(change.handler);
  hub_->statistics.observe(now, change, view ? view->queues : std::vector<core::QueueId>{});
  hub_->metrics.observe(change);
  hub_->consoles.observe(change);
  hub_->feed->changed(change.handler);
}

void Service::Parts::on(core::Time now, const core::OfferMade& offer) {
  hub_->history.observe(now, offer);
  hub_->consoles.observe(now, offer);
}

void Service::Parts::on(core::Time now, const core::OfferEnded& offer) {
  hub_->history.observe(now, offer);
  hub_->metrics.observe(offer);
  hub_->consoles.observe(offer);
}

void Service::Parts::on(core::Time now, const core::Decision& decision) {
  hub_->history.observe(now, decision);
  hub_->statistics.observe(now, decision);
  hub_->metrics.observe(decision);
}

void Service::Parts::on(core::Time, const core::Replied& reply) {
  hub_->metrics.observe(reply);
  hub_->requests.observe(reply);
}

// What comes after the call's end is for its history only: the screens have taken leave of it.
void Service::Parts::on(core::Time now, const core::RecordingChanged& recording) {
  const auto record = hub_->history.observe(now, recording);
  if (!record || record->ended != core::never) return;
  hub_->consoles.observe(*record);
  hub_->feed->changed(record);
}

// Alarms of the archive come from its own thread.
void Service::Parts::serve_recordings(const runtime::RecordingOptions& options) {
  archive_ = std::make_shared<RecordingArchive>(options, [this](core::Alarm alarm) {
    asio::post(loop_, [weak = weak_from_this(), alarm = std::move(alarm)] {
      if (const auto self = weak.lock(); self && !self->stopped_) self->on(self->clock_.now(), alarm);
    });
  });
  add_metrics([archive = archive_] { return archive->metrics(); });
}

void Service::Parts::on(core::Time now, const core::Alarm& alarm) {
  hub_->metrics.observe(alarm);
  hub_->feed->alarm(now, alarm);
}

void Service::Parts::on(core::Time, const core::ServiceStateChanged& state) {
  hub_->consoles.observe(state);
  hub_->feed->changed(state);
}

void Service::Parts::observe(core::Time now, const core::Action& action) {
  if (stopped_) return;
  check_configuration();
  std::visit([&](const auto& a) { on(now, a); }, action);
}

void Service::Parts::observe(const runtime::SipMessage& message) {
  if (!stopped_) hub_->history.observe(message);
}

tl::expected<Addresses, std::string> Service::Parts::start() {
  check_configuration();
  const auto http = start_http();
  if (!http) return tl::unexpected(http.error());
  const auto grpc = start_grpc();
  if (!grpc) return tl::unexpected(grpc.error());
  thread_ = std::thread{[this] { there_.run(); }};
  asio::post(there_, [this] { sweep(); });
  beat();
  return Addresses{*grpc, *http};
}

tl::expected<std::uint16_t, std::string> Service::Parts::start_grpc() {
  // Debian's abseil looks for lock cycles at every lock that gRPC takes: a tenth of the cost of a write, for a check
  // that belongs into gRPC's own tests.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  grpc::EnableDefaultHealthCheckService(true);
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  grpc::health::v1::HealthCheckRequest::descriptor();  // keeps its description in the program, for reflection
  console_ = std::make_unique<ConsoleService>(front_);
  supervision_ = std::make_unique<SupervisionService>(front_, broadcaster_);
  statistics_ = std::make_unique<StatisticsService>(front_);
  operations_ = std::make_unique<OperationsService>(front_, call_reader_);
  recordings_ = std::make_unique<RecordingService>(front_, archive_);
  workforce_ = std::make_unique<WorkforceService>(front_, workforce_port_, jobs_);
  locations_ = std::make_unique<LocationService>(front_, location_reader_);
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort(options_.grpc_address, grpc::InsecureServerCredentials(), &port);
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);  // a second engine must fail to start, not share the port
  builder.AddChannelArgument(GRPC_ARG_ENABLE_CHANNELZ, 0);  // counts every message of every stream, for nobody
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, keepalive_ms);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, keepalive_timeout_ms);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
  builder.SetMaxReceiveMessageSize(static_cast<int>(options_.message_bytes));
  builder.RegisterService(console_.get()).RegisterService(supervision_.get());
  builder.RegisterService(statistics_.get()).RegisterService(operations_.get());
  builder.RegisterService(recordings_.get()).RegisterService(workforce_.get()).RegisterService(locations_.get());
  server_ = builder.BuildAndStart();
  if (!server_ || port == 0) {
    return tl::unexpected(
        fmt::format("gRPC cannot listen on {}: is the address right and the port free?", options_.grpc_address));
  }
  server_->GetHealthCheckService()->SetServingStatus(true);
  for (const auto* name : {"Console", "Supervision", "Statistics", "Operations", "Recording", "Workforce", "Location"}) {
    server_->GetHealthCheckService()->SetServingStatus(fmt::format("pledge.v1.{}Service", name), true);
  }
  return static_cast<std::uint16_t>(port);
}

namespace {
// "address:port", an IPv6 address in brackets.
tl::expected<asio::ip::tcp::endpoint, std::string> endpoint_of(const std::string& text) {
  const auto colon = text.rfind(':');
  auto host = text.substr(0, colon == std::string::npos ? 0 : colon);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  boost::system::error_code error;
  const auto address = asio::ip::make_address(host, error);
  int port = -1;
  if (colon != std::string::npos && std::sscanf(text.c_str() + colon + 1, "%d", &port) != 1) port = -1;
  if (error || port < 0 || port > 65'535) return tl::unexpected(text + " is not address:port");
  return asio::ip::tcp::endpoint{address, static_cast<std::uint16_t>(port)};
}
}  // namespace

tl::expected<std::uint16_t, std::string> Service::Parts::start_http() {
  if (options_.http_address.empty()) return std::uint16_t{0};
  const auto at = endpoint_of(options_.http_address);
  if (!at) return tl::unexpected("http_address: " + at.error());
  http_ = std::make_shared<HttpServer>(loop_, options_, [this](const std::string& path) { return page(path); });
  if (const auto error = http_->listen(*at)) {
    return tl::unexpected(fmt::format("HTTP cannot listen on {}: {}", options_.http_address, error.message()));
  }
  return http_->port();
}

std::vector<Metric> Service::Parts::own_metrics() const {
  return {{"pledge_watchers",
           "Open streams of consoles and supervisors.",
           static_cast<double>(front_->watchers()),
           false,
           {}},
          {"pledge_consoles", "Open console streams.", static_cast<double>(hub_->consoles.count()), false, {}},
          {"pledge_watchers_dropped_total",
           "Streams dropped because their reader stalled.",
           static_cast<double>(broadcaster_->dropped()),
           true,
           {}},
          {"pledge_requests_pending",
           "Changes the core has not answered.",
           static_cast<double>(hub_->requests.pending()),
           false,
           {}}};
}

HttpPage Service::Parts::page(const std::string& path) {
  if (path == "/healthz") return {200, {}, "ok\n"};
  if (path == "/readyz") {
    if (!ready_) return {503, {}, "not ready\n"};
    return hub_->core.draining() ? HttpPage{503, {}, "draining\n"} : HttpPage{200, {}, "ready\n"};
  }
  if (path != "/metrics") return {404, {}, "there are /metrics, /healthz and /readyz\n"};
  auto more = own_metrics();
  for (const auto& provider : providers_) {
    auto theirs = provider();
    more.insert(more.end(), std::make_move_iterator(theirs.begin()), std::make_move_iterator(theirs.end()));
  }
  return {200, "text/plain; version=0.0.4; charset=utf-8", hub_->metrics.page(clock_.now(), hub_->core, more)};
}

void Service::Parts::beat() {
  beat_.expires_after(options_.heartbeat);
  beat_.async_wait([weak = weak_from_this()](boost::system::error_code error) {
    const auto self = weak.lock();
    if (error || !self || self->stopped_) return;
    self->check_configuration();
    self->hub_->consoles.heartbeat();
    asio::post(self->there_, [b = self->broadcaster_, now = self->clock_.now()] { b->heartbeat(now); });
    self->beat();
  });
}

void Service::Parts::sweep() {
  front_->sweep();
  broadcaster_->sweep(clock_.now());
  sweep_.expires_after(sweep_every);
  sweep_.async_wait([this](boost::system::error_code error) {
    if (!error) sweep();
  });
}

void Service::Parts::stop() {
  if (std::exchange(stopped_, true)) return;
  beat_.cancel();
  hub_->feed->stop();
  if (http_) http_->stop();
  const auto status = refuse(grpc::StatusCode::UNAVAILABLE, "SHUTTING_DOWN", "the engine is shutting down");
  front_->close(status);
  hub_->consoles.end_all(status);
  asio::post(there_, [b = broadcaster_, status] { b->end_all(status); });
  if (server_) {
    server_->Shutdown(std::chrono::system_clock::now() + stop_grace);
    server_->Wait();
    server_.reset();
  }
  if (archive_) archive_->stop();
  if (jobs_) jobs_->stop();
  hub_.reset();
  there_.stop();
  if (thread_.joinable()) thread_.join();
}

Service::Service(asio::io_context& loop, const core::Core& core, runtime::EventSink& sink,
                 runtime::OperationsPort& operations, const runtime::ServiceOptions& options, runtime::Clock& clock)
    : parts_(std::make_shared<Parts>(loop, core, sink, operations, options, clock)) {}
Service::~Service() { parts_->stop(); }
tl::expected<Addresses, std::string> Service::start() { return parts_->start(); }
void Service::stop() { parts_->stop(); }
void Service::observe(core::Time now, const core::Action& action) { parts_->observe(now, action); }
void Service::observe(const runtime::SipMessage& message) { parts_->observe(message); }
void Service::add_metrics(MetricsProvider provider) { parts_->add_metrics(std::move(provider)); }
void Service::serve_recordings(const runtime::RecordingOptions& options) { parts_->serve_recordings(options); }
void Service::serve_workforce(WorkforcePort& port, std::size_t jobs) { parts_->serve_workforce(port, jobs); }
void Service::take_locations(const runtime::LocationReader& reader) { parts_->take_locations(reader); }
void Service::imagine_calls(const runtime::CallReader& reader) { parts_->imagine_calls(reader); }
std::uint64_t Service::watchers_dropped() const { return parts_->watchers_dropped(); }
void Service::set_ready(bool ready) { parts_->set_ready(ready); }

}  // namespace pledge::service
