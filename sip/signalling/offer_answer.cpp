#include "sip/signalling/offer_answer.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "sip/signalling/text.hpp"

namespace pledge::signalling {
namespace {

using runtime::AudioCodec;
using runtime::MediaFormat;
template <class T>
using Result = tl::expected<T, MediaError>;

constexpr std::uint32_t clock_rate = 8000;  // Hz, of G.711 and of telephone-event beside it (RFC 4733 §2.1)

std::string_view encoding_name(AudioCodec codec) { return codec == AudioCodec::pcma ? "PCMA" : "PCMU"; }
std::uint8_t static_type(AudioCodec codec) { return codec == AudioCodec::pcma ? 8 : 0; }  // RFC 3551 §6

tl::unexpected<MediaError> fail(MediaFault fault, std::string why) {
  return tl::unexpected(MediaError{fault, std::move(why)});
}

// ---- reading the peer's audio line ---------------------------------------------------------------------------------

struct Host {
  bool unspecified = false;  // 0.0.0.0 or ::, "send me nothing" (RFC 3264 §8.4)
};

// Nothing: a name, or an address to which no call's audio may go (multicast, broadcast).
std::optional<Host> unicast(const SdpAddress& address) {
  std::array<std::uint8_t, 16> bytes{};
  if (inet_pton(address.ipv6 ? AF_INET6 : AF_INET, address.host.c_str(), bytes.data()) != 1) return std::nullopt;
  const bool zero = std::all_of(bytes.begin(), bytes.end(), [](auto b) { return b == 0; });
  const bool multicast = address.ipv6 ? bytes[0] == 0xff : bytes[0] >= 224;  // 224/4 and 240/4 with the broadcast
  if (multicast) return std::nullopt;
  return Host{zero};
}

bool is_ipv6(std::string_view ip) { return ip.find(':') != std::string_view::npos; }

struct Choice {
  AudioCodec codec{};
  std::uint8_t payload_type = 0;
};

bool maps_to(const SdpRtpMap& map, std::string_view encoding) {
  return text::iequals(map.encoding, encoding) && map.clock_rate == clock_rate && map.channels == 1;
}

const SdpRtpMap* find_map(const SdpMedia& line, std::uint8_t type) {
  const auto at = std::find_if(line.rtpmap.begin(), line.rtpmap.end(), [&](auto& m) { return m.payload_type == type; });
  return at == line.rtpmap.end() ? nullptr : &*at;
}

// An rtpmap speaks first; static types mean what RFC 3551 says when there is none.
std::optional<AudioCodec> codec_of(const SdpMedia& line, std::uint8_t type) {
  const auto* map = find_map(line, type);
  for (const auto codec : {AudioCodec::pcma, AudioCodec::pcmu})
    if (map ? maps_to(*map, encoding_name(codec)) : type == static_type(codec)) return codec;
  return std::nullopt;
}

std::optional<std::uint8_t> to_type(std::string_view format) {
  const auto type = text::to_number<std::uint8_t>(format);
  return type && *type <= 127 ? type : std::nullopt;
}

std::optional<Choice> choose_codec(const SdpMedia& line, std::optional<AudioCodec> prefer) {
  std::optional<Choice> first;
  for (const auto& format : line.formats) {
    const auto type = to_type(format);
    const auto codec = type ? codec_of(line, *type) : std::nullopt;
    if (!codec) continue;
    if (prefer == codec) return Choice{*codec, *type};
    if (!first) first = Choice{*codec, *type};
  }
  return first;
}

std::optional<std::uint8_t> find_events(const SdpMedia& line) {
  for (const auto& format : line.formats) {
    const auto type = to_type(format);
    const auto* map = type ? find_map(line, *type) : nullptr;
    if (map && maps_to(*map, "telephone-event")) return type;
  }
  return std::nullopt;
}

// Some peers answer with the numbers of our offer and leave their maps out.
void adopt_maps(SdpMedia& answer, const SdpMedia& offer) {
  for (const auto& map : offer.rtpmap)
    if (!find_map(answer, map.payload_type)) answer.rtpmap.push_back(map);
}

// RTP/AVPF is answered as such: it obliges us to no feedback (RFC 4585 §3.1). SRTP comes with the security issue.
bool is_rtp(std::string_view proto) { return text::iequals(proto, "RTP/AVP") || text::iequals(proto, "RTP/AVPF"); }

bool is_live_audio(const SdpMedia& line) {
  return text::iequals(line.media, "audio") && line.port != 0 && is_rtp(line.proto);
}

// What the engine does towards this line: the mirror of what the peer does (RFC 3264 §6.1).
Result<MediaFormat> read_audio(const MediaSession& session, const Sdp& sdp, const SdpMedia& line,
                               std::optional<AudioCodec> prefer) {
  const auto* address = sdp.connection_of(line);
  if (!address) return fail(MediaFault::malformed, "the audio line has no c= line");
  const auto host = unicast(*address);
  if (!host) return fail(MediaFault::address, fmt::format("{} is not a unicast IP address", address->host));
  if (!host->unspecified && address->ipv6 != is_ipv6(session.local_ip))
    return fail(MediaFault::address, fmt::format("{} cannot be reached from {}", address->host, session.local_ip));
  const auto choice = choose_codec(line, prefer);
  if (!choice) return fail(MediaFault::no_codec, "neither PCMA nor PCMU is offered");
  const auto direction = sdp.direction_of(line);
  MediaFormat format;
  format.remote = {address->host, line.port, line.rtcp ? line.rtcp->port : std::uint16_t{0}};
  format.codec = choice->codec;
  format.payload_type = choice->payload_type;
  format.event_payload_type = find_events(line);
  format.send = !host->unspecified && (direction == Direction::sendrecv || direction == Direction::recvonly);
  format.receive = direction == Direction::sendrecv || direction == Direction::sendonly;
  return format;
}

struct Found {
  std::size_t line = 0;
  MediaFormat format;
};

// The first audio line that can carry the call; why the first of them cannot, if none can.
Result<Found> find_audio(const MediaSession& session, const Sdp& sdp, std::optional<AudioCodec> prefer) {
  Result<Found> result = fail(MediaFault::no_audio, "no audio line over RTP/AVP");
  bool first = true;
  for (std::size_t i = 0; i < sdp.media.size(); ++i) {
    if (!is_live_audio(sdp.media[i])) continue;
    auto format = read_audio(session, sdp, sdp.media[i], prefer);
    if (format) return Found{i, std::move(*format)};
    if (std::exchange(first, false)) result = tl::unexpected(std::move(format.error()));
  }
  return result;
}

Result<Sdp> parse(std::string_view body, const OfferAnswerOptions& options) {
  auto sdp = parse_sdp(body, options.limits);
  if (!sdp) return fail(MediaFault::malformed, to_string(sdp.error()));
  return std::move(*sdp);
}

// ---- writing ours --------------------------------------------------------------------------------------------------

void add_format(SdpMedia& line, std::uint8_t type, std::string_view encoding) {
  line.formats.push_back(std::to_string(type));
  line.rtpmap.push_back({type, std::string(encoding), clock_rate, 1});
}

void add_events(SdpMedia& line, std::uint8_t type) {
  add_format(line, type, "telephone-event");
  line.fmtp.push_back({std::to_string(type), "0-15"});  // RFC 4733 §2.4.1: the sixteen DTMF keys
}

// The wanted dynamic payload type, or its neighbour where the agreed codec has taken it.
std::uint8_t free_type(std::uint8_t wanted, std::uint8_t taken) {
  if (wanted != taken) return wanted;
  return static_cast<std::uint8_t>(wanted == 127 ? 96 : wanted + 1);
}

// RFC 3264 §6: the same media, transport and formats, and port 0.
SdpMedia refused(const SdpMedia& offered) {
  SdpMedia line;
  line.media = offered.media;
  line.proto = offered.proto;
  line.formats = offered.formats;
  return line;
}

// c=0.0.0.0 with sendrecv (the hold of RFC 2543) thereby becomes recvonly.
Direction ours(const MediaFormat& format) {
  if (format.send) return format.receive ? Direction::sendrecv : Direction::sendonly;
  return format.receive ? Direction::recvonly : Direction::inactive;
}

SdpMedia answer_line(const MediaSession& session, const SdpMedia& offered, const MediaFormat& format,
                     const OfferAnswerOptions& options) {
  SdpMedia line;
  line.media = offered.media;
  line.port = session.local_port;
  line.proto = offered.proto;
  add_format(line, format.payload_type, encoding_name(format.codec));
  if (format.event_payload_type) add_events(line, *format.event_payload_type);
  line.ptime = options.ptime;
  line.direction = ours(format);
  return line;
}

// Payload types as agreed, where something is; a codec's number never comes to mean another one.
SdpMedia offer_line(const MediaSession& session, std::optional<AudioCodec> prefer, const OfferAnswerOptions& options) {
  const auto& agreed = session.format;
  SdpMedia line;
  line.media = "audio";
  line.port = session.local_port;
  line.proto = agreed ? session.lines[session.audio_line].proto : "RTP/AVP";
  const auto first = agreed ? agreed->codec : prefer.value_or(options.first_codec);
  const auto second = first == AudioCodec::pcma ? AudioCodec::pcmu : AudioCodec::pcma;
  const auto first_type = agreed ? agreed->payload_type : static_type(first);
  add_format(line, first_type, encoding_name(first));
  if (static_type(second) != first_type) add_format(line, static_type(second), encoding_name(second));
  const auto events = agreed ? agreed->event_payload_type : std::nullopt;
  add_events(line, events.value_or(free_type(options.event_payload_type, first_type)));
  line.ptime = options.ptime;
  line.direction = Direction::sendrecv;
  return line;
}

// The whole description with these lines; the version grows when they differ from those sent last (RFC 3264 §8).
std::string describe(MediaSession& session, std::vector<SdpMedia> lines, const OfferAnswerOptions& options) {
  if (lines != session.lines || session.version == 0) ++session.version;
  Sdp sdp;
  sdp.connection = SdpAddress{is_ipv6(session.local_ip), session.local_ip};
  sdp.origin = {options.username, std::to_string(session.id), std::to_string(session.version), *sdp.connection};
  sdp.media = std::move(lines);
  auto text = print_sdp(sdp);
  session.lines = std::move(sdp.media);
  return text;
}

}  // namespace

int sip_status(MediaFault fault) {
  switch (fault) {
    case MediaFault::malformed:
    case MediaFault::unexpected:
      return 400;
    case MediaFault::glare:
      return 491;
    default:
      return 488;
  }
}

std::string warning(const MediaError& error, std::string_view agent) {
  const int code = error.fault == MediaFault::no_audio   ? 304  // media type not available
                   : error.fault == MediaFault::no_codec ? 305  // incompatible media format
                   : error.fault == MediaFault::address  ? 301  // incompatible network address formats
                                                         : 399;  // miscellaneous
  std::string quoted;
  for (const char c : error.why)
    if (c >= ' ' && c < 0x7f && c != '"' && c != '\\') quoted += c;
  return fmt::format("{} {} \"{}\"", code, agent, quoted);
}

MediaSession start_session(std::uint64_t id, std::string local_ip, std::uint16_t local_port) {
  MediaSession session;
  session.id = id;
  session.local_ip = std::move(local_ip);
  session.local_port = local_port;
  return session;
}

tl::expected<Negotiated, MediaError> answer_offer(MediaSession& session, std::string_view offer,
                                                  std::optional<AudioCodec> prefer, const OfferAnswerOptions& options) {
  if (session.offer_open) return fail(MediaFault::glare, "an offer of ours is still open");
  const auto sdp = parse(offer, options);
  if (!sdp) return tl::unexpected(sdp.error());
  const auto found = find_audio(session, *sdp, prefer);
  if (!found) return tl::unexpected(found.error());
  std::vector<SdpMedia> lines;
  for (std::size_t i = 0; i < sdp->media.size(); ++i)
    lines.push_back(i == found->line ? answer_line(session, sdp->media[i], found->format, options)
                                     : refused(sdp->media[i]));
  session.audio_line = found->line;
  const bool changed = session.format != found->format;
  session.format = found->format;
  return Negotiated{describe(session, std::move(lines), options), found->format, changed};
}

std::string make_offer(MediaSession& session, std::optional<AudioCodec> prefer, const OfferAnswerOptions& options) {
  auto lines = session.lines;
  if (lines.empty()) lines.emplace_back();
  lines[session.audio_line] = offer_line(session, prefer, options);
  session.offer_open = true;
  return describe(session, std::move(lines), options);
}

tl::expected<MediaFormat, MediaError> accept_answer(MediaSession& session, std::string_view answer,
                                                    const OfferAnswerOptions& options) {
  auto sdp = parse(answer, options);
  if (!sdp) return tl::unexpected(sdp.error());
  if (sdp->media.size() <= session.audio_line || !is_live_audio(sdp->media[session.audio_line]))
    return fail(MediaFault::no_audio, "the peer refused the audio line");
  auto& line = sdp->media[session.audio_line];
  if (!session.lines.empty()) adopt_maps(line, session.lines[session.audio_line]);
  auto format = read_audio(session, *sdp, line, std::nullopt);
  if (!format) return tl::unexpected(format.error());
  if (!session.offer_open && session.format != *format)
    return fail(MediaFault::unexpected, "a second, different answer to one offer");
  session.offer_open = false;
  session.format = *format;
  return format;
}

std::string describe_again(MediaSession& session, const OfferAnswerOptions& options) {
  auto lines = session.lines;
  lines[session.audio_line].port = session.local_port;
  return describe(session, std::move(lines), options);
}

void withdraw_offer(MediaSession& session) { session.offer_open = false; }

}  // namespace pledge::signalling
