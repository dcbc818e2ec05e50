#pragma once
// The adapter between a scripted caller and scripted phones, in process, over real sockets on ephemeral ports. The
// core's place is taken by the test: it reads events and performs actions. Nothing sleeps: the loop runs until what is
// expected has come, or a deadline has passed.
// clang-format off
#include <utility>  // before Asio: g++ 12 with C++20 needs it
// clang-format on
#include <boost/asio.hpp>
#include <catch2/catch.hpp>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/render.hpp"
#include "sip/signalling/sip_adapter.hpp"

namespace sip_test {

using namespace pledge;
using namespace pledge::signalling;
using core::LegId;
namespace asio = boost::asio;

struct Events final : runtime::EventSink {
  void submit(core::Event event) override { all.push_back(std::move(event)); }
  template <class T>
  const T* last() const {
    for (auto event = all.rbegin(); event != all.rend(); ++event)
      if (const T* found = std::get_if<T>(&*event)) return found;
    return nullptr;
  }
  std::string text() const {  // "CallArrived leg=2; LegEnded leg=2", without the facts
    std::string out;
    for (const auto& event : all) {
      std::string line = core::to_text(event);
      if (const auto facts = line.find(" facts="); facts != std::string::npos) line.resize(facts);
      (out += out.empty() ? "" : "; ") += line;
    }
    return out;
  }
  std::vector<core::Event> all;
};

struct Media final : runtime::MediaPort {
  tl::expected<runtime::MediaLocal, std::error_code> open(LegId leg, const std::string&) override {
    if (ports == 0) return tl::unexpected(std::make_error_code(std::errc::no_buffer_space));
    --ports;
    log += "open" + std::to_string(leg.value) + " ";
    return runtime::MediaLocal{static_cast<std::uint16_t>(20'000 + 2 * leg.value)};
  }
  void set_format(LegId leg, const runtime::MediaFormat& format) override { formats[leg] = format; }
  void connect(LegId a, LegId b) override {
    log += "connect" + std::to_string(a.value) + "-" + std::to_string(b.value) + " ";
  }
  void disconnect(LegId, LegId) override {}
  void mix(LegId leg, std::span<const LegId> sources, core::Duration) override {
    log += "mix" + std::to_string(leg.value) + ":";
    for (const LegId source : sources) log += std::to_string(source.value) + (source == sources.back() ? " " : "+");
  }
  void listen_for_speech(LegId leg) override { log += "listen" + std::to_string(leg.value) + " "; }
  void play(const core::PlayToLeg& what) override {
    log += "play" + std::to_string(what.leg.value) + ":" + what.sound + " ";
  }
  void close(LegId leg, std::function<void(runtime::MediaCounters)>) override {
    ++ports;
    formats.erase(leg);
    log += "close" + std::to_string(leg.value) + " ";
  }
  void on_moved(std::function<void(LegId, runtime::MediaLocal)> told) override { moved = std::move(told); }
  int ports = 1'000;
  std::string log;
  std::function<void(LegId, runtime::MediaLocal)> moved;  // signalling's
  std::map<LegId, runtime::MediaFormat> formats;
};

struct TestClock final : runtime::Clock {
  core::Time now() const override { return ++reads, time; }
  mutable std::uint64_t reads = 0;
  core::Time time{1'700'000'000'000'000'000};
};

// One message, by its lines.
struct Message {
  std::string text;
  std::string start() const { return text.substr(0, text.find("\r\n")); }
  bool is(const std::string& prefix) const { return start().rfind(prefix, 0) == 0; }
  std::vector<std::string> all(const std::string& name) const;
  std::string header(const std::string& name) const;  // the first one; empty if absent
  std::string body() const { return text.substr(std::min(text.size(), text.find("\r\n\r\n") + 4)); }
  std::string uri_of_contact() const;
};

class Fixture;

// A user agent that sends what it is told and keeps what comes.
class Endpoint {
 public:
  virtual ~Endpoint() = default;
  std::string host() const { return host_; }  // "127.0.0.1:40000"
  std::string ip() const { return ip_; }
  virtual bool tcp() const = 0;
  virtual void send(const std::string& text) = 0;
  // The next message whose start line begins so; others before it are skipped.
  Message expect(const std::string& prefix);
  bool next(const std::string& prefix, Message& found);  // without waiting
  bool quiet(const std::string& prefix);                 // nothing such has come so far
  void answer(const Message& request, const std::string& status, const std::string& more = {},
              const std::string& sdp = {});
  std::string tag = "peer";

 protected:
  Endpoint(Fixture& fixture, const std::string& ip) : fixture_(fixture), ip_(ip) {}
  void at_port(std::uint16_t port);
  Fixture& fixture_;
  std::deque<Message> inbox_;
  std::string host_, ip_;
  // What has been received when it is destroyed is delivered later, to nobody.
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

class Peer final : public Endpoint {
 public:
  explicit Peer(Fixture& fixture, const std::string& address = "127.0.0.1");
  bool tcp() const override { return false; }
  void send(const std::string& text) override;

 private:
  void receive();
  asio::ip::udp::socket socket_;
  asio::ip::udp::endpoint from_;
  std::array<char, 65536> buffer_{};
};

// Over TCP: connected to the engine, or listening for it. Messages are cut at their Content-Length.
class TcpPeer final : public Endpoint {
 public:
  explicit TcpPeer(Fixture& fixture, bool listening = false, const std::string& address = "127.0.0.1");
  bool tcp() const override { return true; }
  void send(const std::string& text) override { asio::write(socket_, asio::buffer(text)); }
  void connect();  // again, after the connection has been closed
  void close() { socket_.close(); }
  bool closed() const { return closed_; }  // by the engine
  int connections = 0;                     // accepted so far

 private:
  void accept();
  void receive();
  void cut();
  asio::ip::tcp::socket socket_;
  asio::ip::tcp::acceptor acceptor_;
  std::array<char, 65536> buffer_{};
  std::string stream_;
  bool closed_ = false;
};

// What a caller sends.
struct Call {
  Endpoint& peer;
  std::string target;  // host:port of the engine
  std::string id = "call-1", tag = "caller", user = "+442079460123";
  int cseq = 1;
  std::string to_tag{}, contact{};  // learned from the answer
  std::string request(const std::string& method, const std::string& more = {}, const std::string& body = {},
                      const std::string& branch = {});
  void invite(const std::string& more = {}, const std::string& sdp_body = "default");
  Message answered();  // waits for the 200 and learns from it
  void ack(const std::string& body = {});
  void bye() { peer.send(request("BYE", {}, {}, "bye")); }
  void learn(const Message& response);
  void restart(const std::string& new_id) { id = new_id, cseq = 1, to_tag.clear(), contact.clear(); }
};

std::string sdp(const std::string& ip, int port, const std::string& formats = "8 0", const std::string& more = {});

class Fixture {
 public:
  Fixture();
  void start();
  bool run_until(const std::function<bool()>& done, std::chrono::milliseconds most = std::chrono::seconds(5));
  void settle();  // runs what is ready
  template <class T>
  const T& await() {
    const auto before = events.all.size();
    run_until([&] { return events.all.size() > before ? events.last<T>() != nullptr : events.last<T>() != nullptr; });
    const T* found = events.last<T>();
    REQUIRE(found);
    return *found;
  }
  std::string target() const;
  void listen(runtime::Transport transport, const std::string& address = "127.0.0.1");  // one more, before start()
  std::uint16_t port(runtime::Transport transport, bool ipv6 = false) const;
  // The adapter's deadlines are met on its next turn of housekeeping, within a second.
  void pass(std::chrono::seconds time) { clock.time = clock.time + time; }
  void housekeep();  // lets the next turn pass
  // Rings `phone` on a new odd leg for the caller's leg.
  LegId ring(const Endpoint& phone, LegId caller, bool auto_answer = false);
  std::string alarm_kinds() const;

  asio::io_context io;
  runtime::SignallingOptions options;
  Events events;
  Media media;
  TestClock clock;
  std::vector<std::pair<std::string, std::string>> alarms;
  std::unique_ptr<SipAdapter> sip;
  std::uint64_t odd = 1;
};

}  // namespace sip_test
