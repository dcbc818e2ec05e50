#include "service/metrics.hpp"

#include <prometheus/text_serializer.h>

#include <algorithm>
#include <array>
#include <limits>

namespace pledge::service {

namespace {
using core::seconds;

constexpr std::array<double, 12> wait_buckets{0.5, 1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600};  // seconds
constexpr std::size_t most_alarm_kinds = 200;  // a label must not grow without bound

using Labels = std::vector<std::pair<std::string, std::string>>;

}  // namespace

// Collects samples by name.
class Metrics::Page {
 public:
  void counter(const std::string& name, const std::string& help, const Labels& labels, auto value) {
    add(name, help, prometheus::MetricType::Counter, labels).counter.value = static_cast<double>(value);
  }
  void gauge(const std::string& name, const std::string& help, const Labels& labels, double value) {
    add(name, help, prometheus::MetricType::Gauge, labels).gauge.value = value;
  }
  prometheus::ClientMetric& add(const std::string& name, const std::string& help, prometheus::MetricType type,
                                const Labels& labels) {
    auto [place, fresh] = index_.try_emplace(name, families_.size());
    if (fresh) families_.push_back({name, help, type, {}});
    auto& metric = families_[place->second].metric.emplace_back();
    for (const auto& [label, value] : labels) metric.label.push_back({label, value});
    return metric;
  }
  std::string text() const { return prometheus::TextSerializer{}.Serialize(families_); }

 private:
  std::vector<prometheus::MetricFamily> families_;
  std::map<std::string, std::size_t> index_;
};

void Metrics::configure(const core::Options& options) {
  for (const auto& queue : options.queues) {
    auto& q = queues_[queue.id];
    q.target = queue.target_within;
    q.waits.resize(wait_buckets.size() + 1);
  }
}

void Metrics::answered(Queue& queue, const core::ContactChanged& change) {
  const auto wait = change.answered - change.queued;
  ++queue.answered;
  queue.within_target += wait <= queue.target;
  const auto bucket = std::lower_bound(wait_buckets.begin(), wait_buckets.end(), seconds(wait)) - wait_buckets.begin();
  queue.waits.resize(wait_buckets.size() + 1);
  ++queue.waits[static_cast<std::size_t>(bucket)];
  queue.waits_sum += seconds(wait);
}

void Metrics::observe(const ContactRecord& record) {
  const auto& change = record.now;
  if (change.outgoing) return;  // of no queue's promise
  const auto [known, fresh] = contacts_.try_emplace(change.contact);
  auto& contact = known->second;
  if (!fresh) --queues_[contact.queue].now[contact.state];  // without a queue: a test call, or in a menu
  if (contact.queue != change.queue && !change.queue.empty()) ++queues_[change.queue].entered;
  contact.queue = change.queue;
  contact.state = change.state;
  auto& queue = queues_[change.queue];
  if (change.state == core::ContactState::talking && !contact.answered) {
    contact.answered = true;
    answered(queue, change);
  }
  if (change.state == core::ContactState::ended) {
    ++queue.ended[std::string{name(change.end)}];
    contacts_.erase(change.contact);
  } else {
    ++queue.now[change.state];
  }
}

void Metrics::observe(const core::HandlerChanged& change) { handlers_[change.handler] = change.state; }

void Metrics::observe(const core::Alarm& alarm) {
  if (alarms_.size() < most_alarm_kinds || alarms_.count(alarm.kind)) ++alarms_[alarm.kind];
}

void Metrics::put_queue(Page& page, const core::QueueId& id, const Queue& queue) {
  const Labels labels{{"queue", id.value}};
  page.counter("pledge_calls_entered_total", "Calls that entered the queue.", labels, queue.entered);
  page.counter("pledge_calls_answered_total", "Calls answered by a handler.", labels, queue.answered);
  page.counter("pledge_calls_answered_within_target_total",
               "Of these, within the queue's answer target from queue entry.", labels, queue.within_target);
  for (const auto& [how, count] : queue.ended) {
    page.counter("pledge_calls_ended_total", "Calls that ended, by how.", {{"queue", id.value}, {"end", how}}, count);
  }
  for (const auto& [state, count] : queue.now) {
    page.gauge("pledge_calls", "Live calls by state.", {{"queue", id.value}, {"state", std::string{name(state)}}},
               static_cast<double>(count));
  }
  auto& waits = page.add("pledge_answer_wait_seconds", "Wait of answered calls from queue entry.",
                         prometheus::MetricType::Histogram, labels)
                    .histogram;
  waits.sample_count = queue.answered;
  waits.sample_sum = queue.waits_sum;
  std::uint64_t below = 0;
  for (std::size_t i = 0; i < wait_buckets.size() && i < queue.waits.size(); ++i) {
    waits.bucket.push_back({below += queue.waits[i], wait_buckets[i]});
  }
  waits.bucket.push_back({queue.answered, std::numeric_limits<double>::infinity()});
}

void Metrics::put_views(Page& page, core::Time now, const core::Core& core) {
  core.for_each_queue([&](const core::QueueView& view) {
    const Labels labels{{"queue", view.queue.value}};
    page.gauge("pledge_queue_waiting", "Calls waiting.", labels, view.waiting);
    page.gauge("pledge_queue_oldest_wait_seconds", "Wait of the longest-waiting call.", labels,
               view.waiting > 0 && view.oldest != core::never ? seconds(now - view.oldest) : 0);
    page.gauge("pledge_queue_handlers_signed_on", "Handlers signed on who serve the queue.", labels, view.signed_on);
    page.gauge("pledge_queue_handlers_idle", "Of these, ready.", labels, view.idle);
  });
  core.for_each_pool([&](const core::PoolView& view) {
    const Labels labels{{"pool", view.pool.value}};
    page.gauge("pledge_pool_reserve", "Handlers held back for the first class.", labels, view.reserve);
    page.gauge("pledge_pool_idle", "Idle handlers able to serve the first class.", labels, view.idle);
  });
  page.gauge("pledge_contacts_live", "Calls that have not ended.", {}, core.contacts_live());
  page.gauge("pledge_draining", "1 while new calls are turned away.", {}, core.draining() ? 1 : 0);
  page.gauge("pledge_service_state", "1 for the service state in force.", {{"state", core.service_state()}}, 1);
}

namespace {

// One counter per key, under the label that names it.
template <class Page, class Counts, class Name>
void put_counts(Page& page, const char* metric, const char* help, const Counts& counts, const char* label,
                Name&& name_of) {
  for (const auto& [key, count] : counts) page.counter(metric, help, {{label, std::string{name_of(key)}}}, count);
}

}  // namespace

std::string Metrics::page(core::Time now, const core::Core& core, const std::vector<Metric>& more) const {
  Page page;
  for (const auto& [id, queue] : queues_) put_queue(page, id, queue);
  put_views(page, now, core);
  std::map<core::HandlerState, std::uint32_t> states;
  for (const auto& [id, state] : handlers_) ++states[state];
  for (const auto& [state, count] : states) {
    page.gauge("pledge_handlers", "Handlers by state.", {{"state", std::string{name(state)}}}, count);
  }
  const auto any = [](const auto& key) { return key; };
  const auto named = [](auto key) { return name(key); };
  put_counts(page, "pledge_decisions_total", "Routing decisions.", decisions_, "kind", named);
  put_counts(page, "pledge_offers_total", "Offers by their end.", offers_, "end", named);
  put_counts(page, "pledge_requests_total", "Changes asked for, by refusal (NONE: done).", replies_, "refusal", named);
  put_counts(page, "pledge_alarms_total", "Alarms by kind.", alarms_, "kind", any);
  for (const auto& metric : more) {
    if (metric.counter) page.counter(metric.name, metric.help, metric.labels, metric.value);
    else page.gauge(metric.name, metric.help, metric.labels, metric.value);
  }
  return page.text();
}

}  // namespace pledge::service
