#include "sip/signalling/header.hpp"

#include <algorithm>
#include <tuple>

#include "sip/signalling/text.hpp"

namespace pledge::signalling {
namespace {

// One past the closing quote of the quoted string that begins at `at`; npos if it never closes.
std::size_t end_of_quoted(std::string_view text, std::size_t at) {
  for (++at; at < text.size(); ++at) {
    if (text[at] == '\\') ++at;
    else if (text[at] == '"') return at + 1;
  }
  return std::string_view::npos;
}

// Position of `mark` outside quotes and <>, or the end.
std::size_t find_outside(std::string_view text, char mark) {
  bool angle = false;
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    if (c == mark && !angle) return at;
    if (c == '"' && !angle) {
      at = end_of_quoted(text, at);
      if (at == std::string_view::npos) break;
      continue;
    }
    if (c == '<') angle = true;
    if (c == '>') angle = false;
    ++at;
  }
  return text.size();
}

// Takes what stands before the next `mark` off the front of `text`, and the mark with it.
std::string_view take_until(std::string_view& text, char mark) {
  const auto at = find_outside(text, mark);
  const auto taken = text.substr(0, at);
  text.remove_prefix(at < text.size() ? at + 1 : at);
  return taken;
}

bool is_scheme(std::string_view text) {
  return !text.empty() && text::is_alpha(text.front()) && text::all_of(text, [](char c) {
    return text::is_alpha(c) || text::is_digit(c) || c == '+' || c == '-' || c == '.';
  });
}

// "host[:port]" or "[v6][:port]"
void split_host(std::string_view text, UriView& uri) {
  const auto bracket = text.starts_with('[') ? text.find(']') : std::string_view::npos;
  const auto colon = text.find(':', bracket == std::string_view::npos ? 0 : bracket);
  uri.host = text.substr(0, colon);
  uri.port = colon == std::string_view::npos ? std::string_view{} : text.substr(colon + 1);
}

}  // namespace

std::vector<std::string_view> split_list(std::string_view value, std::size_t most) {
  std::vector<std::string_view> out;
  while (!value.empty() && out.size() < most) {
    const auto item = text::trim(take_until(value, ','));
    if (!item.empty()) out.push_back(item);
  }
  return out;
}

std::optional<std::string> header_parameter(std::string_view header_value, std::string_view name) {
  take_until(header_value, ';');
  while (!header_value.empty()) {
    const auto [key, value] = text::split(take_until(header_value, ';'), '=');
    if (text::iequals(text::trim(key), name)) return unquote(text::trim(value));
  }
  return std::nullopt;
}

std::string unquote(std::string_view text) {
  if (!text.starts_with('"')) return std::string(text);
  std::string out;
  for (std::size_t i = 1; i < text.size() && text[i] != '"'; ++i) {
    if (text[i] == '\\' && i + 1 < text.size()) ++i;
    out += text[i];
  }
  return out;
}

std::string quote(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (static_cast<unsigned char>(c) >= ' ' && c != 0x7f) out += c;
  }
  return out += '"';
}

std::optional<NameAddr> split_name_addr(std::string_view value) {
  value = text::trim(value);
  NameAddr out;
  std::string_view before;
  if (value.starts_with('"')) {
    const auto end = end_of_quoted(value, 0);
    if (end == std::string_view::npos) return std::nullopt;
    out.display = unquote(value.substr(0, end));
    value = text::trim(value.substr(end));
    if (!value.starts_with('<')) return std::nullopt;
  }
  const auto open = value.find('<');
  if (open == std::string_view::npos) {
    out.uri = text::trim(value.substr(0, value.find(';')));
    out.parameters = value.substr(std::min(value.find(';'), value.size()));
  } else {
    const auto close = value.find('>', open);
    if (close == std::string_view::npos) return std::nullopt;
    before = text::trim(value.substr(0, open));
    if (!before.empty()) out.display = std::string(before);
    out.uri = text::trim(value.substr(open + 1, close - open - 1));
    out.parameters = text::trim(value.substr(close + 1));
  }
  if (out.uri.empty()) return std::nullopt;
  return out;
}

bool UriView::is_sip() const { return text::iequals(scheme, "sip") || text::iequals(scheme, "sips"); }

std::optional<UriView> split_uri(std::string_view text) {
  UriView uri;
  const auto colon = text.find(':');
  if (colon == std::string_view::npos || !is_scheme(text.substr(0, colon))) return std::nullopt;
  uri.scheme = text.substr(0, colon);
  auto rest = text.substr(colon + 1);
  const auto at = uri.is_sip() ? rest.rfind('@') : std::string_view::npos;
  if (at != std::string_view::npos) {
    std::tie(uri.user, uri.password) = text::split(rest.substr(0, at), ':');
    rest.remove_prefix(at + 1);
  }
  std::tie(rest, uri.headers) = text::split(rest, '?');
  const auto semicolon = std::min(rest.find(';'), rest.size());
  uri.parameters = rest.substr(semicolon);
  rest = rest.substr(0, semicolon);
  if (uri.is_sip()) split_host(rest, uri);
  else uri.user = rest;
  if (uri.is_sip() && uri.host.empty()) return std::nullopt;
  return uri;
}

bool same_contact(std::string_view a, std::string_view b) {
  const auto x = split_uri(a), y = split_uri(b);
  if (!x || !y) return a == b;
  const auto port = [](const UriView& u) {
    const std::string_view standard = text::iequals(u.scheme, "sips") ? "5061" : "5060";
    return u.port.empty() ? standard : u.port;
  };
  const auto transport = [](const UriView& u) {
    return text::to_lower(header_parameter(u.parameters, "transport").value_or("udp"));
  };
  return text::iequals(x->scheme, y->scheme) && x->user == y->user && text::iequals(x->host, y->host) &&
         port(*x) == port(*y) && transport(*x) == transport(*y);
}

}  // namespace pledge::signalling
