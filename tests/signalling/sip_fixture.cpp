#include "signalling/sip_fixture.hpp"

#include "sip/signalling/text.hpp"

namespace sip_test {

std::vector<std::string> Message::all(const std::string& name) const {
  std::vector<std::string> values;
  std::string_view rest = text;
  signalling::text::next_line(rest);
  while (!rest.empty()) {
    const auto line = signalling::text::next_line(rest);
    if (line.empty()) break;
    const auto [key, value] = signalling::text::split(line, ':');
    if (signalling::text::iequals(signalling::text::trim(key), name))
      values.emplace_back(signalling::text::trim(value));
  }
  return values;
}

std::string Message::header(const std::string& name) const {
  const auto values = all(name);
  return values.empty() ? std::string() : values.front();
}

std::string Message::uri_of_contact() const {
  const auto value = header("Contact");
  const auto open = value.find('<'), close = value.find('>');
  return open == std::string::npos ? value : value.substr(open + 1, close - open - 1);
}

void Endpoint::at_port(std::uint16_t port) {
  host_ = (ip_.find(':') == std::string::npos ? ip_ : "[" + ip_ + "]") + ":" + std::to_string(port);
}

Message Endpoint::expect(const std::string& prefix) {
  Message found;
  const bool came = fixture_.run_until([&] { return next(prefix, found); });
  INFO("expected " << prefix << " at " << host_ << ", last seen: " << found.start());
  REQUIRE(came);
  return found;
}

bool Endpoint::next(const std::string& prefix, Message& found) {
  while (!inbox_.empty()) {
    found = inbox_.front();
    inbox_.pop_front();
    if (found.is(prefix)) return true;
  }
  return false;
}

bool Endpoint::quiet(const std::string& prefix) {
  fixture_.settle();
  for (const auto& message : inbox_)
    if (message.is(prefix)) return false;
  return true;
}

void Endpoint::answer(const Message& request, const std::string& status, const std::string& more,
                      const std::string& body) {
  std::string out = "SIP/2.0 " + status + "\r\n";
  for (const auto& via : request.all("Via")) out += "Via: " + via + "\r\n";
  for (const auto& route : request.all("Record-Route")) out += "Record-Route: " + route + "\r\n";
  out += "From: " + request.header("From") + "\r\n";
  const auto to = request.header("To");
  out += "To: " + to + (to.find(";tag=") == std::string::npos ? ";tag=" + tag : "") + "\r\n";
  out += "Call-ID: " + request.header("Call-ID") + "\r\nCSeq: " + request.header("CSeq") + "\r\n";
  if (more.find("Contact:") == std::string::npos)
    out += "Contact: <sip:phone@" + host_ + (tcp() ? ";transport=tcp" : "") + ">\r\n";
  out += more;
  if (!body.empty()) out += "Content-Type: application/sdp\r\n";
  out += "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  send(out);
}

Peer::Peer(Fixture& fixture, const std::string& address)
    : Endpoint(fixture, address), socket_(fixture.io, asio::ip::udp::endpoint(asio::ip::make_address(address), 0)) {
  at_port(socket_.local_endpoint().port());
  receive();
}

void Peer::receive() {
  const std::weak_ptr alive = alive_;
  const auto take = [this, alive](const boost::system::error_code& fault, std::size_t n) {
    if (fault || alive.expired()) return;
    inbox_.push_back({std::string(buffer_.data(), n)});
    receive();
  };
  socket_.async_receive_from(asio::buffer(buffer_), from_, take);
}

void Peer::send(const std::string& text) {
  const auto address = asio::ip::make_address(ip_);
  const auto port = fixture_.port(runtime::Transport::udp, address.is_v6());
  const auto engine = asio::ip::make_address(address.is_v6() ? "::1" : "127.0.0.1");
  socket_.send_to(asio::buffer(text), {engine, port});
}

TcpPeer::TcpPeer(Fixture& fixture, bool listening, const std::string& address)
    : Endpoint(fixture, address), socket_(fixture.io), acceptor_(fixture.io) {
  if (!listening) {
    connect();
    return;
  }
  const asio::ip::tcp::endpoint here(asio::ip::make_address(address), 0);
  acceptor_.open(here.protocol());
  acceptor_.bind(here);
  acceptor_.listen();
  at_port(acceptor_.local_endpoint().port());
  accept();
}

void TcpPeer::connect() {
  const auto here = asio::ip::make_address(ip_);
  socket_ = asio::ip::tcp::socket(fixture_.io, asio::ip::tcp::endpoint(here, 0));
  const auto engine = asio::ip::make_address(here.is_v6() ? "::1" : "127.0.0.1");
  socket_.connect({engine, fixture_.port(runtime::Transport::tcp, here.is_v6())});
  closed_ = false;
  at_port(socket_.local_endpoint().port());
  receive();
}

void TcpPeer::accept() {
  const std::weak_ptr alive = alive_;
  acceptor_.async_accept([this, alive](const boost::system::error_code& fault, asio::ip::tcp::socket socket) {
    if (fault || alive.expired()) return;
    ++connections;
    socket_ = std::move(socket);
    receive();
    accept();
  });
}

void TcpPeer::receive() {
  const std::weak_ptr alive = alive_;
  socket_.async_read_some(asio::buffer(buffer_), [this, alive](const boost::system::error_code& fault, std::size_t n) {
    if (fault == asio::error::operation_aborted || alive.expired()) return;
    if (fault) {
      closed_ = true;
      return;
    }
    stream_.append(buffer_.data(), n);
    cut();
    receive();
  });
}

void TcpPeer::cut() {
  while (true) {
    const auto head = stream_.find("\r\n\r\n");
    if (head == std::string::npos) return;
    const auto length = Message{stream_.substr(0, head + 4)}.header("Content-Length");
    const auto size = head + 4 + signalling::text::to_number<std::size_t>(length).value_or(0);
    if (stream_.size() < size) return;
    inbox_.push_back({stream_.substr(0, size)});
    stream_.erase(0, size);
  }
}

std::string sdp(const std::string& ip, int port, const std::string& formats, const std::string& more) {
  const std::string kind = ip.find(':') == std::string::npos ? "IP4 " : "IP6 ";
  return "v=0\r\no=- 1 1 IN " + kind + ip + "\r\ns=-\r\nc=IN " + kind + ip + "\r\nt=0 0\r\nm=audio " +
         std::to_string(port) + " RTP/AVP " + formats + "\r\n" + more;
}

std::string Call::request(const std::string& method, const std::string& more, const std::string& body,
                          const std::string& branch) {
  const std::string number = std::to_string(method == "ACK" || method == "CANCEL" ? cseq
                                            : method == "INVITE"                  ? cseq
                                                                                  : ++cseq);
  std::string out = method + " " + (contact.empty() ? "sip:999@" + target : contact) + " SIP/2.0\r\n";
  out += std::string("Via: SIP/2.0/") + (peer.tcp() ? "TCP " : "UDP ") + peer.host() + ";branch=z9hG4bK-" + id + "-" + (branch.empty() ? method : branch) +
         number + "\r\n";
  out += "Max-Forwards: 70\r\nFrom: \"A Caller\" <sip:" + user + "@" + peer.host() + ">;tag=" + tag + "\r\n";
  out += "To: <sip:999@" + target + ">" + (to_tag.empty() || method == "CANCEL" ? "" : ";tag=" + to_tag) + "\r\n";
  out += "Call-ID: " + id + "\r\nCSeq: " + number + " " + method + "\r\n";
  if (more.find("Contact:") == std::string::npos)
    out += "Contact: <sip:" + user + "@" + peer.host() + (peer.tcp() ? ";transport=tcp" : "") + ">\r\n";
  out += more;
  if (!body.empty() && more.find("Content-Type") == std::string::npos) out += "Content-Type: application/sdp\r\n";
  return out + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

void Call::invite(const std::string& more, const std::string& sdp_body) {
  peer.send(request("INVITE", more, sdp_body == "default" ? sdp(peer.ip(), 6002) : sdp_body, "invite"));
}

void Call::learn(const Message& response) {
  const auto to = response.header("To");
  if (const auto at = to.find(";tag="); at != std::string::npos) to_tag = to.substr(at + 5);
  if (!response.header("Contact").empty()) contact = response.uri_of_contact();
}

Message Call::answered() {
  const auto response = peer.expect("SIP/2.0 200");
  learn(response);
  return response;
}

void Call::ack(const std::string& body) { peer.send(request("ACK", {}, body, "ack")); }

Fixture::Fixture() {
  options.limits.legs = 400;
  options.limits.late = options.limits.too_late = {};  // a test may pause anywhere
  options.limits.tcp_connections = 50;
  options.listeners[0].port = 0;
  runtime::TrunkOptions trunk;
  trunk.id = {"net"};
  trunk.ranges = {"127.0.0.1", "::1"};
  trunk.trusted = true;
  options.trunks.push_back(trunk);
}

void Fixture::start() {
  sip = std::make_unique<SipAdapter>(
      io, options, events, media, clock,
      [this](const std::string& kind, const std::string& text) { alarms.emplace_back(kind, text); });
  const auto started = sip->start();
  INFO((started ? std::string() : started.error()));
  REQUIRE(started);
}

bool Fixture::run_until(const std::function<bool()>& done, std::chrono::milliseconds most) {
  const auto deadline = std::chrono::steady_clock::now() + most;
  while (!done()) {
    if (std::chrono::steady_clock::now() >= deadline) return false;
    io.restart();
    io.run_one_until(deadline);
  }
  return true;
}

void Fixture::settle() {
  io.restart();
  while (io.poll() > 0) io.restart();
}

std::string Fixture::target() const {
  const auto bound = sip->bound().front();
  return bound.address + ":" + std::to_string(bound.port);
}

void Fixture::housekeep() {
  settle();
  REQUIRE(run_until([this, before = clock.reads] { return clock.reads > before; }));
}

void Fixture::listen(runtime::Transport transport, const std::string& address) {
  runtime::ListenerOptions listener;
  listener.transport = transport;
  listener.address = address;
  listener.port = 0;
  options.listeners.push_back(listener);
}

std::uint16_t Fixture::port(runtime::Transport transport, bool ipv6) const {
  for (const auto& listener : sip->bound())
    if (listener.transport == transport && (listener.address.find(':') != std::string::npos) == ipv6)
      return listener.port;
  FAIL("no such listener");
  return 0;
}

LegId Fixture::ring(const Endpoint& phone, LegId caller, bool auto_answer) {
  const LegId leg{odd};
  odd += 2;
  core::RingPhone action;
  action.leg = leg;
  action.caller_leg = caller;
  action.handler = {"h1"};
  action.phone = "sip:h1@" + phone.host() + (phone.tcp() ? ";transport=tcp" : "");
  action.auto_answer = auto_answer;
  sip->perform(action);
  return leg;
}

std::string Fixture::alarm_kinds() const {
  std::string out;
  for (const auto& [kind, text] : alarms) (out += out.empty() ? "" : " ") += kind;
  return out;
}

}  // namespace sip_test
