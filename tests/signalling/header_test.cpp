#include "sip/signalling/header.hpp"

#include <catch2/catch.hpp>

namespace pledge::signalling {
namespace {

using Views = std::vector<std::string_view>;

TEST_CASE("parameters are found behind quotes and brackets") {
  CHECK(header_parameter("a/b; x=\"q;\\\"y\" ; BOUNDARY = z", "boundary") == "z");
  CHECK(header_parameter("a/b; x=\"q;\\\"y\"", "x") == "q;\"y");
  CHECK(header_parameter("a/b; x=\"unterminated", "x") == "unterminated");
  CHECK(header_parameter("<sip:a;tag=no>;tag=yes;lr", "tag") == "yes");
  CHECK(header_parameter("<sip:a;tag=no>;tag=yes;lr", "lr") == "");
  CHECK_FALSE(header_parameter("a/b", "x"));
}

TEST_CASE("lists are split at the commas that separate") {
  CHECK(split_list("a, \"b,c\" <sip:d,e> ,, f") == Views{"a", "\"b,c\" <sip:d,e>", "f"});
  CHECK(split_list("a,b,c", 2) == Views{"a", "b"});
  CHECK(split_list("\"open, a") == Views{"\"open, a"});
  CHECK(split_list("").empty());
}

TEST_CASE("name-addr and addr-spec") {
  auto from = split_name_addr(" \"Bell, \\\"A\\\"\" <sip:a@example.com;x=1>;tag=9");
  REQUIRE(from);
  CHECK(from->display == "Bell, \"A\"");
  CHECK(from->uri == "sip:a@example.com;x=1");
  CHECK(from->parameters == ";tag=9");
  from = split_name_addr("caller<sip:caller@example.com>;tag=323");
  REQUIRE(from);
  CHECK(from->display == "caller");
  from = split_name_addr("sip:+442079460123@gw1.example.net;unknownparam");
  REQUIRE(from);
  CHECK(from->uri == "sip:+442079460123@gw1.example.net");
  CHECK(from->parameters == ";unknownparam");
  CHECK_FALSE(split_name_addr("\"Mr. J. User <sip:j.user@example.com>"));
  CHECK_FALSE(split_name_addr("<sip:open"));
  CHECK_FALSE(split_name_addr("<>"));
}

TEST_CASE("URIs come apart") {
  auto uri = split_uri("sip:user;par=u%40example.net:pass@[2001:db8::1]:5070;transport=tcp?Route=x");
  REQUIRE(uri);
  CHECK(uri->user == "user;par=u%40example.net");
  CHECK(uri->password == "pass");
  CHECK(uri->host == "[2001:db8::1]");
  CHECK(uri->port == "5070");
  CHECK(uri->parameters == ";transport=tcp");
  CHECK(uri->headers == "Route=x");
  uri = split_uri("tel:+44-20-7946-0123;ext=7");
  REQUIRE(uri);
  CHECK(uri->user == "+44-20-7946-0123");
  CHECK(uri->parameters == ";ext=7");
  CHECK_FALSE(uri->is_sip());
  CHECK(split_uri("urn:service:sos.police")->user == "service:sos.police");
  CHECK(split_uri("SIP:host")->host == "host");
  CHECK_FALSE(split_uri("sip:"));
  CHECK_FALSE(split_uri("sip:user@"));
  CHECK_FALSE(split_uri("no scheme:x"));
  CHECK_FALSE(split_uri("plain"));
}

TEST_CASE("contacts of one phone are recognised") {
  CHECK(same_contact("sip:A@HOST.example.com", "SIP:A@host.example.com:5060;ob"));
  CHECK(same_contact("sip:a@h;transport=UDP", "sip:a@h"));
  CHECK_FALSE(same_contact("sip:a@h", "sip:A@h"));
  CHECK_FALSE(same_contact("sip:a@h", "sip:a@h:5070"));
  CHECK_FALSE(same_contact("sip:a@h", "sip:a@h;transport=tcp"));
  CHECK_FALSE(same_contact("sip:%00@h", "sip:%00%00@h"));
}

TEST_CASE("quoting goes there and back") {
  CHECK(unquote(quote("a\\b\"c")) == "a\\b\"c");
  CHECK(quote("a\r\nb") == "\"ab\"");
}

}  // namespace
}  // namespace pledge::signalling
