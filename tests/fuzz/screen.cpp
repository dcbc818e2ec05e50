// Raw messages: whatever comes, a refusal that can be sent is one well-formed response with the lines we meant.
#include "sip/signalling/screen.hpp"

#include <cstdlib>

using namespace pledge::signalling;

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

void check_response(const Screening& s) {
  const auto text = refusal_text(s, "192.0.2.7", 5070, "Pledge");
  std::string head;
  const auto message = read_message(text, head, 1000);
  require(message.kind == MessageKind::response && message.fault.empty());
  require(message.status == std::to_string(s.refusal->status));
  require(message.all(Field::via).size() == 1 + s.more_vias.size());
  require(message.all(Field::content_length).size() == 1 && message.body.empty());
  require(message.all(Field::cseq).size() <= 1 && message.all(Field::contact).empty());
  const auto via = parse_via(message.first(Field::via));
  require(via && via->host == s.via->host && via->branch == s.via->branch);
  require(reply_target(s, "192.0.2.7", 5070).port != 0);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view raw(reinterpret_cast<const char*>(data), size);
  const auto s = screen(raw, size % 2 ? "UDP" : "");
  if (s.kind == MessageKind::garbage) require(s.refusal.has_value());
  if (s.refusal && s.answerable()) check_response(s);
  return 0;
}
