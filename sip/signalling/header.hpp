#pragma once
// Values of SIP header fields, taken apart as text (RFC 3261 §25.1). Views point into the text given; nothing is
// unescaped, nothing throws, everything is linear in the length of the text.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pledge::signalling {

// "a, \"b,c\" <sip:d,e>" -> the values between commas that stand outside quotes and <>; empty ones left out.
// At most `most` values; the rest is dropped.
std::vector<std::string_view> split_list(std::string_view value, std::size_t most = 64);

// Value of a ;name=value parameter behind the first ';' outside quotes and <>, unquoted; "" for a parameter without
// value; nothing if it is absent.
std::optional<std::string> header_parameter(std::string_view header_value, std::string_view name);

// "\"a \\\" b\"" -> "a \" b"; text that is not quoted as it is.
std::string unquote(std::string_view text);
// The reverse, always quoted; control characters are left out.
std::string quote(std::string_view text);

struct NameAddr {
  std::string display;          // unquoted, may be empty
  std::string_view uri;         // without the <>
  std::string_view parameters;  // of the header field, from its first ';' on; may be empty
};
// "Display" <uri>;parameters, or uri;parameters (whose parameters belong to the header, RFC 3261 §20.10). Nothing if a
// quote or '<' is not closed or there is no URI.
std::optional<NameAddr> split_name_addr(std::string_view value);

struct UriView {
  std::string_view scheme;  // as written
  std::string_view user;    // with its own ";parameters" (RFC 4475 §3.1.1.9); of schemes other than sip and sips
                            // everything up to the first ';' or '?'
  std::string_view password;
  std::string_view host;        // with the [] of IPv6
  std::string_view port;        // text; empty if absent
  std::string_view parameters;  // from the first ';' on
  std::string_view headers;     // behind '?'
  bool is_sip() const;          // sip or sips
};
// Nothing if there is no scheme, or no host in a sip URI.
std::optional<UriView> split_uri(std::string_view uri);

// RFC 3261 §19.1.4 as far as it concerns telling one phone's contact from another: user exactly, scheme, host, port and
// transport without regard to case, absent port and default port alike (what every phone means by it).
bool same_contact(std::string_view a, std::string_view b);

}  // namespace pledge::signalling
