#include "tools/load/udp_loop.hpp"

namespace pledge::load {
namespace {

namespace asio = boost::asio;
using asio::ip::udp;
constexpr int socket_buffer = 4 << 20;  // bytes: a burst of a second's calls; the system may allow less
constexpr int drain_most = 64;          // datagrams before the loop turns to its timers

}  // namespace

Loop::Loop()
    : io_(1),
      origin_{std::chrono::duration_cast<core::Duration>(std::chrono::system_clock::now().time_since_epoch()).count()},
      steady_origin_(std::chrono::steady_clock::now()),
      timer_(io_) {
  schedule_.on_earlier([this](core::Time due) { arm(due); });
}

core::Time Loop::now() const {
  return origin_ + std::chrono::duration_cast<core::Duration>(std::chrono::steady_clock::now() - steady_origin_);
}

void Loop::arm(core::Time due) {
  if (due == core::never) return;
  timer_.expires_at(steady_origin_ + (due - origin_));
  timer_.async_wait([this, mine = ++generation_](const boost::system::error_code& error) {
    if (error || mine != generation_) return;
    schedule_.run_due(now());
    arm(schedule_.next());
  });
}

tl::expected<std::unique_ptr<UdpWire>, std::error_code> UdpWire::open(Loop& loop, const Address& local) {
  udp::socket socket(loop.io());
  boost::system::error_code error, ignored;
  socket.open(local.protocol(), error);
  if (!error) socket.bind(local, error);
  if (!error) socket.non_blocking(true, error);
  if (error) return tl::unexpected(std::error_code{error.value(), std::system_category()});
  socket.set_option(asio::socket_base::receive_buffer_size(socket_buffer), ignored);
  socket.set_option(asio::socket_base::send_buffer_size(socket_buffer), ignored);
  auto wire = std::unique_ptr<UdpWire>(new UdpWire(loop, std::move(socket)));
  wire->wait();
  return wire;
}

UdpWire::UdpWire(Loop& loop, udp::socket socket)
    : loop_(loop), socket_(std::move(socket)), local_(socket_.local_endpoint()) {}

void UdpWire::send(const Address& to, std::string_view datagram) {
  boost::system::error_code error;
  socket_.send_to(asio::buffer(datagram.data(), datagram.size()), to, 0, error);
  if (error) ++send_failures_;
}

void UdpWire::wait() {
  socket_.async_wait(udp::socket::wait_read, [this](const boost::system::error_code& error) {
    if (error) return;
    drain();
    wait();
  });
}

void UdpWire::drain() {
  for (int i = 0; i < drain_most; ++i) {
    Address from;
    boost::system::error_code error;
    const auto size = socket_.receive_from(asio::buffer(buffer_), from, 0, error);
    if (error == asio::error::would_block) return;
    if (!error && receive_) receive_({buffer_.data(), size}, from);
  }
}

// ---- audio ---------------------------------------------------------------------------------------------------
namespace {
constexpr core::Duration packet_time = std::chrono::milliseconds{20};
constexpr std::size_t rtp_header = 12, payload = 160, event_size = 4;
constexpr char pcma_type = 8;
constexpr char pcma_silence = static_cast<char>(0xD5);
constexpr char event_type = 101;                     // as sdp() says
constexpr char event_end = static_cast<char>(0x8A);  // RFC 4733 §2.3: the end bit, and -10 dBm0
constexpr std::uint32_t press_packets = 8;           // 160 ms, the last one and two repetitions with the end bit
}  // namespace

struct UdpAudio::Line {
  explicit Line(asio::io_context& io) : socket(io) {}
  udp::socket socket;
  std::optional<Address> remote;
  Counts counts;
  std::uint16_t sequence = 0;
  std::uint32_t timestamp = 0;
  std::uint32_t ssrc = 0;
  std::uint8_t event = 0;       // the key held down
  std::uint32_t press_sent = press_packets + 2;  // packets of the press; then it is over

  static void listen(const std::shared_ptr<Line>& line) {
    line->socket.async_wait(udp::socket::wait_read, [line](const boost::system::error_code& error) {
      if (error) return;
      std::array<char, 2048> packet;
      boost::system::error_code read_error;
      while (line->socket.receive(asio::buffer(packet), 0, read_error) >= rtp_header && !read_error)
        ++line->counts.received;
      listen(line);
    });
  }
};

UdpAudio::UdpAudio(Loop& loop, asio::ip::address ip) : loop_(loop), ip_(std::move(ip)) {}

UdpAudio::~UdpAudio() { loop_.schedule().cancel(tick_); }

AudioPort::Stream UdpAudio::open() {
  auto line = std::make_shared<Line>(loop_.io());
  boost::system::error_code error;
  line->socket.open(Address{ip_, 0}.protocol(), error);
  if (!error) line->socket.bind({ip_, 0}, error);
  if (!error) line->socket.non_blocking(true, error);
  if (error) return 0;
  line->ssrc = static_cast<std::uint32_t>(++last_ * 2654435761u);
  Line::listen(line);
  lines_.emplace(last_, std::move(line));
  if (tick_.number == 0) tick_ = loop_.schedule().at(loop_.now() + packet_time, [this] { tick(); });
  return last_;
}

std::uint16_t UdpAudio::port(Stream stream) const {
  const auto found = lines_.find(stream);
  return found == lines_.end() ? 0 : found->second->socket.local_endpoint().port();
}

void UdpAudio::start(Stream stream, const Address& remote) {
  if (const auto found = lines_.find(stream); found != lines_.end()) found->second->remote = remote;
}

void UdpAudio::press(Stream stream, std::uint8_t event) {
  const auto found = lines_.find(stream);
  if (found == lines_.end() || !found->second->remote) return;
  found->second->event = event;
  found->second->press_sent = 0;
}

AudioPort::Counts UdpAudio::close(Stream stream) {
  const auto found = lines_.find(stream);
  if (found == lines_.end()) return {};
  const auto counts = found->second->counts;
  closed_.sent += counts.sent;
  closed_.received += counts.received;
  boost::system::error_code ignored;
  found->second->socket.close(ignored);
  lines_.erase(found);
  return counts;
}

AudioPort::Counts UdpAudio::total() const {
  auto sum = closed_;
  for (const auto& [id, line] : lines_) {
    sum.sent += line->counts.sent;
    sum.received += line->counts.received;
  }
  return sum;
}

void UdpAudio::tick() {
  const auto due = tick_.due;
  tick_ = {};
  if (lines_.empty()) return;
  for (auto& [id, line] : lines_)
    if (line->remote) send(*line);
  // Counted from the due time, so that a late tick does not shift those that follow.
  tick_ = loop_.schedule().at(due + packet_time, [this] { tick(); });
}

// A press takes the place of audio: all its packets have the timestamp of its beginning (RFC 4733 §2.5.1.2).
void UdpAudio::send(Line& line) {
  std::array<char, rtp_header + payload> packet;
  packet.fill(pcma_silence);
  const bool pressing = line.press_sent < press_packets + 2;
  const std::uint32_t held = pressing ? std::min(line.press_sent, press_packets - 1) : 0;  // packets of 20 ms before this
  const auto put = [&](std::size_t at, std::uint32_t value, std::size_t bytes) {
    for (std::size_t i = 0; i < bytes; ++i) packet[at + i] = static_cast<char>(value >> (8 * (bytes - 1 - i)));
  };
  packet[0] = static_cast<char>(0x80);  // version 2 (RFC 3550 §5.1)
  packet[1] = pressing ? static_cast<char>(event_type | (line.press_sent == 0 ? 0x80 : 0)) : pcma_type;
  put(2, line.sequence++, 2);
  put(4, line.timestamp - (pressing ? line.press_sent : 0) * payload, 4);
  put(8, line.ssrc, 4);
  if (pressing) {
    packet[rtp_header] = static_cast<char>(line.event);
    packet[rtp_header + 1] = held + 1 == press_packets ? event_end : static_cast<char>(event_end & 0x7F);
    put(rtp_header + 2, (held + 1) * payload, 2);
    ++line.press_sent;
  }
  line.timestamp += payload;
  boost::system::error_code error;
  const auto size = pressing ? rtp_header + event_size : packet.size();
  line.socket.send_to(asio::buffer(packet.data(), size), *line.remote, 0, error);
  if (!error) ++line.counts.sent;
}

}  // namespace pledge::load
