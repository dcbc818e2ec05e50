#include "sip/rtpengine/engine.hpp"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <charconv>
#include <system_error>

namespace pledge::rtpengine {
namespace {

namespace asio = boost::asio;
using asio::ip::udp;

// "127.0.0.1:2223", "[::1]:2223".
udp::endpoint endpoint_of(const std::string& text, boost::system::error_code& error) {
  const auto colon = std::min(text.rfind(':'), text.size());
  std::string host = text.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  std::uint16_t port = 0;
  if (colon < text.size()) std::from_chars(text.data() + colon + 1, text.data() + text.size(), port);
  return {asio::ip::make_address(host, error), port};
}

// Answers taken at once: more than there may be requests, so that the rest of the loop waits for no flood of them.
constexpr int most_at_once = 65'536;

bool v6(const std::string& ip) { return ip.find(':') != std::string::npos; }

}  // namespace

Engine::Engine(asio::io_context& loop, const runtime::RtpengineOptions& options, runtime::MediaPort& embedded, std::string name,
               std::function<void(core::Alarm)> alarm)
    : options_(options),
      embedded_(embedded),
      exchange_(options, name),
      calls_(options, "pledge-" + name, ports(std::move(alarm))),
      socket_(loop),
      timer_(loop, [this] { rang(); }),
      self_(std::make_shared<Engine*>(this)) {
  connect();
  receive();
  rang();
}

void Engine::connect() {
  boost::system::error_code error;
  const auto endpoint = endpoint_of(options_.address, error);
  if (!error) socket_.open(endpoint.protocol(), error);
  if (!error) socket_.connect(endpoint, error);  // of UDP: nobody else's datagrams are taken
  if (!error) socket_.non_blocking(true, error);
  if (error) throw std::system_error(error, "rtpengine at \"" + options_.address + "\"");
}

Engine::~Engine() {
  *self_ = nullptr;
  moved_ = {};
  calls_.stop();
  settle();
}

// What is lost is moved when the step is over: moving asks signalling, which may ask media.
Calls::Ports Engine::ports(std::function<void(core::Alarm)> alarm) {
  return {[this](const Dictionary& request, Done done) { exchange_.ask(std::chrono::steady_clock::now(), request, std::move(done)); },
          [this](const Dictionary& request) { exchange_.tell(request); },
          [this](core::LegId leg, const runtime::MediaFormat& format) { embedded_.set_format(leg, format); },
          [this](const std::vector<core::LegId>& legs) { lost_.insert(lost_.end(), legs.begin(), legs.end()); }, std::move(alarm)};
}

void Engine::receive() {
  socket_.async_wait(udp::socket::wait_read, [self = self_](boost::system::error_code error) {
    if (!*self || error == asio::error::operation_aborted) return;
    (*self)->drain();
    (*self)->settle();
    (*self)->receive();
  });
}

// An error is told by the system where nobody listens there, once for each datagram sent: the request is sent again, or given
// up, in its time.
void Engine::drain() {
  for (int taken = 0; taken < most_at_once; ++taken) {
    boost::system::error_code error;
    const auto size = socket_.receive(asio::buffer(buffer_), 0, error);
    if (error == asio::error::would_block) return;
    if (!error) exchange_.receive(std::chrono::steady_clock::now(), {buffer_.data(), size});
  }
}

// What has arrived comes first: after a stall of this loop answers that wait must not be taken for none.
void Engine::rang() {
  drain();
  const auto now = std::chrono::steady_clock::now();
  exchange_.advance(now);
  if (next_watch_ <= now) next_watch_ = now + options_.watch_every, calls_.watch(now);
  settle();
}

void Engine::settle() {
  while (!lost_.empty())
    for (const auto leg : std::exchange(lost_, {})) move(leg);
  for (const auto& datagram : exchange_.take_datagrams()) {
    boost::system::error_code error;
    socket_.send(asio::buffer(datagram), 0, error);  // one that the system does not take is lost, as on a network
  }
  timer_.ring_by(std::min(exchange_.next_due(), next_watch_));
}

void Engine::move(core::LegId leg) {
  const auto lost = legs_.extract(leg);
  if (!lost) return;
  ++moves_;
  if (lost.mapped().format) embedded_.set_format(leg, *lost.mapped().format);
  if (moved_) moved_(leg, lost.mapped().own);
}

tl::expected<runtime::MediaLocal, std::error_code> Engine::open(core::LegId leg, const std::string& local_ip) {
  auto own = embedded_.open(leg, local_ip);
  if (!own || v6(local_ip)) return own;
  const auto& inside = options_.inside_address.empty() ? local_ip : options_.inside_address;
  const auto outside = calls_.take(leg, {inside, own->rtp_port});
  ++(outside ? taken_ : not_taken_);
  if (!outside) return own;
  legs_[leg] = {*own, std::nullopt};
  settle();
  return runtime::MediaLocal{outside->port, outside->ip};
}

void Engine::set_format(core::LegId leg, const runtime::MediaFormat& format) {
  if (!calls_.has(leg)) return embedded_.set_format(leg, format);
  legs_[leg].format = format;
  calls_.set_format(leg, format);
  settle();
}

void Engine::close(core::LegId leg, std::function<void(runtime::MediaCounters)> last) {
  embedded_.close(leg, std::move(last));
  legs_.erase(leg);
  if (!calls_.has(leg)) return;
  calls_.close(leg);
  settle();
}

Counters Engine::counters() const { return {calls_.up(), calls_.ready(), calls_.legs(), taken_, not_taken_, moves_}; }

}  // namespace pledge::rtpengine
