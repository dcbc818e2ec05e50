#include "sip/signalling/agent.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <sofia-sip/sresolv.h>
#include <spdlog/spdlog.h>
#include <sys/resource.h>

#include <algorithm>
#include <cstring>

#include "sip/signalling/peers.hpp"
#include "sip/signalling/text.hpp"

namespace pledge::signalling {
namespace {

constexpr unsigned udp_mtu = 65535;  // never move a large UDP request to TCP behind a peer's back
// The library drops what is larger than it may read without a word, so that it may read any datagram; we answer 513.
constexpr std::uint32_t largest_datagram = 65'536;
// Bytes with what the kernel keeps about each message: more than half a second of 1,000 calls/s while the loop is busy.
constexpr std::uint64_t receive_room = 8 * 1024 * 1024;
constexpr unsigned spare_transactions = 1000;
constexpr std::uint64_t own_descriptors = 512;  // log, journal, gRPC, consoles

url_string_t* const no_listener_yet = reinterpret_cast<url_string_t*>(-1);  // the library's NONE

template <class T>
T milliseconds(core::Duration duration) {
  return static_cast<T>(std::chrono::duration_cast<std::chrono::milliseconds>(duration).count());
}

// Our own bound answers first, with Retry-After.
usize_t most_proceeding(const runtime::SignallingLimits& limits) { return limits.proceeding + spare_transactions; }
usize_t most_bytes(const runtime::SignallingLimits& limits) { return std::max(limits.message_bytes, largest_datagram); }

// A call needs descriptors for RTP, a TCP connection one each. Better to say so now than to refuse calls later.
tl::expected<void, std::string> raise_descriptor_limit(const runtime::SignallingLimits& limits) {
  const std::uint64_t calls = limits.legs / 2;
  const std::uint64_t wanted = own_descriptors + limits.tcp_connections + calls * limits.descriptors_per_call;
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return tl::unexpected(std::string("the descriptor limit cannot be read"));
  if (limit.rlim_cur >= wanted) return {};
  limit.rlim_cur = wanted;
  limit.rlim_max = std::max<rlim_t>(limit.rlim_max, wanted);
  if (setrlimit(RLIMIT_NOFILE, &limit) == 0) return {};
  return tl::unexpected(fmt::format(
      "{} descriptors are needed for {} calls and {} TCP connections, and the system allows fewer: raise the limit "
      "(ulimit -n, LimitNOFILE=) or lower the signalling limits `legs` or `tcp_connections`",
      wanted, calls, limits.tcp_connections));
}

Source source(msg_t* message, const tport_t* transport) {
  Source source;
  if (transport && tport_is_tcp(transport)) source.transport = runtime::Transport::tcp;
  if (!message) return source;
  const su_sockaddr_t* address = msg_addr(message);
  char text[INET6_ADDRSTRLEN] = "";
  inet_ntop(address->su_family, SU_ADDR(address), text, sizeof text);
  source.ip = text;
  source.port = ntohs(address->su_port);
  return source;
}

}  // namespace

bool is_name_alone(const url_t* uri) {
  if (!uri->url_host || uri->url_port || (uri->url_params && url_has_param(uri, "transport"))) return false;
  return !parse_address(uri->url_host);
}

std::string bracketed(const std::string& address) {
  return address.find(':') == std::string::npos || address.front() == '[' ? address : "[" + address + "]";
}

std::string Source::text() const { return fmt::format("{}:{}/{}", bracketed(ip), port, runtime::name(transport)); }

std::vector<std::string> unknown_headers(const sip_t* sip, std::string_view name) {
  std::vector<std::string> values;
  for (const sip_unknown_t* header = sip->sip_unknown; header; header = header->un_next)
    if (header->un_name && header->un_value && text::iequals(header->un_name, name))
      values.emplace_back(header->un_value);
  return values;
}

Agent::Agent(boost::asio::io_context& io, const runtime::SignallingOptions& options, const runtime::Clock& clock)
    : options_(options), loop_(io), tap_(clock), message_class_(tolerant_message_class()), names_(sres_cache_new(0)) {}

Agent::~Agent() {
  if (default_leg_) nta_leg_destroy(default_leg_);
  if (nta_) nta_agent_destroy(nta_);
}

tl::expected<void, std::string> Agent::start(RequestTarget& out_of_dialog) {
  if (auto enough = raise_descriptor_limit(options_.limits); !enough) return enough;
  if (auto running = loop_.start(); !running) return running;
  if (!message_class_)
    return tl::unexpected(std::string("the SIP library's table of header fields is not as expected"));
  tap_.attach(*message_class_, nta_);
  const auto& limits = options_.limits;
  nta_ = nta_agent_create(
      loop_.root(), no_listener_yet, nullptr, this, NTATAG_MCLASS(message_class_.get()), NTATAG_UA(1),
      NTATAG_MERGE_482(1), NTATAG_SERVER_RPORT(1), NTATAG_UDP_MTU(udp_mtu), NTATAG_MAXSIZE(most_bytes(limits)),
      NTATAG_MAX_PROCEEDING(most_proceeding(limits)),
      NTATAG_PROGRESS(milliseconds<unsigned>(options_.alert_repeat)), NTATAG_USE_NAPTR(0),
      SRESTAG_CACHE(names_.get()), TAG_IF(!options_.resolv_conf.empty(), SRESTAG_RESOLV_CONF(options_.resolv_conf.c_str())), TAG_END());
  if (!nta_) return tl::unexpected(std::string("the SIP library's agent cannot be created"));
  for (const auto& listener : options_.listeners)
    if (auto bound = listen(listener); !bound) return bound;
  learn_ports();
  make_headers(options_);
  default_leg_ = nta_leg_tcreate(nta_, RequestTarget::call, &out_of_dialog, NTATAG_NO_DIALOG(1), TAG_END());
  loop_.kick();
  return {};
}

tl::expected<void, std::string> Agent::reload(const runtime::SignallingOptions& wanted) {
  const auto& limits = wanted.limits;
  if (auto enough = raise_descriptor_limit(limits); !enough) return enough;
  nta_agent_set_params(nta_, NTATAG_MAXSIZE(most_bytes(limits)), NTATAG_MAX_PROCEEDING(most_proceeding(limits)),
                       NTATAG_PROGRESS(milliseconds<unsigned>(wanted.alert_repeat)), TAG_END());
  for (tport_t* transport = tport_primaries(nta_agent_tports(nta_)); transport; transport = tport_next(transport))
    tport_set_params(transport, TPTAG_IDLE(milliseconds<unsigned>(limits.tcp_idle)), TAG_END());
  make_headers(wanted);
  return {};
}

tl::expected<void, std::string> Agent::listen(const runtime::ListenerOptions& options) {
  Listener listener;
  listener.options = options;
  listener.ipv6 = options.address.find(':') != std::string::npos;
  listener.ident = fmt::format("listener-{}", listeners_.size());
  const auto& shown = options.advertised.empty() ? options.address : options.advertised;
  listener.media_ip = options.media_address.empty() ? options.address : options.media_address;
  listener.media_advertised = !options.media_advertised.empty() ? options.media_advertised
                              : !options.advertised.empty()     ? options.advertised
                                                                : listener.media_ip;
  const std::string port = options.port == 0 ? "*" : std::to_string(options.port);
  std::string url = fmt::format("sip:{}:{};transport={}", bracketed(shown), port, runtime::name(options.transport));
  if (shown != options.address) url += ";maddr=" + options.address;
  const auto& limits = options_.limits;
  const int result =
      nta_agent_add_tport(nta_, URL_STRING_MAKE(url.c_str()), TPTAG_IDENT(listener.ident.c_str()),
                          TPTAG_IDLE(milliseconds<unsigned>(limits.tcp_idle)),
                          TPTAG_TIMEOUT(milliseconds<unsigned>(limits.tcp_message)), TAG_END());
  if (result < 0)
    return tl::unexpected(fmt::format("cannot listen on {}:{}/{}: {}", bracketed(options.address), options.port,
                                      runtime::name(options.transport), su_strerror(su_errno())));
  listeners_.push_back(std::move(listener));
  return {};
}

void Agent::learn_ports() {
  for (tport_t* transport = tport_primaries(nta_agent_tports(nta_)); transport; transport = tport_next(transport)) {
    const tp_name_t* name = tport_name(transport);
    for (auto& listener : listeners_)
      if (name->tpn_ident && listener.ident == name->tpn_ident)
        listener.port = static_cast<std::uint16_t>(std::strtoul(name->tpn_port, nullptr, 10));
  }
  for (auto& listener : listeners_) {
    listener.bound = fmt::format("{}/{}:{}", runtime::name(listener.options.transport),
                                 bracketed(listener.options.address), listener.port);
    make_contact(listener);
    if (listener.options.transport == runtime::Transport::udp) find_socket(listener);
  }
}

void Agent::find_socket(Listener& listener) {
  listener.socket = UdpSocket::find(listener.options.address, listener.port);
  const auto room = listener.socket.make_room(receive_room);
  if (room < receive_room)
    spdlog::warn("{}: the system keeps {} kB of messages that are not read yet, {} kB are wanted: in a burst of calls messages "
                 "are lost and sent again; set net.core.rmem_max to {} (sysctl)", listener.bound, room / 1024, receive_room / 1024,
                 receive_room / 2);
}

void Agent::make_contact(Listener& listener) {
  const auto& shown = listener.options.advertised.empty() ? listener.options.address : listener.options.advertised;
  listener.host_port = fmt::format("{}:{}", bracketed(shown), listener.port);
  listener.home = new_home();
  const char* transport = listener.options.transport == runtime::Transport::tcp ? ";transport=tcp" : "";
  const std::string text = fmt::format("<sip:pledge@{}{}>", listener.host_port, transport);
  listener.contact = sip_contact_make(listener.home.get(), text.c_str());
}

void Agent::make_headers(const runtime::SignallingOptions& options) {
  headers_.home = new_home();
  su_home_t* home = headers_.home.get();
  headers_.allow = sip_allow_make(home, "INVITE, ACK, CANCEL, BYE, OPTIONS, UPDATE, PRACK, INFO, REGISTER");
  const bool reliable = options.reliable != runtime::ReliableProvisional::never;
  headers_.supported = sip_supported_make(home, reliable ? "timer, 100rel" : "timer");
  headers_.accept = sip_accept_make(home, "application/sdp, multipart/mixed, application/pidf+xml");
  headers_.accept_encoding = sip_accept_encoding_make(home, "identity");
  headers_.sdp = sip_content_type_make(home, "application/sdp");
  headers_.require_timer = sip_require_make(home, "timer");
  const bool named = !options.user_agent.empty();
  headers_.server = named ? sip_server_make(home, options.user_agent.c_str()) : nullptr;
  headers_.user_agent = named ? sip_user_agent_make(home, options.user_agent.c_str()) : nullptr;
}

const Listener& Agent::listener_of(nta_incoming_t* request) const {
  const TransportPtr transport{nta_incoming_transport(nta_, request, nullptr)};
  const char* ident = transport ? tport_name(tport_parent(transport.get()))->tpn_ident : nullptr;
  for (const auto& listener : listeners_)
    if (ident && listener.ident == ident) return listener;
  return listeners_.front();
}

const Listener& Agent::listener_for(const url_t* uri) const {
  const bool tcp = uri->url_params && url_has_param(uri, "transport=tcp");
  const auto transport = tcp ? runtime::Transport::tcp : runtime::Transport::udp;
  const bool ipv6 = uri->url_host && uri->url_host[0] == '[';
  const Listener* best = &listeners_.front();
  int best_rank = -1;
  for (const auto& listener : listeners_) {
    const int rank = (listener.options.transport == transport ? 1 : 0) + (listener.ipv6 == ipv6 ? 2 : 0);
    if (rank > best_rank) best = &listener, best_rank = rank;
  }
  return *best;
}

Source Agent::source_of(nta_incoming_t* request) const {
  const MessagePtr message{nta_incoming_getrequest(request)};
  const TransportPtr transport{nta_incoming_transport(nta_, request, nullptr)};
  return source(message.get(), transport.get());
}

Source Agent::source_of(nta_outgoing_t* request) const {
  const MessagePtr message{nta_outgoing_getresponse(request)};
  const TransportPtr transport{nta_outgoing_transport(request)};
  return source(message.get(), transport.get());
}

TransportPtr Agent::connection_of(nta_incoming_t* request) const {
  TransportPtr transport{nta_incoming_transport(nta_, request, nullptr)};
  if (transport && !(tport_is_tcp(transport.get()) && tport_is_secondary(transport.get()))) transport.reset();
  return transport;
}

void Agent::read_figures(SignallingCounters& counters) const {
  if (!nta_) return;
  usize_t in = 0, out = 0, again = 0, retried_requests = 0, retried_responses = 0, timed_requests = 0,
          timed_responses = 0, merged = 0, server = 0, client = 0, dialogs = 0;
  nta_agent_get_stats(nta_, NTATAG_S_RECV_MSG_REF(in), NTATAG_S_SENT_MSG_REF(out), NTATAG_S_RECV_RETRY_REF(again),
                      NTATAG_S_RETRY_REQUEST_REF(retried_requests), NTATAG_S_RETRY_RESPONSE_REF(retried_responses), NTATAG_S_TOUT_REQUEST_REF(timed_requests),
                      NTATAG_S_TOUT_RESPONSE_REF(timed_responses), NTATAG_S_MERGED_REQUEST_REF(merged),
                      NTATAG_S_IRQ_HASH_USED_REF(server), NTATAG_S_ORQ_HASH_USED_REF(client),
                      NTATAG_S_LEG_HASH_USED_REF(dialogs), TAG_END());
  counters.messages_in = in, counters.messages_out = out, counters.malformed = tap_.malformed(), counters.received_again = again;
  counters.retransmitted_requests = retried_requests, counters.retransmitted_responses = retried_responses;
  counters.timed_out_requests = timed_requests, counters.timed_out_responses = timed_responses;
  counters.merged = merged, counters.server_transactions = server, counters.client_transactions = client;
  counters.dialogs = dialogs;
}

std::size_t Agent::close_surplus_connections(const runtime::SignallingLimits& limits) {
  std::vector<std::uint16_t> ports;
  for (const auto& listener : listeners_)
    if (listener.options.transport == runtime::Transport::tcp) ports.push_back(listener.port);
  return connections_.enforce(ports, limits);
}

}  // namespace pledge::signalling
