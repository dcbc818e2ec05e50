#include "sip/media/rtcp.hpp"

#include <algorithm>

#include "sip/media/bytes.hpp"
#include "sip/media/rtp.hpp"

namespace pledge::media {
namespace {

constexpr std::uint8_t sender_report = 200, receiver_report = 201, source_description = 202;
constexpr std::uint8_t cname_item = 1;
constexpr std::size_t header_size = 8, sender_info_size = 20;

// Appends in network order; the capacity was computed for the longest report.
class Writer {
 public:
  explicit Writer(std::uint8_t* out) : start_(out), at_(out) {}
  std::size_t size() const { return static_cast<std::size_t>(at_ - start_); }
  void u8(std::uint8_t v) { *at_++ = v; }
  void u16(std::uint16_t v) { write16(at_, v), at_ += 2; }
  void u32(std::uint32_t v) { write32(at_, v), at_ += 4; }
  void header(std::uint8_t type, std::uint8_t count) { u8(rtp_version << 6 | count), u8(type), u16(0); }
  // Fills in the length of the packet begun at `from`: its words, less one.
  void finish(std::size_t from) { write16(start_ + from + 2, static_cast<std::uint16_t>((size() - from) / rtp_word - 1)); }

 private:
  std::uint8_t *start_, *at_;
};

// NTP time: seconds since 1900, and their fraction in 2^-32 (RFC 3550 §4).
std::uint64_t ntp(WallClock now) {
  constexpr std::uint64_t seconds_1900_to_1970 = 2'208'988'800;
  const auto since = std::chrono::duration_cast<std::chrono::nanoseconds>(now.time_since_epoch());
  const auto seconds = std::chrono::floor<std::chrono::seconds>(since);
  const auto fraction = (static_cast<std::uint64_t>((since - seconds).count()) << 32) / 1'000'000'000;
  return (static_cast<std::uint64_t>(seconds.count()) + seconds_1900_to_1970) << 32 | fraction;
}

void write_sent(Writer& out, const RtcpReport::Sent& sent) {
  const std::uint64_t time = ntp(sent.now);
  out.u32(static_cast<std::uint32_t>(time >> 32));
  out.u32(static_cast<std::uint32_t>(time));
  out.u32(sent.timestamp);
  out.u32(sent.packets);
  out.u32(sent.bytes);
}

void write_received(Writer& out, const RtcpReport::Received& received) {
  const ReceptionReport& r = received.report;
  out.u32(r.ssrc);
  out.u32(std::uint32_t{r.fraction_lost} << 24 | (static_cast<std::uint32_t>(r.lost) & 0xFFFFFF));
  out.u32(r.highest_sequence);
  out.u32(r.jitter);
  out.u32(received.last_sender_report);
  using Delay = std::chrono::duration<std::int64_t, std::ratio<1, 65'536>>;  // §6.4.1: DLSR
  const auto delay = std::chrono::duration_cast<Delay>(received.since_sender_report).count();
  out.u32(received.last_sender_report ? static_cast<std::uint32_t>(delay) : 0);
}

void write_cname(Writer& out, std::uint32_t ssrc, std::span<const char, cname_size> cname) {
  const std::size_t from = out.size();
  out.header(source_description, 1);
  out.u32(ssrc);
  out.u8(cname_item);
  out.u8(cname_size);
  for (const char c : cname) out.u8(static_cast<std::uint8_t>(c));
  do out.u8(0);  // the list ends with a zero, padded to a word
  while ((out.size() - from) % rtp_word != 0);
  out.finish(from);
}

}  // namespace

std::optional<RtcpPacket> parse_rtcp(std::span<const std::uint8_t> datagram) {
  if (datagram.size() < header_size) return std::nullopt;
  const std::uint8_t first = datagram[1];
  if ((first != sender_report && first != receiver_report) || (datagram[0] & rtp_padding_bit)) return std::nullopt;
  if (first == sender_report && datagram.size() < header_size + sender_info_size) return std::nullopt;
  for (auto rest = datagram; !rest.empty();) {
    if (rest.size() < rtp_word || rest[0] >> 6 != rtp_version) return std::nullopt;
    const std::size_t size = rtp_word * (std::size_t{read16(&rest[2])} + 1);
    if (size > rest.size() || ((rest[0] & rtp_padding_bit) && size < rest.size())) return std::nullopt;
    rest = rest.subspan(size);
  }
  RtcpPacket packet{read32(&datagram[4]), std::nullopt};
  if (first == sender_report) packet.sender_report = read32(&datagram[10]);
  return packet;
}

std::size_t write_rtcp(const RtcpReport& report, std::span<const char, cname_size> cname,
                       std::span<std::uint8_t, rtcp_report_capacity> out) {
  Writer writer(out.data());
  writer.header(report.sent ? sender_report : receiver_report, report.received ? 1 : 0);
  writer.u32(report.ssrc);
  if (report.sent) write_sent(writer, *report.sent);
  if (report.received) write_received(writer, *report.received);
  writer.finish(0);
  write_cname(writer, report.ssrc, cname);
  return writer.size();
}

}  // namespace pledge::media
