#include "service/feed.hpp"

#include <boost/asio/post.hpp>
#include <tuple>

namespace pledge::service {

namespace asio = boost::asio;

namespace {
constexpr int most_alarms = 100;  // in one batch: an alarm that fires without end must not fill it

auto seen(const core::QueueView& v) { return std::tie(v.service_class, v.waiting, v.oldest, v.signed_on, v.idle); }
auto seen(const core::PoolView& v) { return std::tie(v.reserve, v.idle, v.signed_on); }
}  // namespace

Feed::Feed(asio::io_context& loop, asio::io_context& there, std::shared_ptr<Broadcaster> broadcaster,
           const core::Core& core, const runtime::Clock& clock, const runtime::ServiceOptions& options,
           const History& history)
    : loop_(loop),
      there_(there),
      broadcaster_(std::move(broadcaster)),
      core_(core),
      clock_(clock),
      options_(options),
      history_(history),
      gap_(loop),
      linger_(loop),
      next_(std::make_unique<v1::Delta>()) {}

void Feed::join(std::shared_ptr<Stream> stream, std::string resume_token) {
  ++watchers_;
  linger_.cancel();
  if (!active_) activate();
  asio::post(there_, [b = broadcaster_, stream = std::move(stream), token = std::move(resume_token),
                      now = clock_.now()] { b->join(stream, token, now); });
}

void Feed::left() {
  if (--watchers_ > 0 || stopped_) return;
  linger_.expires_after(options_.feed_linger);
  linger_.async_wait([weak = weak_from_this()](boost::system::error_code error) {
    const auto self = weak.lock();
    if (!error && self && self->watchers_ == 0) self->active_ = false;
  });
}

// Everything counts as changed: the picture is gathered in turns like any other changes, without holding the loop up.
void Feed::activate() {
  active_ = true;
  for (auto& contact : contacts_) contact->gathered = false;
  contacts_.clear();
  handlers_.clear();
  *next_ = {};
  next_->mutable_service_state()->set_state(core_.service_state());
  next_->mutable_service_state()->set_draining(core_.draining());
  queues_sent_.clear();
  pools_sent_.clear();
  asio::post(there_, [b = broadcaster_] { b->reset(); });
  for (const auto& [id, contact] : history_.live()) {
    contact->announced = false;
    changed(contact);
  }
  for (const auto& handler : core_.options().handlers) handlers_.insert(handler.id);
  note();
}

void Feed::note() {
  ++changes_;
  if (!active_ || due_ || stopped_) return;
  due_ = true;
  gap_.expires_after(options_.batch_gap / watcher_turns);
  gap_.async_wait([weak = weak_from_this()](boost::system::error_code error) {
    const auto self = weak.lock();
    if (!error && self) self->turn();
  });
}

void Feed::changed(const std::shared_ptr<ContactRecord>& contact) {
  if (active_ && !contact->gathered) {
    contact->gathered = true;
    contacts_.push_back(contact);
  }
  note();
}

void Feed::changed(const core::HandlerId& handler) {
  if (active_) handlers_.insert(handler);
  note();
}

void Feed::changed(const core::ServiceStateChanged& state) {
  next_->mutable_service_state()->set_state(state.state);
  next_->mutable_service_state()->set_draining(state.draining);
  note();
}

void Feed::alarm(core::Time now, const core::Alarm& alarm) {
  if (!active_ || next_->alarms_size() >= most_alarms) return;
  const auto told = alarms_.pass(now, alarm);
  if (!told) return;
  auto* a = next_->add_alarms();
  put(a->mutable_time(), now);
  a->set_kind(told->kind);
  a->set_text(told->text);
  note();
}

void Feed::reconfigured() {
  if (!active_) return;
  whole_ = true;
  next_->set_configuration_changed(true);
  queues_sent_.clear();
  pools_sent_.clear();
  handlers_.clear();
  for (const auto& handler : core_.options().handlers) handlers_.insert(handler.id);
  note();
}

void Feed::gather(v1::Delta& delta) {
  const std::size_t most = whole_ ? SIZE_MAX : options_.changes_per_turn;  // a new configuration comes in one piece
  whole_ = false;
  std::size_t count = 0, bytes = 0;
  for (; count < std::min(most, contacts_.size()) && bytes < message_bytes; ++count) {
    auto& record = *contacts_[count];
    record.gathered = false;
    auto* contact = delta.add_contacts();
    put(contact, record, core_.options(), record.announced ? Facts::without : Facts::with);
    bytes += contact->ByteSizeLong();
    record.announced = true;
  }
  contacts_.erase(contacts_.begin(), contacts_.begin() + static_cast<std::ptrdiff_t>(count));
  for (auto handler = handlers_.begin(); handler != handlers_.end() && count < most; ++count) {
    if (const auto view = core_.handler(*handler)) put(delta.add_handlers(), *view);
    handler = handlers_.erase(handler);
  }
  gather_queues(delta);
}

void Feed::gather_queues(v1::Delta& delta) {
  core_.for_each_queue([&](const core::QueueView& view) {
    const auto [place, fresh] = queues_sent_.try_emplace(view.queue, view);
    if (!fresh && seen(place->second) == seen(view)) return;
    place->second = view;
    put(delta.add_queues(), view, core_.options());
  });
  core_.for_each_pool([&](const core::PoolView& view) {
    const auto [place, fresh] = pools_sent_.try_emplace(view.pool, view);
    if (!fresh && seen(place->second) == seen(view)) return;
    place->second = view;
    put(delta.add_pools(), view);
  });
}

void Feed::turn() {
  due_ = false;
  if (!active_ || stopped_) return;
  Batch batch;
  batch.delta.Swap(next_.get());
  gather(batch.delta);
  batch.time = clock_.now();
  batch.changes = changes_;
  batch.complete = contacts_.empty() && handlers_.empty();
  const bool more = !batch.complete;
  asio::post(there_, [b = broadcaster_, batch = std::move(batch)]() mutable { b->apply(std::move(batch)); });
  if (!more) return;
  due_ = true;
  asio::post(loop_, [weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->turn();
  });
}

void Feed::stop() {
  stopped_ = true;
  gap_.cancel();
  linger_.cancel();
}

}  // namespace pledge::service
