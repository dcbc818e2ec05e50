#include "tools/load/sip_text.hpp"

#include <fmt/format.h>

#include <charconv>

namespace pledge::load {
namespace {

constexpr std::string_view crlf = "\r\n";

bool same_letters(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i)
    if (lower(a[i]) != lower(b[i])) return false;
  return true;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

std::string_view cut_line(std::string_view& rest) {
  const auto end = rest.find(crlf);
  const auto line = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 2);
  return line;
}

std::string_view cut_word(std::string_view& rest) {
  const auto end = std::min(rest.find(' '), rest.size());
  const auto word = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return word;
}

template <class Number>
bool read_number(std::string_view text, Number& value) {
  return std::from_chars(text.data(), text.data() + text.size(), value).ec == std::errc{};
}

bool read_start(std::string_view line, SipMessage& message) {
  const auto first = cut_word(line);
  if (first == "SIP/2.0") return read_number(cut_word(line), message.status);
  message.request = true;
  message.method = first;
  message.uri = cut_word(line);
  return line == "SIP/2.0" && !message.method.empty();
}

struct HeaderName {
  std::string_view full, compact;
  std::string_view SipMessage::*member;
};
constexpr HeaderName header_names[] = {
    {"From", "f", &SipMessage::from},
    {"To", "t", &SipMessage::to},
    {"Call-ID", "i", &SipMessage::call_id},
    {"Contact", "m", &SipMessage::contact},
    {"CSeq", "", &SipMessage::cseq},
    {"WWW-Authenticate", "", &SipMessage::authenticate},
    {"Answer-Mode", "", &SipMessage::answer_mode},
};

void keep_header(std::string_view name, std::string_view value, SipMessage& message) {
  if (same_letters(name, "Via") || same_letters(name, "v")) {
    if (message.vias.size() < message.vias.capacity()) message.vias.push_back(value);
    return;
  }
  for (const auto& known : header_names) {
    if (!same_letters(name, known.full) && (known.compact.empty() || !same_letters(name, known.compact))) continue;
    if ((message.*known.member).empty()) message.*known.member = value;
    return;
  }
}

bool complete(SipMessage& message) {
  if (message.vias.empty() || message.from.empty() || message.to.empty() || message.call_id.empty()) return false;
  auto rest = message.cseq;
  if (!read_number(cut_word(rest), message.cseq_number)) return false;
  if (!message.request) message.method = trimmed(rest);
  return true;
}

std::string_view reason_phrase(int status) {
  switch (status) {
    case 100:
      return "Trying";
    case 180:
      return "Ringing";
    case 200:
      return "OK";
    case 404:
      return "Not Found";
    case 481:
      return "Call/Transaction Does Not Exist";
    case 486:
      return "Busy Here";
    case 487:
      return "Request Terminated";
    case 603:
      return "Decline";
    default:
      return "Response";
  }
}

void append_end(std::string& out, std::string_view sdp) {
  auto to = std::back_inserter(out);
  if (sdp.empty()) fmt::format_to(to, "Content-Length: 0\r\n\r\n");
  else fmt::format_to(to, "Content-Type: application/sdp\r\nContent-Length: {}\r\n\r\n{}", sdp.size(), sdp);
}

}  // namespace

std::string host_port(const Address& address) {
  const auto ip = address.address().to_string();
  return address.address().is_v6() ? fmt::format("[{}]:{}", ip, address.port())
                                   : fmt::format("{}:{}", ip, address.port());
}

std::optional<SipMessage> parse_sip(std::string_view datagram) {
  SipMessage message;
  auto rest = datagram;
  if (!read_start(cut_line(rest), message)) return std::nullopt;
  while (!rest.empty()) {
    const auto line = cut_line(rest);
    if (line.empty()) break;
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    keep_header(trimmed(line.substr(0, colon)), trimmed(line.substr(colon + 1)), message);
  }
  message.body = rest;
  if (!complete(message)) return std::nullopt;
  return message;
}

std::string_view parameter(std::string_view header, std::string_view name) {
  auto rest = header.substr(std::min(header.find('>'), header.size()));
  if (rest.empty()) rest = header;
  while (true) {
    const auto semicolon = rest.find(';');
    if (semicolon == std::string_view::npos) return {};
    rest.remove_prefix(semicolon + 1);
    const auto item = rest.substr(0, rest.find(';'));
    const auto equals = item.find('=');
    if (equals != std::string_view::npos && same_letters(trimmed(item.substr(0, equals)), name))
      return trimmed(item.substr(equals + 1));
  }
}

std::string_view uri_in(std::string_view header) {
  const auto open = header.find('<');
  if (open == std::string_view::npos) return trimmed(header.substr(0, header.find(';')));
  const auto close = header.find('>', open);
  return header.substr(open + 1, close == std::string_view::npos ? close : close - open - 1);
}

std::string_view user_of(std::string_view uri) {
  const auto at = uri.find('@');
  if (at == std::string_view::npos) return {};
  const auto colon = uri.find(':');
  const auto user = uri.substr(colon + 1, at - colon - 1);
  return user.substr(0, user.find(';'));
}

std::string_view quoted(std::string_view header, std::string_view name) {
  const auto start = header.find(fmt::format("{}=\"", name));
  if (start == std::string_view::npos) return {};
  const auto value = header.substr(start + name.size() + 2);
  return value.substr(0, value.find('"'));
}

Address target_of(std::string_view uri, const Address& fallback) {
  const auto at = uri.find('@');
  auto host = uri.substr(at == std::string_view::npos ? std::min(uri.find(':') + 1, uri.size()) : at + 1);
  host = host.substr(0, host.find(';'));
  const auto close = host.find(']');
  const auto colon = host.find(':', close == std::string_view::npos ? 0 : close);
  std::uint16_t port = 5060;
  if (colon != std::string_view::npos && !read_number(host.substr(colon + 1), port)) return fallback;
  auto ip = host.substr(0, colon);
  if (!ip.empty() && ip.front() == '[') ip = ip.substr(1, ip.size() - 2);
  boost::system::error_code error;
  const auto address = boost::asio::ip::make_address(std::string{ip}, error);
  return error ? fallback : Address{address, port};
}

std::string request(const Dialog& dialog, const Address& local, const RequestText& text) {
  std::string out;
  out.reserve(1024);
  const auto here = host_port(local);
  auto to = std::back_inserter(out);
  fmt::format_to(to,
                 "{} {} SIP/2.0\r\nVia: SIP/2.0/UDP {};rport;branch=z9hG4bK{}\r\nMax-Forwards: 70\r\n"
                 "From: {}\r\nTo: {}\r\nCall-ID: {}\r\nCSeq: {} {}\r\n",
                 text.method, dialog.target, here, text.branch, dialog.local, dialog.remote, dialog.call_id, text.cseq,
                 text.method);
  if (!text.contact_user.empty()) fmt::format_to(to, "Contact: <sip:{}@{}>\r\n", text.contact_user, here);
  out += text.extra;
  append_end(out, text.sdp);
  return out;
}

std::string response_head(const SipMessage& to_request, std::string_view to_tag) {
  std::string out;
  auto to = std::back_inserter(out);
  for (const auto via : to_request.vias) fmt::format_to(to, "Via: {}\r\n", via);
  const bool tagged = to_tag.empty() || !parameter(to_request.to, "tag").empty();
  fmt::format_to(to, "From: {}\r\nTo: {}{}{}\r\nCall-ID: {}\r\nCSeq: {}\r\n", to_request.from, to_request.to,
                 tagged ? "" : ";tag=", tagged ? "" : to_tag, to_request.call_id, to_request.cseq);
  return out;
}

std::string response(std::string_view head, const Address& local, const ResponseText& text) {
  std::string out;
  out.reserve(1024);
  auto to = std::back_inserter(out);
  fmt::format_to(to, "SIP/2.0 {} {}\r\n{}", text.status, reason_phrase(text.status), head);
  if (!text.contact_user.empty()) fmt::format_to(to, "Contact: <sip:{}@{}>\r\n", text.contact_user, host_port(local));
  append_end(out, text.sdp);
  return out;
}

std::string sdp(const Address& local, std::uint16_t port) {
  const auto ip = local.address().to_string();
  const auto family = local.address().is_v6() ? "IP6" : "IP4";
  return fmt::format(
      "v=0\r\no=- 1 1 IN {0} {1}\r\ns=-\r\nc=IN {0} {1}\r\nt=0 0\r\nm=audio {2} RTP/AVP 8 0 101\r\n"
      "a=rtpmap:8 PCMA/8000\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\n"
      "a=ptime:20\r\na=sendrecv\r\n",
      family, ip, port);
}

std::optional<Address> audio_address(std::string_view sdp) {
  std::string_view ip;
  std::uint16_t port = 0;
  for (auto rest = sdp; !rest.empty();) {
    auto line = cut_line(rest);
    if (line.starts_with("c=IN IP")) ip = line.substr(std::min<std::size_t>(9, line.size()));
    if (port == 0 && line.starts_with("m=audio ") && !read_number(line.substr(8), port)) return std::nullopt;
  }
  boost::system::error_code error;
  const auto address = boost::asio::ip::make_address(std::string{ip}, error);
  if (error || port == 0) return std::nullopt;
  return Address{address, port};
}

}  // namespace pledge::load
