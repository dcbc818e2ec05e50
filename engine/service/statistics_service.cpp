#include <fmt/format.h>

#include <charconv>

#include "service/services.hpp"

namespace pledge::service {

using namespace std::chrono_literals;

namespace {

struct Wish {
  core::Duration length{};
  bool rolling = false;
};
Wish wish_of(v1::IntervalKind kind) {
  switch (kind) {
    case v1::INTERVAL_KIND_QUARTER_HOUR:
      return {15min, false};
    case v1::INTERVAL_KIND_HALF_HOUR:
      return {30min, false};
    case v1::INTERVAL_KIND_HOUR:
      return {1h, false};
    case v1::INTERVAL_KIND_ROLLING_5_MINUTES:
      return {5min, true};
    case v1::INTERVAL_KIND_ROLLING_15_MINUTES:
      return {15min, true};
    case v1::INTERVAL_KIND_ROLLING_60_MINUTES:
      return {60min, true};
    default:
      return {};
  }
}

core::AbandonRule rule_of(v1::AbandonRule asked, core::AbandonRule configured) {
  switch (asked) {
    case v1::ABANDON_RULE_COUNTS_AGAINST:
      return core::AbandonRule::counts_against;
    case v1::ABANDON_RULE_SHORT_EXCLUDED:
      return core::AbandonRule::short_excluded;
    case v1::ABANDON_RULE_EXCLUDED:
      return core::AbandonRule::excluded;
    default:
      return configured;
  }
}
v1::AbandonRule wire(core::AbandonRule rule) { return static_cast<v1::AbandonRule>(static_cast<int>(rule) + 1); }
const char* text(core::AbandonRule rule) {
  switch (rule) {
    case core::AbandonRule::counts_against:
      return "answered within target / (answered + abandoned)";
    case core::AbandonRule::short_excluded:
      return "answered within target / (answered + abandoned - abandoned short)";
    case core::AbandonRule::excluded:
      return "answered within target / answered";
  }
  return "";
}

void put(v1::WaitStatistics* to, core::QueueFigures& figures, core::WaitFigures& clock, core::AbandonRule rule) {
  to->set_answered_within_target(clock.within_target);
  to->set_share_within_target(figures.share(clock, rule));
  service::put(to->mutable_mean(), clock.waits.mean());
  service::put(to->mutable_median(), clock.waits.percentile(0.5));
  service::put(to->mutable_p90(), clock.waits.percentile(0.9));
  service::put(to->mutable_p99(), clock.waits.percentile(0.99));
  service::put(to->mutable_longest(), clock.waits.longest());
  to->set_under_10_s(clock.under_10s);
  to->set_from_10_to_60_s(clock.under_60s);
  to->set_from_60_s(figures.answered - clock.under_10s - clock.under_60s);
}

void put_counts(v1::QueueStatistics* to, const core::QueueFigures& figures) {
  to->set_provisional(figures.provisional);
  to->set_offered(figures.offered);
  to->set_answered(figures.answered);
  to->set_abandoned(figures.abandoned);
  to->set_abandoned_short(figures.abandoned_short);
  to->set_overflowed(figures.overflowed);
  to->set_moved(figures.moved);
  to->set_withdrawn(figures.withdrawn);
  to->set_refused(figures.refused);
  to->set_call_backs(figures.call_backs);
  to->set_in_progress(figures.in_progress());
}

void put(v1::QueueStatistics* to, const core::QueueOptions& queue, core::QueueFigures& figures, core::AbandonRule rule,
         core::Time now) {
  to->set_queue(queue.id.value);
  service::put(to->mutable_from(), figures.from);
  service::put(to->mutable_to(), figures.to);
  put_counts(to, figures);
  put(to->mutable_from_queue_entry(), figures, figures.from_queue_entry, rule);
  put(to->mutable_from_hand_over(), figures, figures.from_hand_over, rule);
  const auto handled = std::max(figures.handled, 1u);
  service::put(to->mutable_mean_talk(), figures.talk / handled);
  service::put(to->mutable_mean_wrap_up(), figures.wrap_up / handled);
  service::put(to->mutable_handle_time(), figures.talk + figures.wrap_up);
  to->set_handled(figures.handled);
  to->set_occupancy(figures.occupancy());
  to->set_handlers_signed_on(figures.mean_signed_on(now));
  service::put(to->mutable_target_within(), queue.target_within);
  to->set_target_share(queue.target_share);
  service::put(to->mutable_short_abandon(), queue.short_abandon);
}

// A page begins at a queue (by index) and an interval (by its beginning).
struct Place {
  std::size_t queue = 0;
  std::int64_t from_ns = INT64_MIN;
};
bool parse_place(const std::string& token, Place& place) {
  if (token.empty()) return true;
  const auto colon = token.find(':');
  if (colon == std::string::npos) return false;
  const auto* end = token.data() + token.size();
  return std::from_chars(token.data(), token.data() + colon, place.queue).ptr == token.data() + colon &&
         std::from_chars(token.data() + colon + 1, end, place.from_ns).ptr == end;
}

struct Query {
  Wish wish;
  core::AbandonRule rule;
  core::Time from, to, now;
  std::vector<const core::QueueOptions*> queues;
};

std::vector<core::QueueFigures> rows(Hub& hub, const Query& query, const core::QueueId& queue) {
  if (!query.wish.rolling) {
    return hub.statistics.intervals(queue, query.wish.length, query.from, query.to, query.now);
  }
  std::vector<core::QueueFigures> one;
  one.push_back(hub.statistics.rolling(queue, query.wish.length, query.now));
  return one;
}

void fill(Hub& hub, const Query& query, Place place, int size, v1::GetQueueStatisticsResponse& response) {
  response.set_rule(wire(query.rule));
  response.set_rule_text(text(query.rule));
  for (auto i = place.queue; i < query.queues.size(); ++i, place.from_ns = INT64_MIN) {
    for (auto& figures : rows(hub, query, query.queues[i]->id)) {
      if (!query.wish.rolling && figures.from.ns < place.from_ns) continue;
      if (response.statistics_size() == size) {
        response.set_next_page_token(fmt::format("{}:{}", i, figures.from.ns));
        return;
      }
      put(response.add_statistics(), *query.queues[i], figures, query.rule, query.now);
    }
  }
}

}  // namespace

Reply StatisticsService::GetQueueStatistics(Context context, const v1::GetQueueStatisticsRequest* request,
                                            v1::GetQueueStatisticsResponse* response) {
  using Response = v1::GetQueueStatisticsResponse;
  return front_->unary(
      context, request, response, [](Hub& hub, const v1::GetQueueStatisticsRequest& r, const Answer<Response>& answer) {
        Query query;
        query.wish = wish_of(r.interval());
        if (query.wish.length == core::Duration{}) {
          return answer.refuse(refuse(grpc::StatusCode::INVALID_ARGUMENT, "INTERVAL_REQUIRED", "choose an interval"));
        }
        query.rule = rule_of(r.rule(), hub.options.abandon_rule);
        query.now = hub.clock.now();
        query.from = r.has_from() ? time_of(r.from()) : core::Time{0};
        query.to = r.has_to() ? time_of(r.to()) : core::never;
        for (const auto& queue : hub.core.options().queues) {
          const auto wanted = std::find(r.queues().begin(), r.queues().end(), queue.id.value);
          if (r.queues().empty() || wanted != r.queues().end()) query.queues.push_back(&queue);
        }
        for (const auto& id : r.queues()) {
          if (find_queue(hub.core.options(), {id})) continue;
          return answer.refuse(refuse(core::Refusal::unknown_queue, "no such queue is configured: " + id));
        }
        Place place;
        if (!parse_place(r.page_token(), place)) return answer.refuse(bad_page_token());
        answer.with([&](Response& to) {
          fill(hub, query, place, static_cast<int>(page_size(hub.options, r.page_size())), to);
        });
      });
}

Reply StatisticsService::ListEndedCalls(Context context, const v1::ListEndedCallsRequest* request,
                                        v1::ListEndedCallsResponse* response) {
  using Response = v1::ListEndedCallsResponse;
  return front_->unary(
      context, request, response, [](Hub& hub, const v1::ListEndedCallsRequest& r, const Answer<Response>& answer) {
        const auto& history = hub.history;
        auto number = history.first_ended();
        const auto* end = r.page_token().data() + r.page_token().size();
        if (!r.page_token().empty() && std::from_chars(r.page_token().data(), end, number).ptr != end) {
          return answer.refuse(bad_page_token());
        }
        answer.with([&](Response& list) {
          list.set_gap(number < history.first_ended());
          number = std::max(number, history.first_ended());
          const auto last = std::min(history.ended_count(), number + page_size(hub.options, r.page_size()));
          for (; number < last; ++number) put(list.add_calls(), history.ended(number), hub.core.options(), Facts::with);
          list.set_next_page_token(std::to_string(number));
        });
      });
}

}  // namespace pledge::service
