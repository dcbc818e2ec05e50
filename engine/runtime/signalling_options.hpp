#pragma once
// What signalling is configured with: plain data, expanded by `settings` from the TOML files. Addresses are textual
// IPv4 or IPv6 without brackets; durations are whole seconds on the wire (RFC 3261 header fields have no fractions).
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/fields.hpp"
#include "core/types.hpp"

namespace pledge::runtime {

using namespace std::chrono_literals;

enum class Transport : std::uint8_t { udp, tcp };
constexpr std::string_view name(Transport t) { return t == Transport::udp ? "udp" : "tcp"; }

// One socket that SIP is spoken on. At least one; the first of a matching transport and address family is used
// towards peers that have not been heard from yet.
struct ListenerOptions {
  Transport transport = Transport::udp;
  std::string address = "127.0.0.1";
  std::uint16_t port = 5060;     // 0 = one chosen by the system (tests)
  std::string advertised;        // address written into Via and Contact (NAT); empty = `address`
  std::string media_address;     // local address of RTP for calls through here; empty = `address`
  std::string media_advertised;  // address written into SDP; empty = `advertised`, else `media_address`
  PLEDGE_FIELDS(ListenerOptions, transport, address, port, advertised, media_address, media_advertised)
};

// A named peer that calls come from and may be sent to. The longest matching address range decides which trunk a
// request belongs to; a source in no trunk's ranges that is not a phone either gets 403.
struct TrunkOptions {
  core::TrunkId id;
  std::vector<std::string> ranges;       // CIDR ("192.0.2.0/24", "2001:db8::/32") or single addresses
  bool trusted = false;                  // P-Asserted-Identity, Resource-Priority and hand-over time are believed
  bool behind_nat = false;               // media source is learned from packets instead of from SDP
  bool hand_over = false;                // the network's operator is on the line of its calls first, and leaves it; trusted only
  std::string target;                    // "host", "host:port" or a sip: URI for outbound calls; empty = inbound only.
                                         // A name without port is looked up as RFC 3263 says (SRV, then A/AAAA)
  Transport transport = Transport::udp;  // towards `target`, where neither it nor DNS names one
  std::string user, secret;              // answered to 401/407 of this trunk only; empty = none
  std::string caller;                    // From user of outbound calls without a caller of their own (E.164)
  core::Duration health_interval = 0s;   // OPTIONS sent to `target` this often; 0 = none. 30 s is usual
  std::uint32_t down_after = 3;          // unanswered OPTIONS in a row until the trunk counts as down
  PLEDGE_FIELDS(TrunkOptions, id, ranges, trusted, behind_nat, hand_over, target, transport, user, secret, caller,
                health_interval, down_after)
};

// Digest credentials of one handler's phone (RFC 3261 §22, RFC 8760). The user part of the address of record is `user`.
struct PhoneCredentials {
  core::HandlerId handler;
  std::string user;
  std::string secret;
  PLEDGE_FIELDS(PhoneCredentials, handler, user, secret)
};

// Phones that REGISTER, and how phones are spoken to. Which handler has which static contact: core/options.hpp.
struct PhoneOptions {
  std::string realm = "pledge";
  std::vector<PhoneCredentials> credentials;
  // SIP URIs of phones that do not register. Such a phone may call from the address in it, over UDP from its port, over TCP
  // from any; not where the host is a name, which nobody looks up while a call waits.
  std::vector<std::string> contacts;
  std::vector<std::string> ranges;  // addresses phones may REGISTER from; empty = any that proves its secret
  bool md5 = true;                  // offer MD5: most desk phones know nothing else
  bool sha256 = true;               // offer SHA-256 first (RFC 8760); some phones give up at an algorithm unknown to them
  bool behind_nat = false;          // media source is learned; registered contacts are reached at their source address
  core::Duration expires_least = 60s;     // shorter wishes get 423 (RFC 3261 §10.3)
  core::Duration expires_most = 3600s;    // longer wishes are shortened
  core::Duration expires_default = 300s;  // where the phone does not say; keeps a dead phone's binding short
  core::Duration nonce_life = 300s;       // an older nonce is answered with stale=true
  std::uint32_t bindings_most = 1;        // per handler; a further binding replaces the oldest
  PLEDGE_FIELDS(PhoneOptions, realm, credentials, contacts, ranges, md5, sha256, behind_nat, expires_least, expires_most, expires_default,
                nonce_life, bindings_most)
};

// RFC 4028. The engine asks for a session timer on every leg and refreshes where it is the refresher.
struct SessionTimerOptions {
  bool offered = true;             // false: only when the peer wants one
  core::Duration expires = 1800s;  // RFC 4028 §4 recommends 1800 s
  core::Duration least = 90s;      // Min-SE; smaller wishes get 422 (§5: not under 90 s)
  PLEDGE_FIELDS(SessionTimerOptions, offered, expires, least)
};

// Reliable provisional responses (RFC 3262) towards callers: when they require them, whenever they support them, never
// (Require: 100rel is then refused with 420).
enum class ReliableProvisional : std::uint8_t { when_required, when_supported, never };
constexpr std::string_view name(ReliableProvisional r) {
  constexpr std::string_view names[] = {"when_required", "when_supported", "never"};
  return names[static_cast<std::size_t>(r)];
}

// Numbers written into facts are E.164. A number that starts with a `prefix` is known to come from `place`; the
// longest prefix wins.
struct PlacePrefix {
  std::string prefix;  // E.164 prefix, "+4420" ...
  std::string place;
  PLEDGE_FIELDS(PlacePrefix, prefix, place)
};

// A circle on the map. A caller whose position (the centre of what a PIDF-LO says) lies within it is known to call from
// `place`; of several the one whose centre is nearest wins.
struct AreaOptions {
  std::string place;
  double latitude = 0;   // of the centre: degrees, WGS 84, north positive
  double longitude = 0;  // degrees, east positive
  double radius = 0;     // metres
  PLEDGE_FIELDS(AreaOptions, place, latitude, longitude, radius)
};

struct SignallingLimits {
  std::uint32_t legs = 8'000;                      // live dialogs; beyond it an INVITE gets 503 with Retry-After
  std::uint32_t proceeding = 10'000;               // server transactions held open; a waiting call in `alert` holds one
  std::uint32_t tcp_connections = 2'000;           // in all; a further one is closed within a second
  std::uint32_t tcp_connections_per_source = 200;  // of one address
  core::Duration tcp_idle = 900s;                  // a connection without a message for this long is closed
  core::Duration tcp_message = 10s;                // a message begun but not finished within this closes the connection
  std::uint32_t message_bytes = 65'536;  // larger requests get 513, are counted and alarmed
  std::uint32_t breadth = 60;            // Max-Breadth assumed where none came (RFC 5393 §5.3.3)
  core::Duration retry_after = 5s;       // in 503 when a bound is reached
  // Overload is that INVITEs over UDP are read so much later than they came, each for some time (StandingDelay); 0 = never.
  // Beyond the first only calls of the first class are taken on; beyond the second none: before their senders repeat them
  // (T1, 500 ms) and add to the load. Half and nine tenths of the receive buffer in use mean the same.
  core::Duration late = 100ms, too_late = 300ms;
  std::uint32_t descriptors_per_call =
      4;  // RTP and RTCP of two legs; what the descriptor limit must allow for is legs / 2 of it
  PLEDGE_FIELDS(SignallingLimits, legs, proceeding, tcp_connections, tcp_connections_per_source, tcp_idle, tcp_message,
                message_bytes, breadth, retry_after, late, too_late, descriptors_per_call)
};

struct SignallingOptions {
  std::vector<ListenerOptions> listeners{ListenerOptions{}};
  std::vector<TrunkOptions> trunks;
  PhoneOptions phones;
  SessionTimerOptions session_timer;
  ReliableProvisional reliable = ReliableProvisional::when_required;
  std::string region = "GB";          // numbers without country code belong to it (ISO 3166-1)
  std::string domain;                 // host part of the engine's own URIs; empty = the listener's address
  std::string resolv_conf;            // file naming the DNS servers of trunks and phones; empty = /etc/resolv.conf
  std::string user_agent = "Pledge";  // User-Agent and Server; empty = none
  std::string handover_header = "X-Handover-Time";  // RFC 3339 time of network hand-over, trusted trunks; empty = none
  // Header of a re-INVITE, UPDATE or INFO by which a hand-over trunk marks that its operator has left the line; empty = none
  std::string operator_left_header = "X-Operator-Left";
  std::vector<PlacePrefix> places;
  std::vector<AreaOptions> areas;
  std::vector<std::string> place_names;  // of the service: a civic address that holds one is in that place
  core::TrunkId outbound;             // trunk that DialOut uses; empty = the first with a target
  core::Duration alert_repeat = 60s;  // a 180 is repeated this often (RFC 3261 §13.3.1.1: each minute)
  SignallingLimits limits;
  PLEDGE_FIELDS(SignallingOptions, listeners, trunks, phones, session_timer, reliable, region, domain, resolv_conf, user_agent,
                handover_header, operator_left_header, places, areas, place_names, outbound, alert_repeat, limits)
};

}  // namespace pledge::runtime
