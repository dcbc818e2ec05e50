#include "service/broadcaster.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "service/errors.hpp"

namespace pledge::service {

Broadcaster::Broadcaster(const runtime::ServiceOptions& options, core::Time epoch)
    : options_(options), epoch_(fmt::format("{:x}", epoch.ns)) {}

std::string Broadcaster::token() const { return fmt::format("{}:{}", epoch_, number_); }

void Broadcaster::reset() {
  contacts_.clear();
  handlers_.clear();
  queues_.clear();
  pools_.clear();
  ring_.clear();
  ring_bytes_ = 0;
  complete_ = false;
  ++number_;  // a gap: no token from before leads over it
}

void Broadcaster::merge(const v1::Delta& delta) {
  if (delta.configuration_changed()) queues_.clear(), handlers_.clear(), pools_.clear();
  for (const auto& contact : delta.contacts()) {
    if (contact.state() == v1::CONTACT_STATE_ENDED) {
      contacts_.erase(contact.id());
      continue;
    }
    auto& known = contacts_[contact.id()];
    v1::Contact before = std::move(known);
    known = contact;
    if (contact.has_facts()) continue;
    known.mutable_facts()->Swap(before.mutable_facts());
    known.mutable_labels()->Swap(before.mutable_labels());
    known.set_rule(before.rule());
  }
  for (const auto& handler : delta.handlers()) handlers_[handler.id()] = handler;
  for (const auto& queue : delta.queues()) queues_[queue.id()] = queue;
  for (const auto& pool : delta.pools()) pools_[pool.id()] = pool;
  if (delta.has_service_state()) service_state_ = delta.service_state();
}

void Broadcaster::keep(Message message) {
  ring_bytes_ += message->Length();
  ring_.push_back({number_, std::move(message)});
  while (ring_.size() > options_.delta_ring || ring_bytes_ > options_.delta_ring_bytes) {
    ring_bytes_ -= ring_.front().message->Length();
    ring_.pop_front();
  }
}

void Broadcaster::apply(Batch batch) {
  merge(batch.delta);
  ++number_;
  changes_ = batch.changes;
  v1::WatchResponse response;
  put(response.mutable_time(), batch.time);
  response.set_resume_token(token());
  response.set_sequence(changes_);
  response.mutable_delta()->Swap(&batch.delta);
  auto message = serialise(response);
  keep(message);
  send_all(message, batch.time);
  complete_ = complete_ || batch.complete;
  if (!complete_) return;
  for (auto& stream : std::exchange(waiting_, {})) welcome(std::move(stream), batch.time);
}

void Broadcaster::send_all(const Message& message, core::Time now) {
  sent_since_heartbeat_ = true;
  std::erase_if(watchers_, [&](const std::shared_ptr<Stream>& stream) {
    if (stream->push(message)) return false;
    if (stream->ended()) cut_later(stream, now);
    return true;
  });
}

void Broadcaster::cut_later(std::shared_ptr<Stream> stream, core::Time now) {
  ++dropped_;
  to_cut_.emplace_back(now + options_.stall_limit, std::move(stream));
}

void Broadcaster::sweep(core::Time now) {
  std::erase_if(to_cut_, [&](const auto& entry) {
    if (entry.first > now) return false;
    entry.second->cut();
    return true;
  });
}

void Broadcaster::heartbeat(core::Time now) {
  if (std::exchange(sent_since_heartbeat_, false) || watchers_.empty()) return;
  v1::WatchResponse response;
  put(response.mutable_time(), now);
  response.set_resume_token(token());
  response.set_sequence(changes_);
  response.mutable_heartbeat();
  send_all(serialise(response), now);
  sent_since_heartbeat_ = false;
}

namespace {
// Collects the parts of a snapshot, each with at most so many things in it.
class Parts {
 public:
  explicit Parts(std::size_t size) : size_(size) { parts_.emplace_back(); }
  v1::Snapshot& room() {
    if (count_++ == size_) {
      parts_.back().set_more(true);
      parts_.emplace_back();
      count_ = 1;
    }
    return parts_.back();
  }
  std::vector<v1::Snapshot>& all() { return parts_; }

 private:
  std::size_t size_, count_ = 0;
  std::vector<v1::Snapshot> parts_;
};
}  // namespace

std::vector<Message> Broadcaster::snapshot(core::Time now) const {
  Parts parts{options_.snapshot_part};
  *parts.room().mutable_service_state() = service_state_;
  for (const auto& [id, queue] : queues_) *parts.room().add_queues() = queue;
  for (const auto& [id, pool] : pools_) *parts.room().add_pools() = pool;
  for (const auto& [id, handler] : handlers_) *parts.room().add_handlers() = handler;
  for (const auto& [id, contact] : contacts_) *parts.room().add_contacts() = contact;
  std::vector<Message> messages;
  for (auto& part : parts.all()) {
    v1::WatchResponse response;
    put(response.mutable_time(), now);
    if (!part.more()) response.set_resume_token(token());
    response.set_sequence(changes_);
    response.mutable_snapshot()->Swap(&part);
    messages.push_back(serialise(response));
  }
  return messages;
}

void Broadcaster::join(std::shared_ptr<Stream> stream, const std::string& resume_token, core::Time now) {
  if (!resume_token.empty()) return resume(stream, resume_token);
  if (complete_) welcome(std::move(stream), now);
  else waiting_.push_back(std::move(stream));
}

void Broadcaster::welcome(std::shared_ptr<Stream> stream, core::Time now) {
  stream->push_first(snapshot(now));
  if (!stream->ended()) watchers_.push_back(std::move(stream));
}

void Broadcaster::resume(const std::shared_ptr<Stream>& stream, const std::string& token) {
  const auto colon = token.rfind(':');
  std::uint64_t number = 0;
  const auto* end = token.data() + token.size();
  const bool ours = colon != std::string::npos && token.compare(0, colon, epoch_) == 0 &&
                    std::from_chars(token.data() + colon + 1, end, number).ptr == end && number <= number_;
  const bool reaches = number == number_ || (!ring_.empty() && number + 1 >= ring_.front().number);
  if (!ours || !reaches) {
    return stream->end(refuse(grpc::StatusCode::OUT_OF_RANGE, "TOKEN_EXPIRED",
                              "the changes since this token are no longer kept; watch again without one"));
  }
  std::vector<Message> missed;
  for (const auto& kept : ring_) {
    if (kept.number > number) missed.push_back(kept.message);
  }
  stream->push_first(std::move(missed));
  if (!stream->ended()) watchers_.push_back(stream);
}

void Broadcaster::leave(const std::shared_ptr<Stream>& stream) {
  std::erase(watchers_, stream);
  std::erase(waiting_, stream);
  std::erase_if(to_cut_, [&](const auto& entry) { return entry.second == stream; });
}

void Broadcaster::end_all(const grpc::Status& status) {
  for (const auto& stream : std::exchange(watchers_, {})) stream->end(status);
  for (const auto& stream : std::exchange(waiting_, {})) stream->end(status);
  for (const auto& [at, stream] : std::exchange(to_cut_, {})) stream->cut();
}

}  // namespace pledge::service
