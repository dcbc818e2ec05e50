#include "service/wire_log.hpp"

#include <algorithm>

namespace pledge::service {

namespace {

constexpr std::size_t strays = 256;  // legs that no call has taken yet; older ones are forgotten
constexpr std::size_t longest_call_id = 256, longest_party = 64, longest_text = 96, longest_word = 24;
constexpr std::size_t usual_messages = 8, usual_words = 512;  // of a leg: room made at once

bool same(const WireLeg& leg, const WireMessage& kept, const runtime::SipMessage& fresh, std::string_view method) {
  return kept.identity == fresh.identity && kept.status == fresh.status && kept.cseq == fresh.cseq &&
         kept.sent == fresh.sent && std::string_view(leg.words).substr(kept.words, kept.method_size) == method;
}

void keep(WireLeg& leg, const runtime::SipMessage& message) {
  const auto method = message.method.substr(0, longest_word);
  const auto text = message.text.substr(0, longest_text), body = message.body.substr(0, longest_text);
  const bool again = std::any_of(leg.messages.begin(), leg.messages.end(),
                                 [&](const auto& kept) { return same(leg, kept, message, method); });
  leg.messages.push_back({message.at, message.identity, message.peer, message.status, message.cseq,
                          static_cast<std::uint32_t>(leg.words.size()), static_cast<std::uint8_t>(method.size()),
                          static_cast<std::uint8_t>(text.size()), static_cast<std::uint8_t>(body.size()), message.sent,
                          again});
  leg.words.append(method).append(text).append(body);
}

}  // namespace

std::string printable(std::string_view text) {
  std::string out{text};
  std::replace_if(out.begin(), out.end(), [](char c) { return c < 0x20 || c > 0x7e; }, '?');
  return out;
}

std::string WireLeg::method(const WireMessage& message) const {
  return printable(std::string_view(words).substr(message.words, message.method_size));
}
std::string WireLeg::text(const WireMessage& message) const {
  return printable(std::string_view(words).substr(message.words + message.method_size, message.text_size));
}
std::string WireLeg::body(const WireMessage& message) const {
  return printable(
      std::string_view(words).substr(message.words + message.method_size + message.text_size, message.body_size));
}

WireLeg& WireLog::open(std::string_view call_id, core::LegId leg) {
  auto fresh = std::make_shared<WireLeg>();
  fresh->call_id = call_id;
  fresh->messages.reserve(usual_messages);
  fresh->words.reserve(usual_words);
  by_call_id_[fresh->call_id] = fresh;
  if (leg) ours_.emplace_back(leg, fresh);
  if (ours_.size() > strays) ours_.pop_front();
  WireLeg& opened = *opened_.emplace_back(std::move(fresh));
  if (opened_.size() > strays) {
    if (!opened_.front()->call) drop(opened_.front());
    opened_.pop_front();
  }
  return opened;
}

void WireLog::drop(const std::shared_ptr<WireLeg>& leg) {
  const auto known = by_call_id_.find(leg->call_id);
  if (known != by_call_id_.end() && known->second == leg) by_call_id_.erase(known);
}

void WireLog::observe(const runtime::SipMessage& message) {
  const auto call_id = message.call_id.substr(0, longest_call_id);
  const auto known = by_call_id_.find(call_id);
  const bool fresh = known == by_call_id_.end();
  if (fresh && (!message.opens_dialog || message.status != 0)) return;
  auto& leg = fresh ? open(call_id, message.leg) : *known->second;
  auto* call = leg.call;
  if ((call ? call->messages : leg.messages.size()) >= most_) {
    if (call) call->cut = true;
    return;
  }
  if (call) ++call->messages;
  keep(leg, message);
}

void WireLog::link(WireCall& call, const std::shared_ptr<WireLeg>& leg, const std::string& party) {
  if (leg->call) return;
  if (call.messages + leg->messages.size() > most_) {
    call.cut = true;
    return;
  }
  leg->call = &call;
  call.messages += leg->messages.size();
  leg->party = printable(party.substr(0, longest_party));
  call.legs.push_back(leg);
}

void WireLog::arrived(WireCall& call, const std::string& call_id) {
  const auto known = by_call_id_.find(std::string_view(call_id).substr(0, longest_call_id));
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
