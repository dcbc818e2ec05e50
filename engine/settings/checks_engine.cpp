#include <fmt/format.h>

#include <algorithm>

#include "settings/calendar.hpp"
#include "settings/checks.hpp"

namespace pledge::settings {

namespace {

void check_listeners(Reader& reader, const runtime::SignallingOptions& sip) {
  if (sip.listeners.empty()) {
    reader.error(reader.place("sip.listener"), "no [[sip.listener]]", "no call can arrive",
                 "add one, or remove the empty list");
  }
  for (std::size_t row = 0; row < sip.listeners.size(); ++row) {
    const auto& listener = sip.listeners[row];
    const bool twice = std::any_of(
        sip.listeners.begin(), sip.listeners.begin() + static_cast<std::ptrdiff_t>(row), [&](const auto& other) {
          return listener.port != 0 && std::tie(other.transport, other.address, other.port) ==
                                           std::tie(listener.transport, listener.address, listener.port);
        });
    if (!twice) continue;
    reader.error(
        reader.place(fmt::format("sip.listener.{}.port", row)),
        fmt::format("{} {} port {} is listened on twice", name(listener.transport), listener.address, listener.port),
        "a socket belongs to one listener", "remove one of the two, or change its port");
  }
}

void check_trunk(Reader& reader, const runtime::TrunkOptions& trunk, std::size_t row) {
  auto at = [&](std::string_view key) { return reader.place(fmt::format("trunk.{}.{}", row, key)); };
  if (trunk.ranges.empty() && trunk.target.empty()) {
    reader.error(at("name"), fmt::format("trunk \"{}\" has neither ranges nor a target", trunk.id.value),
                 "no call can come from it or go to it", "add ranges = [...] or target = \"...\"");
  }
  if (trunk.health_interval > core::Duration{} && trunk.target.empty()) {
    reader.error(at("health_interval"), fmt::format("trunk \"{}\" cannot be asked for its health", trunk.id.value),
                 "it has no target", "add a target, or remove health_interval");
  }
  if (trunk.user.empty() != trunk.secret.empty()) {
    reader.error(at(trunk.user.empty() ? "secret" : "user"),
                 fmt::format("trunk \"{}\" has half of its credentials", trunk.id.value),
                 "user and secret belong together", "add the other, or remove both");
  }
}

void check_trunks(Reader& reader, const Source& source) {
  std::map<std::string, std::string> owners;
  for (std::size_t row = 0; row < source.trunks.size(); ++row) {
    if (reader.broken("trunk", row)) continue;
    const auto& trunk = source.trunks[row];
    check_trunk(reader, trunk, row);
    for (std::size_t i = 0; i < trunk.ranges.size(); ++i) {
      const auto [it, fresh] = owners.emplace(trunk.ranges[i], trunk.id.value);
      if (fresh) continue;
      reader.error(reader.place(fmt::format("trunk.{}.ranges.{}", row, i)),
                   fmt::format("range {} is in two trunks", trunk.ranges[i]),
                   fmt::format("trunk \"{}\" has it already", it->second), "remove one of the two");
    }
  }
  if (source.trunks.empty())
    reader.warning(reader.place(""), "no [[trunk]]", "every call is refused with 403", "add one");
}

void check_sip(Reader& reader, const Source& source) {
  const auto& phones = source.sip.phones;
  if (!phones.md5 && !phones.sha256)
    reader.error(reader.place("sip.phones.sha256"), "no digest algorithm is offered", "no phone could register",
                 "set sha256 or md5 to true");
  if (phones.expires_least > phones.expires_default || phones.expires_default > phones.expires_most) {
    reader.error(reader.place("sip.phones.expires_default"), "registration times contradict each other",
                 "expires_least ≤ expires_default ≤ expires_most must hold", "correct one of the three");
  }
  const auto& timer = source.sip.session_timer;
  if (timer.least > timer.expires) {
    reader.error(reader.place("sip.session_timer.least"), "session times contradict each other",
                 "least ≤ expires must hold", "correct one of the two");
  }
  for (std::size_t row = 0; row < source.sip.places.size(); ++row) {
    const auto& prefix = source.sip.places[row].prefix;
    if (prefix.empty() || matches(Format::number_pattern, prefix + "*")) continue;
    reader.error(reader.place(fmt::format("sip.place.{}.prefix", row)),
                 fmt::format("\"prefix\" = \"{}\" is not the beginning of a number", prefix),
                 "numbers are E.164 with '+'", "write e.g. \"+4420\"");
  }
}

std::uint64_t port_pairs(const runtime::MediaOptions& media) {
  const std::uint64_t first = media.port_first + media.port_first % 2u;
  return first >= media.port_last ? 0 : (media.port_last - first + 1) / 2;
}

std::uint64_t handler_count(const Reader& reader) {
  const auto it = reader.declared.find(Named::handler);
  return it == reader.declared.end() ? 0 : it->second.size();
}

void check_media(Reader& reader, const Source& source) {
  const auto& media = source.media;
  const auto at = reader.place("media.port_last");
  const auto pairs = port_pairs(media);
  const auto talking = 2 * handler_count(reader);
  if (pairs == 0) {
    reader.error(at, fmt::format("no RTP port between {} and {}", media.port_first, media.port_last),
                 "port_first must lie below port_last", "widen the range");
  } else if (pairs < talking) {
    reader.error(at, fmt::format("{} RTP port pairs for {} handlers", pairs, talking / 2), "each call uses two pairs",
                 fmt::format("widen the range to {} ports at least", 2 * talking));
  }
  std::uint64_t waiting = 0;
  for (const auto& queue : source.queues) waiting += queue.waiting == core::Waiting::answer ? queue.bound : 0;
  waiting = std::min<std::uint64_t>(waiting, source.limits.contacts);
  if (pairs >= talking && pairs > 0 && pairs < talking + waiting) {
    reader.warning(
        at, fmt::format("{} RTP port pairs for {} handlers and {} waiting calls", pairs, talking / 2, waiting),
        "each waiting call that is answered at entry uses one pair besides two a handler",
        fmt::format("widen the range to {} ports, or lower the bounds of the queues", 2 * (talking + waiting)));
  }
  for (std::size_t row = 0; row < source.sip.listeners.size(); ++row) {
    const auto& listener = source.sip.listeners[row];
    if (listener.transport != runtime::Transport::udp || listener.port < media.port_first ||
        listener.port > media.port_last)
      continue;
    reader.error(reader.place(fmt::format("sip.listener.{}.port", row)),
                 fmt::format("SIP port {} lies in the range of RTP", listener.port),
                 fmt::format("[media] uses {} to {}", media.port_first, media.port_last), "move one of the two");
  }
}

// What rtpengine cannot be used for is no fault of the configuration; that it is done here is to be known.
void check_relayed(Reader& reader, const Source& source) {
  reader.warning(reader.place("media.engine"), "rtpengine only relays",
                 "prompts, key-presses, mixing (conference, whisper), the detection of speech and recording are done by the "
                 "embedded engine behind it, where each leg has a port pair too",
                 "keep port_first to port_last as wide as without it, and reachable for rtpengine and, should it fail, for the parties");
  for (std::size_t row = 0; row < source.sip.listeners.size(); ++row)
    if (source.sip.listeners[row].address.find(':') != std::string::npos)
      reader.warning(reader.place(fmt::format("sip.listener.{}.address", row)), "calls over IPv6 do not use rtpengine",
                     "it is asked for IPv4 ports only", "nothing: they have ports of the engine");
}

// Where rtpengine shall send what the parties say.
void check_inside(Reader& reader, const Source& source) {
  const auto& inside = source.media.rtpengine.inside_address;
  if (inside.find(':') != std::string::npos || inside == "0.0.0.0")
    reader.error(reader.place("media.rtpengine.inside_address"), fmt::format("rtpengine cannot send to \"{}\"", inside),
                 "it is asked for IPv4 ports, and sends to one address", "write the engine's IPv4 address towards rtpengine");
  if (!inside.empty()) return;
  for (std::size_t row = 0; row < source.sip.listeners.size(); ++row) {
    const auto& listener = source.sip.listeners[row];
    if ((listener.media_address.empty() ? listener.address : listener.media_address) != "0.0.0.0") continue;
    reader.error(reader.place(fmt::format("sip.listener.{}.address", row)), "rtpengine cannot send to \"0.0.0.0\"",
                 "media of calls through this listener has no other address",
                 "write the engine's address towards rtpengine as [media.rtpengine] inside_address, or the listener's media_address");
  }
}

void check_rtpengine(Reader& reader, const Source& source) {
  const auto& rtpengine = source.media.rtpengine;
  if (source.media.engine == runtime::MediaEngineKind::embedded) {
    if (rtpengine != runtime::RtpengineOptions{})
      reader.warning(reader.place("media.rtpengine"), "[media.rtpengine] is not used", "[media] engine is \"embedded\"",
                     "set engine = \"rtpengine\", or remove the table");
    return;
  }
  check_relayed(reader, source);
  std::string host = rtpengine.address.substr(0, rtpengine.address.rfind(':'));
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  if (!matches(Format::address, host))
    reader.error(reader.place("media.rtpengine.address"), fmt::format("\"{}\" is not an IP address", host),
                 "a name is not looked up while calls wait", "write its address, e.g. \"127.0.0.1:2223\"");
  check_inside(reader, source);
  if (rtpengine.inside_interface.empty() != rtpengine.outside_interface.empty())
    reader.error(reader.place("media.rtpengine"), "only one interface of rtpengine is named", "it must know both sides of a call",
                 "name inside_interface and outside_interface, or neither");
  if (rtpengine.repeat_after >= rtpengine.timeout)
    reader.error(reader.place("media.rtpengine.timeout"), "requests to rtpengine are never repeated",
                 "repeat_after is not less than timeout: one lost datagram would look like a dead rtpengine",
                 "make timeout several times repeat_after");
  if (rtpengine.requests_open < rtpengine.ready)
    reader.warning(reader.place("media.rtpengine.requests_open"), "fewer requests may be open than calls are ready",
                   "the legs of a burst that takes them all are told to rtpengine one watch after the other",
                   fmt::format("write {} or more", rtpengine.ready));
}

// A literal address: what a name leads to is known to whoever answers for it, and may change.
bool loopback(std::string_view host) { return host == "[::1]" || (host.starts_with("127.") && matches(Format::address, host)); }

void check_service(Reader& reader, const runtime::ServiceOptions& service) {
  const std::string_view address = service.grpc_address;
  const auto host = address.substr(0, address.rfind(':'));
  if (!loopback(host)) {
    const bool literal = host.starts_with('[') || matches(Format::address, host);
    reader.error(reader.place("service.grpc_address"),
                 fmt::format("gRPC at {}{} be open to the network", address, literal ? " would" : ", a name, could"),
                 "it has no authentication yet, so only loopback is allowed",
                 "use 127.0.0.1 or [::1], and a tunnel for others");
  }
  if (!address.ends_with(":0") && service.grpc_address == service.http_address) {
    reader.error(reader.place("service.http_address"), fmt::format("{} is used twice", address), "gRPC has it already",
                 "use another port");
  }
  if (service.page_size > service.page_most) {
    reader.error(reader.place("service.page_size"), "page_size is more than page_most", "page_most is the largest page",
                 "correct one of the two");
  }
}

bool records(const Source& source) {
  return std::any_of(source.queues.begin(), source.queues.end(), [](const auto& queue) { return queue.record; });
}

void check_recording(Reader& reader, const Source& source, const Environment& environment) {
  if (!records(source)) return;
  const auto& directory = source.recording.directory;
  const auto fault = environment.folder_fault ? environment.folder_fault(directory) : std::string{};
  if (!fault.empty())
    reader.error(reader.place("recording.directory"), fmt::format("no recording can be written to {}", directory), fault,
                 "make the folder writable for this user, or name another");
  if (source.recording.pause_reasons.empty())
    reader.warning(reader.place("recording.pause_reasons"), "no reasons for pausing a recording",
                   "any text is taken as one, and they cannot be counted", "list them: pause_reasons = [\"card number\"]");
}

}  // namespace

std::uint64_t descriptors_needed(const Source& source) {
  constexpr std::uint64_t own = 256;            // journal, logs, DNS, timers, gRPC's own
  constexpr std::uint64_t sockets_per_leg = 2;  // RTP and RTCP
  const auto legs =
      std::min<std::uint64_t>({source.sip.limits.legs, 2ull * source.limits.contacts, port_pairs(source.media)});
  const auto& listeners = source.sip.listeners;
  const bool tcp = std::any_of(listeners.begin(), listeners.end(),
                               [](const auto& l) { return l.transport == runtime::Transport::tcp; });
  std::uint64_t files = 0;
  if (records(source)) files = std::min<std::uint64_t>(source.limits.contacts, legs / 2);
  return own + files + sockets_per_leg * legs + (tcp ? source.sip.limits.tcp_connections : 0) + source.service.watchers +
         source.service.http_connections;
}

void check_engine(Reader& reader, const Source& source, const Environment& environment) {
  if (!zone_exists(source.general.zone)) {  // the default: a written one was checked while reading
    reader.error(reader.place("general.zone"), fmt::format("time zone {} is not known here", source.general.zone),
                 "this machine's time-zone database lacks it", "install tzdata, or choose another zone");
  }
  check_listeners(reader, source.sip);
  check_trunks(reader, source);
  check_sip(reader, source);
  if (!reader.any_broken("media")) check_media(reader, source), check_rtpengine(reader, source);
  if (!reader.any_broken("service")) check_service(reader, source.service);
  if (!reader.any_broken("recording")) check_recording(reader, source, environment);
  const auto needed = descriptors_needed(source);
  if (environment.most_descriptors == 0 || needed <= environment.most_descriptors) return;
  reader.error(reader.place("media.port_last"), fmt::format("{} file descriptors are needed", needed),
               fmt::format("this process may have {} (RLIMIT_NOFILE)", environment.most_descriptors),
               "raise the limit (LimitNOFILE=, ulimit -n), or lower the RTP range and the limits");
}

}  // namespace pledge::settings
