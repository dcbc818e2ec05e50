#include "sip/signalling/sip_adapter.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <cstdarg>
#include <utility>

#include "sip/signalling/imagined_call.hpp"
#include "sip/signalling/implementation.hpp"
#include "sip/signalling/location.hpp"

SOFIAPUBVAR su_log_t nta_log[];
SOFIAPUBVAR su_log_t tport_log[];

namespace pledge::signalling {
namespace {

constexpr std::chrono::seconds housekeeping_every{1};
constexpr unsigned library_log_level = 1;  // faults only; every message is traced at 9

void log_line(void*, const char* format, va_list arguments) {
  char line[512];
  const int size = std::vsnprintf(line, sizeof line, format, arguments);
  if (size <= 0) return;
  std::string_view text(line, std::min<std::size_t>(static_cast<std::size_t>(size), sizeof line - 1));
  while (!text.empty() && text.back() == '\n') text.remove_suffix(1);
  spdlog::info("sip: {}", text);
}

void redirect_library_log() {
  for (su_log_t* log : {su_log_default, nta_log, tport_log}) {
    su_log_redirect(log, log_line, nullptr);
    su_log_set_level(log, library_log_level);
  }
}

}  // namespace

SipAdapter::Implementation::Implementation(boost::asio::io_context& context, const runtime::SignallingOptions& given,
                                           runtime::EventSink& events, runtime::MediaPort& media,
                                           const runtime::Clock& clock, AlarmSink sink)
    : io(context),
      options(given),
      agent(context, options, clock),
      deadlines(context, clock,
                [this](core::LegId id) {
                  if (auto* leg = legs.find(id)) leg->deadline_due();
                }),
      legs(context),
      shell{agent, events,    media,
            clock, options,   counters,
            legs,  deadlines, std::move(sink)},
      numbers(NumberOptions{given.region}),
      phones(shell, options.phones),
      trunks(shell),
      housekeeper(context),
      self(std::make_shared<Implementation*>(this)) {
  media.on_moved([this](core::LegId id, const runtime::MediaLocal& local) {
    if (auto* leg = legs.find(id)) leg->move_media(local), agent.kick();
  });
}

SipAdapter::Implementation::~Implementation() {
  *self = nullptr;
  shell.media.on_moved({});
  std::vector<core::LegId> live;
  legs.for_each([&](Leg& leg) { live.push_back(leg.id()); });
  for (const auto id : live)
    if (auto* leg = legs.find(id)) leg->release("shutting down");
}

tl::expected<void, std::string> SipAdapter::Implementation::start() {
  redirect_library_log();
  auto known = Peers::build(options);
  if (!known) return tl::unexpected(known.error());
  peers = std::move(*known);
  if (auto listening = agent.start(*this); !listening) return listening;
  trunks.configure(options);
  arm_housekeeping();
  return {};
}

tl::expected<void, std::string> SipAdapter::Implementation::reload(const runtime::SignallingOptions& wanted) {
  if (wanted.listeners != options.listeners)
    return tl::unexpected(std::string("listeners are bound at start: restart to change them"));
  auto known = Peers::build(wanted);
  if (!known) return tl::unexpected(known.error());
  if (auto taken = agent.reload(wanted); !taken) return taken;
  if (wanted.region != options.region) numbers = Numbers(NumberOptions{wanted.region});
  options = wanted;
  peers = std::move(*known);
  phones.reconfigure(options.phones);
  trunks.configure(options);
  return {};
}

void SipAdapter::Implementation::arm_housekeeping() {
  housekeeper.expires_after(housekeeping_every);
  housekeeper.async_wait([alive = self](const boost::system::error_code& fault) {
    if (fault || !*alive) return;
    (*alive)->housekeeping();
    (*alive)->arm_housekeeping();
  });
}

void SipAdapter::Implementation::housekeeping() {
  const auto now = shell.clock.now();
  deadlines.serve();
  phones.expire(now);
  trunks.check(now);
  tell_malformed();
  const auto closed = agent.close_surplus_connections(options.limits);
  counters.tcp_connections = agent.open_connections();
  if (closed > 0) {
    counters.tcp_refused += closed;
    shell.alarm("tcp-limit", std::to_string(closed) + " TCP connections beyond the limits were closed");
  }
}

// Once a second, however many there were.
void SipAdapter::Implementation::tell_malformed() {
  const auto bad = agent.malformed(), more = bad - std::exchange(malformed_seen, bad);
  const auto last = agent.tap().take_unreadable();
  if (more == 0) return;
  shell.alarm("malformed", fmt::format("{} message{} could not be read{}{}", more, more == 1 ? "" : "s",
                                       last ? (more == 1 ? "; from " : "; the last from ") : "", last ? to_text(*last) : ""));
}

SignallingCounters SipAdapter::Implementation::read_counters() const {
  SignallingCounters out = counters;
  for (std::size_t method = 0; method < requests_by_method.size(); ++method) {
    if (requests_by_method[method] == 0) continue;
    const char* known = method == 0 ? nullptr : sip_method_name(static_cast<sip_method_t>(method), nullptr);
    out.requests[known ? known : "other"] += requests_by_method[method];
  }
  agent.read_figures(out);
  out.legs = legs.size();
  out.bindings = phones.bound();
  out.trunks_down = trunks.down();
  return out;
}

// ---- the adapter ----------------------------------------------------------------------------------------------------

SipAdapter::SipAdapter(boost::asio::io_context& io, const runtime::SignallingOptions& options,
                       runtime::EventSink& events, runtime::MediaPort& media, const runtime::Clock& clock,
                       AlarmSink alarm)
    : implementation_(std::make_unique<Implementation>(io, options, events, media, clock, std::move(alarm))) {}

SipAdapter::~SipAdapter() = default;

tl::expected<void, std::string> SipAdapter::start() { return implementation_->start(); }

tl::expected<void, std::string> SipAdapter::reload(const runtime::SignallingOptions& options) {
  return implementation_->reload(options);
}

void SipAdapter::ask_in_overload(TakesInOverload takes) { implementation_->takes_in_overload = std::move(takes); }
void SipAdapter::keep_legs_in(runtime::LegStatePort* records) { implementation_->shell.records = records; }

void SipAdapter::trace_to(runtime::SipTrace* trace) { implementation_->agent.tap().show_to(trace); }

std::vector<BoundListener> SipAdapter::bound() const {
  std::vector<BoundListener> out;
  for (const auto& listener : implementation_->agent.listeners())
    out.push_back({listener.options.transport, listener.options.address, listener.port});
  return out;
}

std::vector<TrunkHealth> SipAdapter::trunks() const { return implementation_->trunks.health(); }
SignallingCounters SipAdapter::counters() const { return implementation_->read_counters(); }

runtime::LocationReader::Reading SipAdapter::read_location(std::string_view pidf_lo) const {
  const auto& options = implementation_->options;
  Reading read{read_locations(pidf_lo), {}};
  read.place = place_of(read.locations, options.place_names, options.areas);
  return read;
}

std::string SipAdapter::normal_number(std::string_view as_written) const { return implementation_->numbers.normalise(as_written); }

tl::expected<core::CallFacts, std::string> SipAdapter::facts_of(const runtime::ImaginedCall& call) const {
  auto& inside = *implementation_;
  return signalling::facts_of(call, inside.shell.clock.now(), inside.numbers, inside.options);
}

void SipAdapter::perform(const core::AlertLeg& action) {
  auto& inside = *implementation_;
  if (auto* leg = inside.legs.find(action.leg)) leg->alert(), inside.agent.kick();
}
void SipAdapter::perform(const core::AnswerLeg& action) {
  auto& inside = *implementation_;
  if (auto* leg = inside.legs.find(action.leg)) leg->answer(), inside.agent.kick();
}
void SipAdapter::perform(const core::RejectLeg& action) {
  auto& inside = *implementation_;
  if (auto* leg = inside.legs.find(action.leg))
    leg->refuse(static_cast<int>(action.status), action.reason), inside.agent.kick();
}
void SipAdapter::perform(const core::ReleaseLeg& action) {
  auto& inside = *implementation_;
  if (auto* leg = inside.legs.find(action.leg)) leg->release(action.reason), inside.agent.kick();
}
void SipAdapter::perform(const core::RingPhone& action) { implementation_->ring(action); }
void SipAdapter::perform(const core::DialOut& action) { implementation_->dial(action); }
void SipAdapter::perform(const core::ConnectLegs& action) { implementation_->shell.media.connect(action.a, action.b); }
void SipAdapter::perform(const core::DisconnectLegs& action) {
  implementation_->shell.media.disconnect(action.a, action.b);
}
void SipAdapter::perform(const core::MixToLeg& action) {
  implementation_->shell.media.mix(action.leg, action.sources, action.tone_every);
}
void SipAdapter::perform(const core::ListenForSpeech& action) { implementation_->shell.media.listen_for_speech(action.leg); }
void SipAdapter::perform(const core::PlayToLeg& action) {
  implementation_->shell.media.play(action);
}

}  // namespace pledge::signalling
