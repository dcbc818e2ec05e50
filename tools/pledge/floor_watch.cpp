#include "tools/pledge/floor_watch.hpp"

#include <ctime>

#include "tools/pledge/terminal.hpp"

namespace pledge {
namespace {

constexpr std::chrono::seconds figures_every{2};
constexpr std::chrono::seconds figures_deadline{2};
constexpr std::chrono::milliseconds retry_after{500};

core::Time local_midnight() {
  const std::time_t now = wall_now().ns / 1'000'000'000;
  std::tm parts{};
  localtime_r(&now, &parts);
  parts.tm_hour = parts.tm_min = parts.tm_sec = 0;
  parts.tm_isdst = -1;
  return {static_cast<std::int64_t>(std::mktime(&parts)) * 1'000'000'000};
}

std::optional<v1::GetQueueStatisticsResponse> statistics(const Client& client, v1::IntervalKind kind,
                                                         std::optional<core::Time> from) {
  v1::GetQueueStatisticsRequest request;
  request.set_interval(kind);
  if (from) *request.mutable_from() = view::timestamp_of(*from);
  v1::GetQueueStatisticsResponse whole;
  do {
    v1::GetQueueStatisticsResponse page;
    if (!call(*client.statistics, &v1::StatisticsService::Stub::GetQueueStatistics, request, page, figures_deadline)
             .ok())
      return std::nullopt;
    whole.MergeFrom(page);
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  return whole;
}

}  // namespace

view::FloorFigures read_figures(const Client& client) {
  view::FloorFigures out;
  if (const auto recent = statistics(client, v1::INTERVAL_KIND_ROLLING_15_MINUTES, std::nullopt)) {
    out.recent = view::levels(*recent);
    out.rule = recent->rule_text();
    for (const auto& interval : recent->statistics()) out.order.push_back(interval.queue());
  }
  if (const auto today = statistics(client, v1::INTERVAL_KIND_HOUR, local_midnight())) out.today = view::levels(*today);
  return out;
}

FiguresPoll::FiguresPoll(const Client& client) : client_(client), thread_([this] { poll(); }) {}

FiguresPoll::~FiguresPoll() {
  stop_.ring();
  thread_.join();
}

view::FloorFigures FiguresPoll::latest() const {
  const std::lock_guard lock(mutex_);
  return latest_;
}

void FiguresPoll::poll() {
  eventfd_t rung = 0;
  while (::eventfd_read(stop_.fd(), &rung) != 0) {
    if (auto figures = read_figures(client_); !figures.order.empty()) {  // else the last ones stay
      const std::lock_guard lock(mutex_);
      latest_ = std::move(figures);
    }
    wait_readable({stop_.fd()}, figures_every);
  }
}

void FloorWatch::open() {
  v1::WatchRequest request;
  request.set_resume_token(token_);
  feed_ = std::make_unique<Feed<v1::WatchResponse>>(
      [this, request](grpc::ClientContext& context) { return client_.supervision->Watch(&context, request); });
}

void FloorWatch::live(bool now) {
  if (now == live_) return;
  live_ = now;
  live_since_ = wall_now();
  was_lost_ = was_lost_ || !now;
}

std::vector<v1::WatchResponse> FloorWatch::take() {
  if (!feed_) {
    if (std::chrono::steady_clock::now() >= retry_) open();
    return {};
  }
  auto messages = feed_->take();
  for (const auto& message : messages) {
    floor_.apply(message);
    if (!message.resume_token().empty()) token_ = message.resume_token();
    live(true);
  }
  if (const auto status = feed_->ended()) {
    problem_ = *status;
    live(false);
    feed_.reset();
    retry_ = std::chrono::steady_clock::now() + retry_after;
    if (status->error_code() == grpc::OUT_OF_RANGE) token_.clear();  // too old: a new snapshot
  }
  return messages;
}

}  // namespace pledge
