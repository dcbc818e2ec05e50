// A message as it comes from the wire, whole or in two pieces, through the library's parser with our part of it: whatever
// comes, it is either told of as unreadable, in one short line of ASCII, or has what requests are answered by.
#include <sofia-sip/msg_buffer.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>

#include "runtime/clock.hpp"
#include "sip/signalling/leg.hpp"
#include "sip/signalling/text.hpp"
#include "sip/signalling/tolerant_parser.hpp"
#include "sip/signalling/wire_tap.hpp"

using namespace pledge;
using namespace pledge::signalling;

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

struct Trace final : runtime::SipTrace {
  void observe(const runtime::SipMessage& message) override { require(!message.sent); }
};

// What an agent has, without its sockets.
struct Parser {
  Parser() {
    require(message_class != nullptr);
    tap.attach(*message_class, agent);
    tap.show_to(&trace);
  }
  runtime::SystemClock clock;
  Trace trace;
  WireTap tap{clock};
  MessageClassPtr message_class = tolerant_message_class();
  nta_agent_t* agent = nullptr;
};

// As tport does for a datagram and for a piece of a stream: what is beyond the body goes into the next message.
int feed(msg_t* message, std::string_view piece, bool stream, bool last) {
  std::array<msg_iovec_t, msg_n_fragments> rooms{};
  const auto used = msg_recv_iovec(message, rooms.data(), rooms.size(), piece.size(), !stream);
  if (used < 0) return -1;
  std::string_view rest = piece;
  for (std::size_t i = 0; i < static_cast<std::size_t>(used); ++i) {
    const auto part = rest.substr(0, rooms[i].mv_len);
    std::memcpy(rooms[i].mv_base, part.data(), part.size());
    rest.remove_prefix(part.size());
  }
  require(rest.empty());
  msg_recv_commit(message, piece.size(), last);
  return msg_extract(message);
}

void check_told(const Unreadable& bad, std::size_t size) {
  require(!bad.why.empty() && bad.beginning.size() <= Unreadable::most_shown && bad.bytes.value_or(0) <= size);
  const auto text = to_text(bad);
  require(text.size() < 512 && std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c < 0x7f; }));
}

void check_readable(const sip_t* sip) {
  require(sip->sip_from && sip->sip_to && sip->sip_call_id && sip->sip_cseq && sip->sip_via);
  session_body(sip);
  content_type(sip);
  if (sip->sip_request) url_text(sip->sip_request->rq_url);
}

void check(msg_t* message, int result, std::size_t size) {
  if (const auto bad = unreadable(message, nullptr)) check_told(*bad, size);
  else if (result > 0) check_readable(sip_object(message));
}

// `cut` < its size: over a connection, in two pieces.
void take(const Parser& parser, std::string_view raw, std::size_t cut) {
  MessagePtr message{msg_create(parser.message_class.get(), MSG_DO_CANONIC)};
  const bool stream = cut < raw.size();
  msg_addrinfo(message.get())->ai_socktype = stream ? SOCK_STREAM : SOCK_DGRAM;
  msg_addr(message.get())->su_family = AF_INET;
  int result = feed(message.get(), raw.substr(0, cut), stream, !stream);
  if (stream && result == 0) result = feed(message.get(), raw.substr(cut), stream, true);
  check(message.get(), result, raw.size());
  for (MessagePtr next{msg_next(message.get())}; next && result > 0; next.reset(msg_next(message.get()))) {
    message = std::move(next);
    result = msg_extract(message.get());
    check(message.get(), result, raw.size());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Parser parser;
  const std::string_view raw(reinterpret_cast<const char*>(data), size);
  if (raw.empty()) return 0;
  take(parser, raw, raw.size());
  take(parser, raw, static_cast<unsigned char>(raw.back()) % raw.size());
  return 0;
}
