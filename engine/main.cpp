// The composition root of the daemon: makes the parts, joins them, runs the loop, and takes them apart in order.
#include "main.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <sys/resource.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <csignal>
#include <random>

#include "core/core.hpp"
#include "journal/journal.hpp"
#include "main/operations.hpp"
#include "main/recordings.hpp"
#include "main/reporting.hpp"
#include "main/silence.hpp"
#include "main/typed_numbers.hpp"
#include "main/workforce.hpp"
#include "runtime/clock.hpp"
#include "runtime/driver.hpp"
#include "service/service.hpp"
#include "settings/settings.hpp"
#include "sip/media/engine.hpp"
#include "sip/rtpengine/engine.hpp"
#include "sip/signalling/sip_adapter.hpp"
#include "sip/signalling/text.hpp"

namespace pledge {
namespace {

namespace asio = boost::asio;
using Result = tl::expected<void, std::string>;

// The limit may be raised up to the hard one without asking anyone.
Result raise_descriptor_limit(std::uint64_t needed) {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_max < needed)
    return tl::unexpected(
        fmt::format("{} file descriptors are needed for the configured ports and limits, and this process "
                    "may have {}: raise RLIMIT_NOFILE (systemd: LimitNOFILE={}), or configure fewer ports",
                    needed, limit.rlim_max, needed));
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
  return {};
}

std::string ready_text(const std::vector<signalling::BoundListener>& bound, const std::string& grpc, const std::string& http) {
  std::string sip;
  for (const auto& at : bound) {
    const bool v6 = at.address.find(':') != std::string::npos;
    sip += fmt::format("{}{}:{}:{}", sip.empty() ? "" : ",", runtime::name(at.transport), v6 ? "[" + at.address + "]" : at.address,
                       at.port);
  }
  return fmt::format("ready sip={} grpc={} http={}", sip, grpc, http.empty() ? "none" : http);
}

// Addresses and ports need no escapes.
std::string ready_json(const std::vector<signalling::BoundListener>& bound, const std::string& grpc, const std::string& http) {
  std::string sip;
  for (const auto& at : bound)
    sip += fmt::format(R"({}{{"transport":"{}","address":"{}","port":{}}})", sip.empty() ? "" : ",", runtime::name(at.transport),
                       at.address, at.port);
  return fmt::format(R"({{"ready":true,"sip":[{}],"grpc":"{}","http":{}}})", sip, grpc, http.empty() ? "null" : "\"" + http + "\"");
}

// What is declared first is taken apart last.
class Engine final : runtime::Observer {
 public:
  Engine(settings::Settings settings, const ServeArguments& arguments);
  ~Engine();

  Result start();
  void run() { loop_.run(); }

 private:
  const core::Actions& step(core::Time now, const core::Event& event);
  Result open_journal();
  Result open_media();
  void open_rtpengine();
  Result start_signalling();
  Result start_service();
  std::string ready_line(const service::Addresses& addresses) const;
  Result apply(const settings::Settings& settings, const std::string& actor);
  void renew_in_time();
  void tell_held_back_alarms();
  void watch_signals();
  void on_signal(int signal);
  void shut_down(const std::string& actor);
  void configure(const settings::Settings& settings, const std::string& actor);
  void stop() { loop_.stop(); }
  void observe(core::Time now, const core::Action& action) override;

  const ServeArguments arguments_;
  asio::io_context loop_{1};
  runtime::SystemClock clock_;
  core::Core core_;
  std::uint64_t steps_ = 0;
  runtime::Driver driver_{
      [this](core::Time now, const core::Event& event) -> const core::Actions& { return step(now, event); }, clock_};
  runtime::TimerWaker waker_{loop_, clock_, [this] { driver_.wake(); }};
  ActionLog log_;
  Operations operations_;
  Workforce workforce_{clock_};
  std::unique_ptr<journal::Journal> journal_;
  std::unique_ptr<media::MediaEngine> media_;
  std::unique_ptr<rtpengine::Engine> rtpengine_;  // before it, if so configured
  SilenceWatch silences_{core_, [this](core::Alarm alarm) { driver_.raise(std::move(alarm)); }};
  std::unique_ptr<Recordings> recordings_;
  std::unique_ptr<signalling::SipAdapter> signalling_;
  std::unique_ptr<TypedNumbers> typed_;
  std::unique_ptr<service::Service> service_;
  asio::signal_set signals_{loop_, SIGTERM, SIGINT, SIGHUP};
  asio::steady_timer drained_{loop_}, renewal_{loop_}, held_back_{loop_};
  bool stopping_ = false;
};

Engine::Engine(settings::Settings settings, const ServeArguments& arguments)
    : arguments_(arguments),
      operations_(std::move(settings), core_, clock_,
                  {[this](const auto& candidate, const auto& actor) { return apply(candidate, actor); },
                   [this](const auto& actor) { shut_down(actor); }}) {
}

// What became of recordings goes to the journal while all is there. Then the consoles, so that none sees legs vanish; then
// the legs, their media, and what has been written.
Engine::~Engine() {
  if (signalling_) signalling_->trace_to(nullptr);
  if (recordings_) recordings_->stop();
  if (service_) service_->stop();
  service_.reset();
  signalling_.reset();
  recordings_.reset();
  rtpengine_.reset();
  media_.reset();
  journal_.reset();
}

const core::Actions& Engine::step(core::Time now, const core::Event& event) {
  log_event(now, event);
  const auto& actions = core_.step(now, event);
  log_change(event, actions);
#ifndef NDEBUG
  constexpr std::uint64_t checked_every = 64;  // walking everything at each step would change what is tested
  if (++steps_ % checked_every == 0) core_.check_invariants();
#endif
  return actions;
}

// Each part before those that call it; the service last, so that no console sees half an engine.
Result Engine::start() {
  driver_.connect(static_cast<runtime::Waker&>(waker_));
  driver_.add(log_);
  driver_.add(*this);
  auto started = open_journal().and_then([&] { return open_media(); });
  if (!started) return started;
  driver_.add(workforce_);
  configure(operations_.running(), {});
  return start_signalling().and_then([&] { return start_service(); });
}

Result Engine::open_journal() {
  auto opened = journal::Journal::open(operations_.running().journal, clock_.now(),
                                       {[this](std::function<void()> what) { asio::post(loop_, std::move(what)); },
                                        [this](core::Alarm alarm) { driver_.raise(std::move(alarm)); }});
  if (!opened) return tl::unexpected(opened.error());
  journal_ = std::move(*opened);
  driver_.connect(static_cast<runtime::JournalPort&>(*journal_));
  return {};
}

Result Engine::open_media() try {
  const auto& running = operations_.running();
  media_ = std::make_unique<media::MediaEngine>(loop_.get_executor(), running.media, std::random_device{}());
  media_->on_silence([this](const auto& legs) { silences_.take(legs); });
  media_->on_event([this](core::Event event) { driver_.submit(std::move(event)); });
  recordings_ = std::make_unique<Recordings>(loop_.get_executor(), *media_, driver_, clock_, running.recording);
  if (running.media.engine == runtime::MediaEngineKind::rtpengine) open_rtpengine();
  return media_->use(running.announcements);
} catch (const std::system_error& error) {
  return tl::unexpected(fmt::format("media: {}: free descriptors or memory, or raise their limits", error.what()));
}

// Its calls and cookies must not be taken for those of an engine that ran before.
void Engine::open_rtpengine() {
  std::random_device random;
  rtpengine_ = std::make_unique<rtpengine::Engine>(loop_, operations_.running().media.rtpengine, *media_,
                                                   fmt::format("{:08x}{:08x}", random(), random()),
                                                   [this](core::Alarm alarm) { driver_.raise(std::move(alarm)); });
}

Result Engine::start_signalling() {
  runtime::MediaPort& media = rtpengine_ ? static_cast<runtime::MediaPort&>(*rtpengine_) : *media_;
  signalling_ = std::make_unique<signalling::SipAdapter>(loop_, operations_.running().sip, driver_, media, clock_,
                                                         [this](const std::string& kind, const std::string& text) {
                                                           driver_.raise({kind, text});
                                                         });
  driver_.connect(static_cast<runtime::SignallingPort&>(*signalling_));
  signalling_->ask_in_overload([this](const core::CallFacts& facts) { return core_.is_first_class(clock_.now(), facts); });
  signalling_->keep_legs_in(journal_.get());
  return signalling_->start();
}

Result Engine::start_service() {
  typed_ = std::make_unique<TypedNumbers>(driver_, operations_.running().sip.region);
  service_ = std::make_unique<service::Service>(loop_, core_, *typed_, operations_, operations_.running().service, clock_);
  service_->add_metrics([this] { return metrics_of(journal_->counters()); });
  service_->add_metrics([this] { return metrics_of(*signalling_); });
  service_->add_metrics([this] { return metrics_of(*media_); });
  if (rtpengine_) service_->add_metrics([this] { return metrics_of(*rtpengine_); });
  service_->add_metrics([this] { return silences_.metrics(); });
  service_->add_metrics([this] { return recordings_->metrics(); });
  service_->serve_recordings(operations_.running().recording);
  service_->serve_workforce(workforce_, operations_.running().workforce.jobs);
  service_->take_locations(*signalling_);
  service_->imagine_calls(*signalling_);
  const auto addresses = service_->start();
  if (!addresses) return tl::unexpected(addresses.error());
  driver_.add(*service_);
  signalling_->trace_to(service_.get());
  watch_signals();
  renew_in_time();
  tell_held_back_alarms();
  // After this line somebody may count on us: the loop runs next.
  fmt::print("{}\n", ready_line(*addresses));
  std::fflush(stdout);
  return {};
}

std::string Engine::ready_line(const service::Addresses& addresses) const {
  const auto with_port = [](const std::string& configured, std::uint16_t port) {
    return fmt::format("{}:{}", configured.substr(0, configured.rfind(':')), port);
  };
  const auto& options = operations_.running().service;
  const auto grpc = with_port(options.grpc_address, addresses.grpc_port);
  const auto http = addresses.http_port == 0 ? std::string{} : with_port(options.http_address, addresses.http_port);
  return arguments_.json ? ready_json(signalling_->bound(), grpc, http) : ready_text(signalling_->bound(), grpc, http);
}

// First the parts that can refuse; what the one has taken over before the other refuses is taken back.
Result Engine::apply(const settings::Settings& settings, const std::string& actor) {
  if (auto used = media_->use(settings.announcements); !used) return used;
  if (auto applied = signalling_->reload(settings.sip); !applied) {
    (void)media_->use(operations_.running().announcements);
    return applied;
  }
  typed_->assume(settings.sip.region);
  configure(settings, actor);
  return {};
}

void Engine::configure(const settings::Settings& settings, const std::string& actor) {
  auto options = std::make_shared<core::Options>(settings.core);
  workforce_.use(settings, options);
  driver_.submit(core::Configured{std::move(options), actor});
}

// When half of the time that calendars are worked out for has passed.
void Engine::renew_in_time() {
  const auto left = operations_.running().calendars_until - clock_.now();
  renewal_.expires_after(std::max<core::Duration>(left / 2, std::chrono::hours(1)));
  renewal_.async_wait([this](boost::system::error_code error) {
    if (error) return;
    operations_.renew();
    renew_in_time();
  });
}

void Engine::tell_held_back_alarms() {
  held_back_.expires_after(std::chrono::seconds(10));
  held_back_.async_wait([this](boost::system::error_code error) {
    if (error) return;
    log_.tell_held_back(clock_.now());
    tell_held_back_alarms();
  });
}

void Engine::watch_signals() {
  signals_.async_wait([this](boost::system::error_code error, int signal) {
    if (error) return;
    watch_signals();
    on_signal(signal);
  });
}

void Engine::on_signal(int signal) {
  if (signal == SIGHUP) operations_.reload(arguments_.directory, "SIGHUP");
  else shut_down(signal == SIGTERM ? "SIGTERM" : "SIGINT");
}

// Once: calls in progress may end, new ones are refused. Twice: at once. The journal tells by the drain who asked first.
void Engine::shut_down(const std::string& actor) {
  const bool again = std::exchange(stopping_, true);
  spdlog::info("shut-down by {}{}", signalling::text::printable(actor), again ? ": at once" : "");
  if (again) return stop();
  service_->set_ready(false);
  core::Drain drain;
  drain.request.actor = actor;
  driver_.submit(drain);
  if (core_.calls_live() == 0) return stop();
  spdlog::info("{} calls may go on for {:.0f} s; again to end them", core_.calls_live(),
               std::chrono::duration<double>(arguments_.drain_for).count());
  drained_.expires_after(arguments_.drain_for);
  drained_.async_wait([this](boost::system::error_code error) {
    if (!error) stop();
  });
}

void Engine::observe(core::Time, const core::Action& action) {
  if (!stopping_) return;
  const auto* change = std::get_if<core::ContactChanged>(&action);
  // Posted, so that what remains of this step (a BYE, an answer to a console) still leaves.
  if (change != nullptr && core_.calls_live() == 0) asio::post(loop_, [this] { stop(); });
}

int fail(const std::string& text) {
  fmt::print(stderr, "pledge serve: {}\n", text);
  return 1;
}

}  // namespace

int serve(const ServeArguments& arguments) {
  if (!open_log(arguments.log_level)) return fail(fmt::format("there is no log level \"{}\"", arguments.log_level));
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);  // a limit of file sizes is an error of the write, not the end of every call
  auto loaded = settings::load(arguments.directory, environment(runtime::SystemClock().now()));
  for (const auto& fault : loaded ? loaded->warnings : loaded.error())
    fmt::print(stderr, "{}\n", settings::to_text(fault));
  if (!loaded) return fail(arguments.directory + ": the configuration is not usable, see above");
  if (const auto raised = raise_descriptor_limit(loaded->descriptors_needed); !raised) return fail(raised.error());
  Engine engine(std::move(*loaded), arguments);
  if (const auto started = engine.start(); !started) return fail(started.error());
  engine.run();
  spdlog::info("stopped");
  return 0;
}

}  // namespace pledge
