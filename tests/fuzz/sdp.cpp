// Session descriptions and offer/answer: what is accepted survives printing, and every answer has the offer's lines.
#include "sip/signalling/sdp.hpp"

#include <cstdlib>

#include "sip/signalling/offer_answer.hpp"

using namespace pledge::signalling;

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

void print_and_read_again(const Sdp& sdp) {
  const auto again = parse_sdp(print_sdp(sdp), {1 << 20, 1 << 16, 1 << 16, 1 << 10, 1 << 10});
  require(again && *again == sdp);
}

void answer(std::string_view offer, const Sdp& sdp) {
  auto session = start_session(1, "192.0.2.1", 4000);
  const auto before = session;
  const auto result = answer_offer(session, offer);
  if (!result) return require(session == before && sip_status(result.error().fault) >= 400);
  const auto ours = parse_sdp(result->sdp);
  require(ours && ours->media.size() == sdp.media.size());
  const auto again = answer_offer(session, offer);
  require(again && again->sdp == result->sdp && !again->changed);
  require(parse_sdp(make_offer(session)).has_value());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto sdp = parse_sdp(text);
  if (!sdp) {
    require(!to_string(sdp.error()).empty());
    return 0;
  }
  print_and_read_again(*sdp);
  answer(text, *sdp);
  auto session = start_session(2, size % 2 ? "192.0.2.1" : "2001:db8::1", 4000);
  make_offer(session);
  if (accept_answer(session, text)) require(accept_answer(session, text).has_value());
  return 0;
}
