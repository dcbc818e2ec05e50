#include "service/wire_log.hpp"

#include <algorithm>

namespace pledge::service {

namespace {

constexpr std::size_t strays = 256;  // legs that no call has taken yet; older ones are forgotten
constexpr std::size_t longest_call_id = 256, longest_text = 96, longest_word = 24, longest_peer = 64;

// At most so many bytes, and nothing in them that a terminal or the wire format would stumble over.
std::string printable(std::string_view text, std::size_t most) {
  std::string out{text.substr(0, most)};
  std::replace_if(out.begin(), out.end(), [](char c) { return c < 0x20 || c > 0x7e; }, '?');
  return out;
}

bool same(const WireMessage& kept, const WireMessage& fresh) {
  return kept.sent == fresh.sent && kept.status == fresh.status && kept.cseq == fresh.cseq &&
         kept.identity == fresh.identity && kept.method == fresh.method;
}

}  // namespace

void WireLog::open(const std::string& call_id, core::LegId leg) {
  auto fresh = std::make_shared<WireLeg>();
  fresh->call_id = call_id;
  by_call_id_[call_id] = fresh;
  if (leg) ours_.emplace_back(leg, fresh);
  if (ours_.size() > strays) ours_.pop_front();
  opened_.push_back(std::move(fresh));
  if (opened_.size() <= strays) return;
  if (!opened_.front()->call) drop(opened_.front());
  opened_.pop_front();
}

void WireLog::drop(const std::shared_ptr<WireLeg>& leg) {
  const auto known = by_call_id_.find(leg->call_id);
  if (known != by_call_id_.end() && known->second == leg) by_call_id_.erase(known);
}

void WireLog::observe(const runtime::SipMessage& message) {
  const auto call_id = printable(message.call_id, longest_call_id);
  auto known = by_call_id_.find(call_id);
  if (known == by_call_id_.end()) {
    if (!message.opens_dialog || message.status != 0) return;
    open(call_id, message.leg);
    known = by_call_id_.find(call_id);
  }
  auto& leg = *known->second;
  auto& messages = leg.messages;
  auto* call = leg.call;
  if ((call ? call->messages : messages.size()) >= most_) {
    if (call) call->cut = true;
    return;
  }
  if (call) ++call->messages;
  WireMessage fresh{message.at,
                    message.sent,
                    false,
                    message.status,
                    message.cseq,
                    message.identity,
                    printable(message.method, longest_word),
                    printable(message.text, longest_text),
                    printable(message.peer, longest_peer),
                    printable(message.body, longest_text)};
  fresh.again = std::any_of(messages.begin(), messages.end(), [&](const auto& kept) { return same(kept, fresh); });
  messages.push_back(std::move(fresh));
}

void WireLog::link(WireCall& call, const std::shared_ptr<WireLeg>& leg, const std::string& party) {
  if (leg->call) return;
  if (call.messages + leg->messages.size() > most_) {
    call.cut = true;
    return;
  }
  leg->call = &call;
  call.messages += leg->messages.size();
  leg->party = printable(party, longest_peer);
  call.legs.push_back(leg);
}

void WireLog::arrived(WireCall& call, const std::string& call_id) {
  const auto known = by_call_id_.find(printable(call_id, longest_call_id));
  if (known != by_call_id_.end()) link(call, known->second, {});
}

void WireLog::rings(WireCall& call, core::LegId leg, const std::string& party) {
  const auto known = std::find_if(ours_.begin(), ours_.end(), [&](const auto& entry) { return entry.first == leg; });
  if (known == ours_.end()) return;
  if (const auto its = known->second.lock()) link(call, its, party);
  ours_.erase(known);
}

void WireLog::forget(const WireCall& call) {
  for (const auto& leg : call.legs) drop(leg);
}

}  // namespace pledge::service
