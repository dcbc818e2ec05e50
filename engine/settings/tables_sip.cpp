// The options of signalling (runtime/signalling_options.hpp), as an operator writes them.
#include "settings/describe.hpp"
#include "settings/tables.hpp"

namespace pledge::settings {

const Table<runtime::ListenerOptions>& Schema<runtime::ListenerOptions>::table() {
  using T = runtime::ListenerOptions;
  static const Table<T> table =
      Table<T>("listener", "Sockets that SIP is spoken on.")
          .add("transport", &T::transport, "Transport of the socket.")
          .add("address", &T::address, "Local address.", {.format = Format::address})
          .add("port", &T::port, "Local port; 0 = one chosen by the system.",
               {.least = 0, .most = 65535, .unit = "port"})
          .add("advertised", &T::advertised, "Address written into Via and Contact (NAT); none = `address`.",
               {.format = Format::address})
          .add("media_address", &T::media_address, "Local address of RTP for calls through here; none = `address`.",
               {.format = Format::address})
          .add("media_advertised", &T::media_advertised,
               "Address written into SDP; none = `advertised`, else `media_address`.", {.format = Format::address});
  return table;
}

const Table<runtime::TrunkOptions>& Schema<runtime::TrunkOptions>::table() {
  using T = runtime::TrunkOptions;
  static const Table<T> table =
      Table<T>("[[trunk]]", "Peers that calls come from and may be sent to.")
          .add("name", &T::id, "Name of the trunk.", {.declares = Named::trunk, .required = true})
          .add("ranges", &T::ranges, "Addresses that calls come from; of several trunks the longest range decides.",
               {.format = Format::address_range})
          .add("trusted", &T::trusted, "Its P-Asserted-Identity, Resource-Priority and hand-over time are believed.")
          .add("behind_nat", &T::behind_nat, "Where its media come from is learned from packets instead of from SDP.")
          .add("hand_over", &T::hand_over,
               "The network's operator is on the line of its calls with the caller, and leaves it after the hand-over.")
          .add("target", &T::target,
               "Where calls to it are sent; a host without port is looked up as RFC 3263 says; none = inbound only.",
               {.format = Format::sip_target})
          .add("transport", &T::transport, "Transport towards `target`, where neither it nor DNS names one.")
          .add("user", &T::user, "User name for its 401 and 407; none = not answered.")
          .add("secret", &T::secret, "Secret for its 401 and 407.", {.secret = true})
          .add("caller", &T::caller, "Caller's number of outbound calls that have none of their own.",
               {.format = Format::number})
          .add("health_interval", &T::health_interval, "OPTIONS is sent to `target` this often; 0 s = never.",
               {.least = 0, .most = hour})
          .add("down_after", &T::down_after, "Unanswered OPTIONS in a row until the trunk counts as down.",
               {.least = 1, .most = 100, .unit = "requests"});
  return table;
}

const Table<runtime::PhoneOptions>& Schema<runtime::PhoneOptions>::table() {
  using T = runtime::PhoneOptions;
  static const Table<T> table =
      Table<T>("[sip.phones]", "How handlers' phones register.")
          .add("realm", &T::realm, "Digest realm.", {.format = Format::plain_name})
          .add("ranges", &T::ranges, "Addresses that phones may register from; none = any that proves its secret.",
               {.format = Format::address_range})
          .add("md5", &T::md5, "MD5 is offered: most desk phones know nothing else.")
          .add("sha256", &T::sha256,
               "SHA-256 is offered, before MD5; false for phones that give up at an algorithm unknown to them.")
          .add("behind_nat", &T::behind_nat,
               "Where their media come from is learned; they are reached at their source address.")
          .add("expires_least", &T::expires_least, "Shorter registrations are refused with 423.",
               {.least = second, .most = day})
          .add("expires_most", &T::expires_most, "Longer registrations are shortened to this.",
               {.least = second, .most = day})
          .add("expires_default", &T::expires_default, "Of registrations that do not say.",
               {.least = second, .most = day})
          .add("nonce_life", &T::nonce_life, "An older nonce is refused as stale.", {.least = second, .most = day})
          .add("bindings_most", &T::bindings_most,
               "Phones registered for one handler; a further one replaces the oldest.",
               {.least = 1, .most = 10, .unit = "phones"})
          .elsewhere({"credentials", "contacts"});
  return table;
}

const Table<runtime::SessionTimerOptions>& Schema<runtime::SessionTimerOptions>::table() {
  using T = runtime::SessionTimerOptions;
  static const Table<T> table =
      Table<T>("[sip.session_timer]", "RFC 4028: finds calls whose other end has vanished.")
          .add("offered", &T::offered, "Asked for on every leg; false: only when the peer wants one.")
          .add("expires", &T::expires, "Interval asked for.", {.least = 90 * second, .most = day})
          .add("least", &T::least, "Smaller wishes are refused with 422.", {.least = 90 * second, .most = day});
  return table;
}

const Table<runtime::PlacePrefix>& Schema<runtime::PlacePrefix>::table() {
  using T = runtime::PlacePrefix;
  static const Table<T> table =
      Table<T>("place", "Places known from the caller's number; the longest prefix decides.")
          .add("prefix", &T::prefix, "The beginning of the number, E.164 with '+'.", {.required = true})
          .add("place", &T::place, "Name of the place.", {.refers = Named::place, .required = true});
  return table;
}

const Table<runtime::AreaOptions>& Schema<runtime::AreaOptions>::table() {
  using T = runtime::AreaOptions;
  static const Table<T> table =
      Table<T>("area", "Circles on the map that tell the place of a caller whose position came with the call.")
          .add("place", &T::place, "Name of the place. Several areas may make up one.",
               {.refers = Named::place, .required = true})
          .add("latitude", &T::latitude, "Of the centre (WGS 84), north positive.",
               {.least = -90, .most = 90, .unit = "degrees", .required = true})
          .add("longitude", &T::longitude, "Of the centre, east positive.",
               {.least = -180, .most = 180, .unit = "degrees", .required = true})
          .add("radius", &T::radius, "A position within it is in the area; of several areas the nearest centre decides.",
               {.least = 1, .most = 500'000, .unit = "metres", .required = true});
  return table;
}

const Table<runtime::SignallingLimits>& Schema<runtime::SignallingLimits>::table() {
  using T = runtime::SignallingLimits;
  static const Table<T> table =
      Table<T>("[sip.limits]", "The most of each thing that signalling holds.")
          .add("legs", &T::legs, "Live dialogs; beyond it an INVITE gets 503.",
               {.least = 2, .most = 1'000'000, .unit = "legs"})
          .add("proceeding", &T::proceeding, "Server transactions held open; each call waiting in `alert` holds one.",
               {.least = 1, .most = 1'000'000, .unit = "transactions"})
          .add("tcp_connections", &T::tcp_connections, "TCP connections in all; a further one is closed within a second.",
               {.least = 1, .most = 100'000, .unit = "connections"})
          .add("tcp_connections_per_source", &T::tcp_connections_per_source, "TCP connections from one address.",
               {.least = 1, .most = 100'000, .unit = "connections"})
          .add("tcp_idle", &T::tcp_idle, "A connection without a message for this long is closed.",
               {.least = second, .most = day})
          .add("tcp_message", &T::tcp_message, "A message begun but not finished within this closes its connection.",
               {.least = second, .most = hour, .restart = true})
          .add("message_bytes", &T::message_bytes,
               "Larger requests get 513, are counted and alarmed; one beyond 64 KiB as well closes its TCP connection.",
               {.least = 2048, .most = 1'048'576, .unit = "bytes"})
          .add("breadth", &T::breadth, "Max-Breadth assumed where none came (RFC 5393).",
               {.least = 1, .most = 1000, .unit = "branches"})
          .add("retry_after", &T::retry_after, "Retry-After of a 503 when a bound is reached.",
               {.least = second, .most = hour})
          .add("late", &T::late,
               "Overload: while calls over UDP are read so much later than they came, or half of the receive buffer is in use, for "
               "200 ms, only calls of the first class are taken on; others get 503, phones that register too. 0 = never.",
               {.least = 0, .most = 10 * second})
          .add("too_late", &T::too_late,
               "Overload: while calls over UDP are read so much later than they came, or nine tenths of the receive buffer are in "
               "use, for 200 ms, every call gets 503. Below 0.5 s, when a caller's side sends its call again. 0 = never.",
               {.least = 0, .most = 10 * second})
          .add("descriptors_per_call", &T::descriptors_per_call,
               "File descriptors that one call needs: RTP and RTCP of two legs, and room for TCP.",
               {.least = 2, .most = 32, .unit = "descriptors"});
  return table;
}

const Table<runtime::SignallingOptions>& Schema<runtime::SignallingOptions>::table() {
  using T = runtime::SignallingOptions;
  static const Table<T> table =
      Table<T>("[sip]", "Signalling.")
          .add("listener", &T::listeners, "Sockets that SIP is spoken on.", {.restart = true})
          .add("phones", &T::phones, "How handlers' phones register.")
          .add("session_timer", &T::session_timer, "RFC 4028.")
          .add("reliable", &T::reliable, "Reliable provisional responses (RFC 3262) towards callers.")
          .add("region", &T::region, "Numbers without country code belong to it.", {.format = Format::country})
          .add("domain", &T::domain, "Host part of the engine's own URIs; none = the listener's address.",
               {.format = Format::sip_target})
          .add("resolv_conf", &T::resolv_conf,
               "File naming the DNS servers that find trunks and phones; empty = /etc/resolv.conf.", {.restart = true})
          .add("user_agent", &T::user_agent, "User-Agent and Server; empty = none.")
          .add("handover_header", &T::handover_header,
               "Header with the RFC 3339 time of network hand-over, from trusted trunks; empty = none.")
          .add("operator_left_header", &T::operator_left_header,
               "Header of a re-INVITE, UPDATE or INFO by which a hand-over trunk marks that its operator has left; empty = none.")
          .add("place", &T::places, "Places known from the caller's number, where no location came with the call.")
          .add("area", &T::areas, "Places known from the position that came with a call.")
          .add("outbound", &T::outbound, "Trunk of outbound calls; none = the first with a target.",
               {.refers = Named::trunk})
          .add("alert_repeat", &T::alert_repeat, "A 180 is repeated this often (RFC 3261 §13.3.1.1: each minute).",
               {.least = second, .most = 150 * second})
          .add("limits", &T::limits, "The most of each thing.")
          .elsewhere({"trunks", "place_names"});
  return table;
}

}  // namespace pledge::settings
