#pragma once
// The library's agent: listeners, transport limits, the header fields that never change, its own figures.
#include <memory>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "runtime/signalling_options.hpp"
#include "sip/signalling/connections.hpp"
#include "sip/signalling/counters.hpp"
#include "sip/signalling/loop.hpp"
#include "sip/signalling/sofia.hpp"
#include "sip/signalling/tolerant_parser.hpp"
#include "sip/signalling/udp_socket.hpp"
#include "sip/signalling/wire_tap.hpp"

namespace pledge::signalling {

struct Listener {
  runtime::ListenerOptions options;
  bool ipv6 = false;
  std::string ident;             // its name inside the library
  std::uint16_t port = 0;        // the actual one
  std::string bound;             // "udp/192.0.2.1:5060"
  std::string host_port;         // as written into URIs: "192.0.2.1:5060", "[2001:db8::1]:5060"
  std::string media_ip;          // where RTP ports are opened
  std::string media_advertised;  // what SDP says of them
  UdpSocket socket;              // of UDP
  HomePtr home;
  sip_contact_t* contact = nullptr;
};

// Where a request came from.
struct Source {
  std::string ip;  // textual, without brackets
  std::uint16_t port = 0;
  runtime::Transport transport = runtime::Transport::udp;
  std::string text() const;  // "192.0.2.1:5060/udp"
};

// Header fields that are the same in every message; made once, copied by the library.
struct ConstantHeaders {
  HomePtr home;
  sip_allow_t* allow = nullptr;
  sip_supported_t* supported = nullptr;  // what we understand, and may be required of us
  sip_accept_t* accept = nullptr;
  sip_accept_encoding_t* accept_encoding = nullptr;
  sip_server_t* server = nullptr;  // null: none configured
  sip_user_agent_t* user_agent = nullptr;
  sip_content_type_t* sdp = nullptr;
  sip_require_t* require_timer = nullptr;
};

class Agent {
 public:
  Agent(boost::asio::io_context& io, const runtime::SignallingOptions& options, const runtime::Clock& clock);
  ~Agent();
  Agent(const Agent&) = delete;
  Agent& operator=(const Agent&) = delete;

  // Every request outside of a dialog goes to `out_of_dialog`.
  tl::expected<void, std::string> start(RequestTarget& out_of_dialog);
  // Takes over header fields, limits and times for whatever comes next; listeners and resolv_conf stay. The error says why
  // not; then nothing has changed.
  tl::expected<void, std::string> reload(const runtime::SignallingOptions& wanted);

  nta_agent_t* nta() const { return nta_; }
  void kick() { loop_.kick(); }
  WireTap& tap() { return tap_; }
  const ConstantHeaders& headers() const { return headers_; }

  const std::vector<Listener>& listeners() const { return listeners_; }
  const Listener& listener_of(nta_incoming_t* request) const;
  // The one to reach a URI through: same transport and address family where there is one.
  const Listener& listener_for(const url_t* uri) const;
  Source source_of(nta_incoming_t* request) const;
  Source source_of(nta_outgoing_t* request) const;  // of its last response
  // While the request is delivered: how late it is read. Nothing is known of one that came over TCP, which holds its peer back
  // by itself.
  Backlog backlog_of(nta_incoming_t* request) const { return listener_of(request).socket.backlog(); }
  // The connection a request came over, kept open for requests the other way (RFC 5923); null for UDP.
  TransportPtr connection_of(nta_incoming_t* request) const;

  // Adds the library's figures.
  void read_figures(SignallingCounters& counters) const;
  // Messages that could not be taken for SIP, or could not be read, since the start.
  std::uint64_t malformed() const { return tap_.malformed(); }
  // Closes TCP connections beyond the limits (connections.hpp). Returns how many.
  std::size_t close_surplus_connections(const runtime::SignallingLimits& limits);
  std::size_t open_connections() const { return connections_.open(); }  // when that was last asked
  // What the library's resolver has been told of names.
  sres_cache_t* name_cache() const { return names_.get(); }

 private:
  tl::expected<void, std::string> listen(const runtime::ListenerOptions& options);
  void learn_ports();
  void make_contact(Listener& listener);
  void find_socket(Listener& listener);
  void make_headers(const runtime::SignallingOptions& options);

  const runtime::SignallingOptions& options_;
  SofiaLoop loop_;
  WireTap tap_;
  MessageClassPtr message_class_;
  NameCachePtr names_;
  nta_agent_t* nta_ = nullptr;
  nta_leg_t* default_leg_ = nullptr;
  std::vector<Listener> listeners_;
  ConstantHeaders headers_;
  Connections connections_;
};

// Whether a URI is to be looked up whole (SRV): a name, with neither port nor transport.
bool is_name_alone(const url_t* uri);
// "::1" -> "[::1]"; anything else as it is.
std::string bracketed(const std::string& address);
// Values of a header field that the library does not know, one per header line.
std::vector<std::string> unknown_headers(const sip_t* sip, std::string_view name);

}  // namespace pledge::signalling
