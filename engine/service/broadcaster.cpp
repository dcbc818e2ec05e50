#include "service/broadcaster.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "service/errors.hpp"

namespace pledge::service {

Broadcaster::Broadcaster(boost::asio::io_context& there, const runtime::ServiceOptions& options, core::Time epoch)
    : options_(options), turn_(there), epoch_(fmt::format("{:x}", epoch.ns)) {}

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
  for (auto& watcher : watchers_) watcher.sent = number_;
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
    if (contact.labels().empty()) known.mutable_labels()->Swap(before.mutable_labels());
    known.set_rule(before.rule());
  }
  for (const auto& handler : delta.handlers()) handlers_[handler.id()] = handler;
  for (const auto& queue : delta.queues()) queues_[queue.id()] = queue;
  for (const auto& pool : delta.pools()) pools_[pool.id()] = pool;
  if (delta.has_service_state()) service_state_ = delta.service_state();
}

// What a watcher has not been sent yet stays, whatever the bounds say: it is so for one round of turns at most.
void Broadcaster::keep(const grpc::Slice& bytes, bool begins) {
  ring_bytes_ += bytes.size();
  ring_.push_back({number_, bytes, begins});
  auto least = number_;
  for (const auto& watcher : watchers_) least = std::min(least, watcher.sent);
  while ((ring_.size() > options_.delta_ring || ring_bytes_ > options_.delta_ring_bytes) &&
         ring_.front().number <= least) {
    ring_bytes_ -= ring_.front().bytes.size();
    ring_.pop_front();
  }
}

// The batches after this one, put together: protobuf reads messages that follow each other as one, lists joined and
// single values the last. Single messages would be mixed, so that what has one begins anew.
std::vector<Message> Broadcaster::since(std::uint64_t number) const {
  std::vector<Message> messages;
  std::string bytes;
  const auto close = [&] {
    if (!bytes.empty()) messages.push_back(message_of(bytes));
    bytes.clear();
  };
  auto kept = ring_.end();
  while (kept != ring_.begin() && std::prev(kept)->number > number) --kept;
  for (; kept != ring_.end(); ++kept) {
    if (kept->begins || bytes.size() + kept->bytes.size() > message_bytes) close();
    bytes.append(reinterpret_cast<const char*>(kept->bytes.begin()), kept->bytes.size());
  }
  close();
  return messages;
}

void Broadcaster::apply(Batch batch) {
  merge(batch.delta);
  ++number_;
  changes_ = batch.changes;
  now_ = batch.time;
  const bool begins = batch.delta.has_service_state() || batch.delta.configuration_changed();
  v1::WatchResponse response;
  put(response.mutable_time(), batch.time);
  response.set_resume_token(token());
  response.set_sequence(changes_);
  response.mutable_delta()->Swap(&batch.delta);
  keep(bytes_of(response), begins);
  if (!taking_turns_) turn();
  complete_ = complete_ || batch.complete;
  if (!complete_) return;
  for (auto& stream : std::exchange(waiting_, {})) welcome(std::move(stream), batch.time);
}

bool Broadcaster::send(Watcher& watcher, const std::vector<Message>& messages) {
  sent_since_heartbeat_ = true;
  watcher.sent = number_;
  watcher.written = Steady::now();
  for (const auto& message : messages) {
    if (watcher.stream->push(message)) continue;
    if (watcher.stream->ended()) cut_later(watcher.stream, now_);
    return false;
  }
  return true;
}

bool Broadcaster::behind() const {
  return std::any_of(watchers_.begin(), watchers_.end(), [&](const Watcher& w) { return w.sent < number_; });
}

// Most watchers are behind the same batch: what they get is put together once.
void Broadcaster::turn() {
  const auto share = (watchers_.size() + watcher_turns - 1) / watcher_turns;
  const auto due = Steady::now() - options_.batch_gap + options_.batch_gap / watcher_turns / 2;
  std::map<std::uint64_t, std::vector<Message>> made;
  std::size_t written = 0;
  bool lost = false;
  for (std::size_t seen = 0; seen < watchers_.size() && written < share; ++seen, ++next_) {
    next_ %= watchers_.size();
    auto& watcher = watchers_[next_];
    if (watcher.sent == number_ || watcher.written > due) continue;
    const auto [place, fresh] = made.try_emplace(watcher.sent);
    if (fresh) place->second = since(watcher.sent);
    if (!send(watcher, place->second)) lost = true;
    ++written;
  }
  if (lost) drop_ended();
  taking_turns_ = behind();
  if (taking_turns_) arm();
}

void Broadcaster::arm() {
  turn_.expires_after(options_.batch_gap / watcher_turns);
  turn_.async_wait([weak = weak_from_this()](boost::system::error_code error) {
    const auto self = weak.lock();
    if (!error && self) self->turn();
  });
}

void Broadcaster::drop_ended() {
  std::erase_if(watchers_, [](const Watcher& watcher) { return watcher.stream->ended(); });
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

// Not to those who are behind: its token would lead over what they have not been sent.
void Broadcaster::heartbeat(core::Time now) {
  now_ = now;
  if (std::exchange(sent_since_heartbeat_, false) || watchers_.empty()) return;
  v1::WatchResponse response;
  put(response.mutable_time(), now);
  response.set_resume_token(token());
  response.set_sequence(changes_);
  response.mutable_heartbeat();
  const std::vector<Message> beat{serialise(response)};
  bool lost = false;
  for (auto& watcher : watchers_) lost |= watcher.sent == number_ && !send(watcher, beat);
  if (lost) drop_ended();
  sent_since_heartbeat_ = false;
}

namespace {
// Collects the parts of a snapshot, each with at most so many things and bytes in it.
class Parts {
 public:
  explicit Parts(std::size_t size) : size_(size) { parts_.emplace_back(); }
  v1::Snapshot& room(const google::protobuf::MessageLite& thing) {
    const std::size_t bytes = thing.ByteSizeLong();
    if (count_ == size_ || (count_ > 0 && bytes_ + bytes > message_bytes)) {
      parts_.back().set_more(true);
      parts_.emplace_back();
      count_ = bytes_ = 0;
    }
    ++count_;
    bytes_ += bytes;
    return parts_.back();
  }
  std::vector<v1::Snapshot>& all() { return parts_; }

 private:
  std::size_t size_, count_ = 0, bytes_ = 0;
  std::vector<v1::Snapshot> parts_;
};
}  // namespace

std::vector<Message> Broadcaster::snapshot(core::Time now) const {
  Parts parts{options_.snapshot_part};
  *parts.room(service_state_).mutable_service_state() = service_state_;
  for (const auto& [id, queue] : queues_) *parts.room(queue).add_queues() = queue;
  for (const auto& [id, pool] : pools_) *parts.room(pool).add_pools() = pool;
  for (const auto& [id, handler] : handlers_) *parts.room(handler).add_handlers() = handler;
  for (const auto& [id, contact] : contacts_) *parts.room(contact).add_contacts() = contact;
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
  if (!stream->ended()) watchers_.push_back({std::move(stream), number_, Steady::now()});
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
  stream->push_first(since(number));
  if (!stream->ended()) watchers_.push_back({stream, number_, Steady::now()});
}

void Broadcaster::leave(const std::shared_ptr<Stream>& stream) {
  std::erase_if(watchers_, [&](const Watcher& watcher) { return watcher.stream == stream; });
  std::erase(waiting_, stream);
  std::erase_if(to_cut_, [&](const auto& entry) { return entry.second == stream; });
}

void Broadcaster::end_all(const grpc::Status& status) {
  turn_.cancel();
  for (const auto& watcher : std::exchange(watchers_, {})) watcher.stream->end(status);
  for (const auto& stream : std::exchange(waiting_, {})) stream->end(status);
  for (const auto& [at, stream] : std::exchange(to_cut_, {})) stream->cut();
}

}  // namespace pledge::service
