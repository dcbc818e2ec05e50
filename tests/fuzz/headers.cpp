// Header values: one a line, in the places where an INVITE's and a REGISTER's would stand. All text that leaves is
// UTF-8.
#include <cstdint>
#include <cstdlib>

#include "sip/signalling/digest.hpp"
#include "sip/signalling/header.hpp"
#include "sip/signalling/identity.hpp"
#include "sip/signalling/text.hpp"

using namespace pledge;
using namespace pledge::signalling;

namespace {

void require_utf8(std::string_view text) {
  while (!text.empty()) {
    const auto length = text::utf8_length(text);
    if (length == 0) std::abort();
    text.remove_prefix(length);
  }
}

void check_facts(std::string_view text) {
  Numbers numbers;
  InviteHeaders headers;
  headers.request_uri = text::next_line(text);
  headers.from = text::next_line(text);
  headers.to = text::next_line(text);
  headers.handover = text::next_line(text);
  for (auto* list : {&headers.asserted, &headers.privacy, &headers.call_info, &headers.geolocation,
                     &headers.resource_priority, &headers.route})
    list->push_back(text::next_line(text));
  core::CallFacts facts;
  facts.trusted = true;
  fill_facts(facts, headers, core::Time{1'772'366'400'000'000'000}, numbers);
  for (const auto* field : {&facts.caller, &facts.from_user, &facts.display_name, &facts.dialled, &facts.service_urn})
    require_utf8(*field);
  for (const auto& value : facts.call_info) require_utf8(value);
}

void check_digest(std::string_view value) {
  if (!parse_digest(value)) return;
  const auto answer = answer_challenge({value}, {"user", "secret"}, "INVITE", "sip:a", "c");
  if (answer && !parse_digest(*answer)) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check_facts(text);
  check_digest(text);
  split_list(text);
  header_parameter(text, "tag");
  if (!same_contact(text, text)) std::abort();
  return 0;
}
