// Five hundred supervision watchers, each on its own connection, while a thousand changes a second happen and one
// handler gets offers. The engine (loop, core, services) and its clients are two processes, so that the engine's
// processor time stands alone. Prints one JSON row a line.
// clang-format off: Asio uses std::exchange without saying so
#include <utility>
// clang-format on
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>

#include "pledge/v1/console.grpc.pb.h"
#include "pledge/v1/supervision.grpc.pb.h"
#include "service/service.hpp"

namespace {

using namespace pledge;
using namespace std::chrono_literals;
namespace asio = boost::asio;

struct Size {
  int watchers = 500, handlers = 2'000;
  std::chrono::nanoseconds change_every = 1'100us, offer_every = 50ms, warm_up = 3s, measured = 10s;
};

// Both processes read the same clock.
core::Time clock_now() {
  constexpr std::int64_t epoch = 1'700'000'000'000'000'000;
  return {epoch + std::chrono::nanoseconds{std::chrono::steady_clock::now().time_since_epoch()}.count()};
}

void row(const char* name, double value, const char* unit) {
  std::printf("{\"name\":\"watchers.%s\",\"value\":%.6g,\"unit\":\"%s\"}\n", name, value, unit);
}

// ---- the engine -------------------------------------------------------------------------------------------------
class Engine final : public runtime::EventSink, public runtime::OperationsPort, public runtime::Clock {
 public:
  explicit Engine(const Size& size) : size_(size), service_(loop_, core_, *this, *this, options(), *this) {}
  // Serves until `stop` becomes readable; writes the port to `ready` first.
  void run(int ready, int stop);

  void submit(core::Event event) override {
    events_.push_back(std::move(event));
    if (std::exchange(busy_, true)) return;
    for (; !events_.empty(); events_.pop_front()) {
      const auto at = now();
      const core::Actions actions = core_.step(at, events_.front());
      for (const auto& action : actions) service_.observe(at, action);
    }
    busy_ = false;
  }
  runtime::OperationResult check(const std::string&) override { return {}; }
  runtime::OperationResult diff(const std::string&) override { return {}; }
  runtime::OperationResult reload(const std::string&) override { return {}; }
  void shut_down() override {}
  core::Time now() const override { return clock_now(); }

 private:
  static runtime::ServiceOptions options() {
    runtime::ServiceOptions options;
    options.grpc_address = "127.0.0.1:0";
    options.http_address.clear();
    return options;
  }
  std::shared_ptr<const core::Options> room() const;
  void change();
  void offer();
  core::Request request() { return {{(1ull << 40) + ++last_request_}, "bench", 0}; }

  Size size_;
  asio::io_context loop_;
  core::Core core_;
  service::Service service_;
  asio::steady_timer change_{loop_}, offer_{loop_};
  std::deque<core::Event> events_;
  bool busy_ = false, ringing_ = false;
  std::uint64_t last_request_ = 0, changes_ = 0, leg_ = 0;
};

core::HandlerOptions handler(const std::string& id, const std::string& role) {
  core::HandlerOptions handler;
  handler.id = {id};
  handler.pool = {"room"};
  handler.roles = {{role}};
  handler.phone_mode = core::PhoneMode::accept_first;
  handler.phone = "sip:" + id + "@192.0.2.1";
  return handler;
}

// Many handlers who change between ready and not ready, and one, alone in her queue, who gets the calls.
std::shared_ptr<const core::Options> Engine::room() const {
  core::Options options;
  options.classes = {{{"emergency"}, {}}};
  for (const auto* id : {"emergency", "quiet"}) {
    core::QueueOptions queue;
    queue.id = {id};
    queue.service_class = {"emergency"};
    options.queues.push_back(queue);
    options.roles.push_back({{id}, {{id}}, false});
  }
  core::TriageRule rule;
  rule.id = "all";
  rule.queue = {"emergency"};
  options.triage = {rule};
  core::PoolOptions pool;
  pool.id = {"room"};
  pool.reserve.kind = core::ReserveKind::off;
  options.pools = {pool};
  options.handlers.push_back(handler("desk", "emergency"));
  for (int i = 0; i < size_.handlers; ++i) options.handlers.push_back(handler("h" + std::to_string(i), "quiet"));
  return std::make_shared<const core::Options>(std::move(options));
}

// Each tick makes up for what the clock let pass, so that the rate holds.
void Engine::change() {
  const auto which = changes_++;
  const core::HandlerId id{"h" + std::to_string(which % static_cast<std::uint64_t>(size_.handlers))};
  const bool ready = which / static_cast<std::uint64_t>(size_.handlers) % 2 == 0;
  if (ready) submit(core::GoReady{request(), id});
  else submit(core::GoNotReady{request(), id, "bench"});
  change_.expires_at(change_.expiry() + size_.change_every);
  change_.async_wait([this](auto error) {
    if (!error) change();
  });
}

// The caller calls, and gives up before the next tick.
void Engine::offer() {
  if (ringing_) {
    submit(core::LegEnded{{leg_}, core::LegEnd::cancelled});
  } else {
    core::CallFacts facts;
    facts.dialled = "999";
    facts.sip_call_id = std::to_string(leg_ += 2);
    submit(core::CallArrived{{leg_}, facts});
  }
  ringing_ = !ringing_;
  offer_.expires_at(offer_.expiry() + size_.offer_every / 2);
  offer_.async_wait([this](auto error) {
    if (!error) offer();
  });
}

void Engine::run(int ready, int stop) {
  submit(core::Configured{room()});
  const auto started = service_.start();
  if (!started) std::abort();
  for (const auto& handler : core_.options().handlers) {
    submit(core::SignOn{request(), handler.id, {}, "desk", false});
    submit(core::ConsoleAttached{handler.id, "desk"});
  }
  submit(core::GoReady{request(), {"desk"}});
  if (write(ready, &started->grpc_port, sizeof started->grpc_port) < 0) std::abort();
  change_.expires_after(0ms);
  offer_.expires_after(0ms);
  change();
  offer();
  std::thread waiter{[&] {
    char byte;
    // The clients ask for the processor time used so far with a byte; the pipe's end means stop.
    while (read(stop, &byte, 1) == 1) {
      rusage used{};
      getrusage(RUSAGE_SELF, &used);
      const double seconds = static_cast<double>(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
                             static_cast<double>(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
      if (write(ready, &seconds, sizeof seconds) < 0) break;
    }
    loop_.stop();
  }};
  loop_.run();
  waiter.join();
  service_.stop();
}

// ---- the clients ------------------------------------------------------------------------------------------------
grpc::ChannelArguments own_connection(int number, bool narrow = false) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt("pledge.bench.number", number);
  if (narrow) {  // else gRPC's client takes megabytes before it stops the sender
    arguments.SetInt(GRPC_ARG_HTTP2_BDP_PROBE, 0);
    arguments.SetInt(GRPC_ARG_HTTP2_STREAM_LOOKAHEAD_BYTES, 65'536);
  }
  return arguments;
}

double ms_since(const google::protobuf::Timestamp& t, core::Time now) {
  return static_cast<double>(now.ns - (t.seconds() * 1'000'000'000 + t.nanos())) / 1e6;
}

// A watcher that reads raw and looks into one message of sixteen, so that the measuring does not become the load.
class Watcher final : public grpc::ClientBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer> {
 public:
  Watcher(const std::string& target, int number, bool stalled)
      : stub_(grpc::CreateCustomChannel(target, grpc::InsecureChannelCredentials(), own_connection(number, stalled))),
        seen_(static_cast<unsigned>(number)),
        stalled_(stalled) {
    stub_.PrepareBidiStreamingCall(&context_, "/pledge.v1.SupervisionService/Watch", {}, this);
    StartWriteLast(&request_, {});
    if (!stalled_) StartRead(&buffer_);
    StartCall();
  }
  void OnReadDone(bool ok) override {
    if (!ok) return;
    const auto now = clock_now();
    const std::lock_guard lock{mutex_};
    last_ = buffer_;
    buffer_.Clear();
    if (seen_++ % 16 == 0) look(now);
    StartRead(&buffer_);
  }
  void OnDone(const grpc::Status& status) override {
    const std::lock_guard lock{mutex_};
    status_ = status;
    done_ = true;
    changed_.notify_all();
  }
  std::uint64_t sequence() {
    const std::lock_guard lock{mutex_};
    v1::WatchResponse response;
    parse(response);
    return response.sequence();
  }
  void measure(bool on) {
    const std::lock_guard lock{mutex_};
    measuring_ = on;
  }
  std::vector<double> latencies() {
    const std::lock_guard lock{mutex_};
    return latencies_;
  }
  grpc::StatusCode end() {
    context_.TryCancel();
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [&] { return done_; });
    return status_.error_code();
  }
  // What is left to read after a stall, to the stream's end.
  grpc::StatusCode drain() {
    StartRead(&buffer_);
    std::unique_lock lock{mutex_};
    changed_.wait_for(lock, 10s, [&] { return done_; });
    return done_ ? status_.error_code() : grpc::StatusCode::OK;
  }

 private:
  void parse(pledge::v1::WatchResponse& response) {
    auto copy = last_;
    if (copy.Valid()) grpc::SerializationTraits<pledge::v1::WatchResponse>::Deserialize(&copy, &response);
  }
  void look(core::Time now) {
    if (!measuring_) return;
    pledge::v1::WatchResponse response;
    parse(response);
    for (const auto& handler : response.delta().handlers()) latencies_.push_back(ms_since(handler.since(), now));
  }
  grpc::ClientContext context_;
  grpc::TemplatedGenericStub<grpc::ByteBuffer, grpc::ByteBuffer> stub_;
  grpc::Slice nothing_;  // an empty request, but a valid one
  grpc::ByteBuffer request_{&nothing_, 1}, buffer_, last_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<double> latencies_;
  unsigned seen_;
  bool stalled_, measuring_ = false, done_ = false;
  grpc::Status status_;
};

// The console of the handler who gets the calls.
class Desk {
 public:
  explicit Desk(const std::string& target)
      : stub_(v1::ConsoleService::NewStub(
            grpc::CreateCustomChannel(target, grpc::InsecureChannelCredentials(), own_connection(-1)))) {
    v1::WatchConsoleRequest request;
    request.set_handler("desk");
    request.set_session("desk");
    reader_ = stub_->WatchConsole(&context_, request);
    thread_ = std::thread{[this] { read(); }};
  }
  void measure(bool on) { measuring_ = on; }
  std::vector<double> stop() {
    context_.TryCancel();
    thread_.join();
    reader_->Finish();
    return latencies_;
  }

 private:
  void read() {
    for (v1::WatchConsoleResponse response; reader_->Read(&response);) {
      if (response.has_offer() && measuring_) latencies_.push_back(ms_since(response.offer().made(), clock_now()));
    }
  }
  grpc::ClientContext context_;
  std::unique_ptr<v1::ConsoleService::Stub> stub_;
  std::unique_ptr<grpc::ClientReader<v1::WatchConsoleResponse>> reader_;
  std::thread thread_;
  std::atomic<bool> measuring_{false};
  std::vector<double> latencies_;
};

double percentile(std::vector<double>& values, double share) {
  if (values.empty()) return -1;
  std::sort(values.begin(), values.end());
  return values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1))];
}

void wait(std::chrono::nanoseconds d) {
  asio::io_context io;
  asio::steady_timer timer{io, d};
  timer.wait();
}

double engine_seconds(int ask, int answer) {
  double seconds = 0;
  if (write(ask, "?", 1) != 1 || read(answer, &seconds, sizeof seconds) != sizeof seconds) std::abort();
  return seconds;
}

void run_clients(const Size& size, int ask, int answer) {
  std::uint16_t port = 0;
  if (read(answer, &port, sizeof port) != sizeof port) std::abort();
  const auto target = "127.0.0.1:" + std::to_string(port);
  std::vector<std::unique_ptr<Watcher>> watchers;
  for (int i = 0; i < size.watchers; ++i) watchers.push_back(std::make_unique<Watcher>(target, i, false));
  Watcher stalled{target, size.watchers, true};
  Desk desk{target};
  wait(size.warm_up);
  const auto all = [&](bool on) {
    for (auto& watcher : watchers) watcher->measure(on);
    desk.measure(on);
  };
  all(true);
  std::uint64_t before = 0, after = 0;
  for (auto& watcher : watchers) before += watcher->sequence();
  const auto used = engine_seconds(ask, answer);
  const auto from = clock_now();
  wait(size.measured);
  const double seconds = static_cast<double>((clock_now() - from).count()) / 1e9;
  const double cores = (engine_seconds(ask, answer) - used) / seconds;
  for (auto& watcher : watchers) after += watcher->sequence();
  all(false);
  std::vector<double> latencies;
  for (auto& watcher : watchers) {
    const auto theirs = watcher->latencies();
    latencies.insert(latencies.end(), theirs.begin(), theirs.end());
  }
  auto offers = desk.stop();
  row("watchers", size.watchers, "1");
  row("changes_per_second", static_cast<double>(after - before) / seconds / size.watchers, "1/s");
  row("delivered_per_second", static_cast<double>(after - before) / seconds, "1/s");
  row("latency_p50", percentile(latencies, 0.5), "ms");
  row("latency_p99", percentile(latencies, 0.99), "ms");
  row("offer_p50", percentile(offers, 0.5), "ms");
  row("offer_p99", percentile(offers, 0.99), "ms");
  row("offers", static_cast<double>(offers.size()), "1");
  row("engine_cores", cores, "cores");
  row("stalled_dropped", stalled.drain() != grpc::StatusCode::OK, "1");
  stalled.end();
  for (auto& watcher : watchers) watcher->end();
}

}  // namespace

int main(int argc, char** argv) {
  Size size;
  if (argc > 1) size.watchers = std::atoi(argv[1]);
  if (argc > 2) size.measured = std::chrono::seconds{std::atoi(argv[2])};
  int ask[2], answer[2];
  if (pipe(ask) != 0 || pipe(answer) != 0) return 1;
  const auto engine = fork();  // before any thread of gRPC's
  if (engine == 0) {
    close(ask[1]);
    Engine{size}.run(answer[1], ask[0]);
    return 0;
  }
  close(ask[0]);
  run_clients(size, ask[1], answer[0]);
  close(ask[1]);
  int status = 0;
  waitpid(engine, &status, 0);
  return status == 0 ? 0 : 1;
}
