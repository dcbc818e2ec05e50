// Five hundred supervision watchers, each on its own connection, while a thousand changes a second happen and one
// handler gets offers. The engine (loop, core, services), the watchers and the handler's console are three processes:
// the engine's processor time stands alone, and the console does not queue behind five hundred other readers. Afterwards
// a fourth sends as much with gRPC alone. Prints one JSON row a line.
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
#include "watchers_engine.hpp"
#include "watchers_floor.hpp"

namespace {

using namespace pledge;
using namespace pledge::bench;
using namespace std::chrono_literals;

void row(const char* name, double value, const char* unit) {
  std::printf("{\"name\":\"watchers.%s\",\"value\":%.6g,\"unit\":\"%s\"}\n", name, value, unit);
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

struct Received {
  std::uint64_t messages = 0, bytes = 0;
};

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
    if (measuring_) ++received_.messages, received_.bytes += last_.Length();
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
  Received received() {
    const std::lock_guard lock{mutex_};
    return received_;
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
  Received received_;
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

struct Offers {
  double p50 = 0, p99 = 0, count = 0;
};

// The console's process: the port comes in first, then a byte when measuring begins; the pipe's end means stop.
void run_desk(int in, int out) {
  std::uint16_t port = 0;
  char byte = 0;
  if (read(in, &port, sizeof port) != sizeof port) return;
  Desk desk{"127.0.0.1:" + std::to_string(port)};
  if (read(in, &byte, 1) == 1) desk.measure(true);
  while (read(in, &byte, 1) == 1) continue;
  auto latencies = desk.stop();
  const Offers offers{percentile(latencies, 0.5), percentile(latencies, 0.99), static_cast<double>(latencies.size())};
  if (write(out, &offers, sizeof offers) < 0) std::abort();
}

// What each watcher has been sent.
Load run_clients(const Size& size, int ask, int answer, int desk, int offers_seen) {
  std::uint16_t port = 0;
  if (read(answer, &port, sizeof port) != sizeof port) std::abort();
  const auto target = "127.0.0.1:" + std::to_string(port);
  std::vector<std::unique_ptr<Watcher>> watchers;
  for (int i = 0; i < size.watchers; ++i) watchers.push_back(std::make_unique<Watcher>(target, i, false));
  Watcher stalled{target, size.watchers, true};
  if (write(desk, &port, sizeof port) < 0) std::abort();
  wait(size.warm_up);
  const auto all = [&](bool on) {
    for (auto& watcher : watchers) watcher->measure(on);
  };
  all(true);
  if (write(desk, "m", 1) < 0) std::abort();
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
  Received received;
  for (auto& watcher : watchers) {
    const auto its = watcher->received();
    received.messages += its.messages, received.bytes += its.bytes;
    const auto theirs = watcher->latencies();
    latencies.insert(latencies.end(), theirs.begin(), theirs.end());
  }
  close(desk);
  Offers offers;
  if (read(offers_seen, &offers, sizeof offers) != sizeof offers) std::abort();
  row("watchers", size.watchers, "1");
  row("changes_per_second", static_cast<double>(after - before) / seconds / size.watchers, "1/s");
  row("delivered_per_second", static_cast<double>(after - before) / seconds, "1/s");
  row("latency_p50", percentile(latencies, 0.5), "ms");
  row("latency_p99", percentile(latencies, 0.99), "ms");
  row("offer_p50", offers.p50, "ms");
  row("offer_p99", offers.p99, "ms");
  row("offers", offers.count, "1");
  row("engine_cores", cores, "cores");
  row("stalled_dropped", stalled.drain() != grpc::StatusCode::OK, "1");
  stalled.end();
  for (auto& watcher : watchers) watcher->end();
  const auto messages = static_cast<double>(received.messages);
  const Load load{static_cast<double>(received.bytes) / messages, messages / seconds / size.watchers};
  row("message_bytes", load.bytes, "bytes");
  row("messages_per_second", load.messages_per_second, "1/s");
  return load;
}

void run_floor_clients(const Size& size, const Load& load, int ask, int answer) {
  std::uint16_t port = 0;
  if (write(ask, &load, sizeof load) != sizeof load || read(answer, &port, sizeof port) != sizeof port) std::abort();
  std::vector<std::unique_ptr<Watcher>> watchers;
  for (int i = 0; i < size.watchers; ++i)
    watchers.push_back(std::make_unique<Watcher>("127.0.0.1:" + std::to_string(port), i, false));
  wait(size.warm_up);
  const auto used = engine_seconds(ask, answer);
  const auto from = clock_now();
  wait(size.measured);
  row("floor_cores", (engine_seconds(ask, answer) - used) * 1e9 / static_cast<double>((clock_now() - from).count()), "cores");
  for (auto& watcher : watchers) watcher->end();
}

}  // namespace

int main(int argc, char** argv) {
  Size size;
  if (argc > 1) size.watchers = std::atoi(argv[1]);
  if (argc > 2) size.measured = std::chrono::seconds{std::atoi(argv[2])};
  int ask[2], answer[2], desk[2], offers[2], ask_floor[2], floor_answer[2];
  if (pipe(ask) != 0 || pipe(answer) != 0 || pipe(desk) != 0 || pipe(offers) != 0 || pipe(ask_floor) != 0 || pipe(floor_answer) != 0)
    return 1;
  const auto begin = [&](const auto& run) {  // before any thread of gRPC's
    const auto child = fork();
    if (child != 0) return child;
    for (const int end : {ask[1], desk[1], ask_floor[1]}) close(end);
    run();
    std::exit(0);
  };
  const auto engine = begin([&] { Engine{size}.run(answer[1], ask[0]); });
  const auto console = begin([&] { run_desk(desk[0], offers[1]); });
  const auto floor = begin([&] { Floor{}.run(ask_floor[0], floor_answer[1]); });
  const auto load = run_clients(size, ask[1], answer[0], desk[1], offers[0]);
  close(ask[1]);
  const auto ended_well = [](pid_t child) {
    int status = 0;
    return waitpid(child, &status, 0) == child && status == 0;
  };
  if (!ended_well(engine) || !ended_well(console)) return 1;
  run_floor_clients(size, load, ask_floor[1], floor_answer[0]);
  close(ask_floor[1]);
  return ended_well(floor) ? 0 : 1;
}
