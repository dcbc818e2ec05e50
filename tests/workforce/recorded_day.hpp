#pragma once
// A day as a running engine records it: callers, phones and consoles with habits of their own, timers that are served a little
// late, answers that leave when the disk is done. Seeded, so it repeats.
#include <functional>
#include <map>

#include "core/core.hpp"
#include "workforce/agenda.hpp"
#include "workforce/whatif.hpp"
#include "workforce/workload.hpp"

namespace pledge::workforce::test {

using namespace std::chrono_literals;
using core::Duration;
using core::HandlerId;
using core::LegId;
using core::Time;

inline constexpr Time midnight{1'700'006'400'000'000'000};

struct Habits {
  double calls_an_hour = 120, talk = 60, patience = 40, ring = 3;  // seconds, means
  double no_answer = 0.05, decline = 0.05;
  Duration lasts = 2h;
  std::uint64_t seed = 7;
};

class Recorder {
 public:
  Recorder(core::Options options, Habits habits) : habits_(habits), random_(habits.seed) {
    handlers_ = options.handlers;
    step(midnight, core::Configured{std::make_shared<const core::Options>(std::move(options)), {}});
  }
  // Something at its time, beside what happens by itself.
  void also(Duration at, core::Event event) {
    plan(midnight + at, [this, event](Time now) { step(now, event); });
  }
  RecordedDay record() {
    for (const auto& handler : handlers_) {
      also(1s, core::SignOn{request(handler.id), handler.id, {}, "desk", false});
      also(1s, core::ConsoleAttached{handler.id, "desk"});
      also(2s, core::GoReady{request(handler.id), handler.id});
    }
    plan(midnight + 5s, [this](Time now) { arrive(now); });
    plan(midnight + habits_.lasts, [](Time) {});
    const Duration late = 150us;  // what a loop takes to serve a timer
    agenda_.run(midnight + habits_.lasts, [&](Time at) { step(std::max(last_, at + late), core::TimerDue{}); },
                [&](Time at, const Happening& what) { what(std::max(last_, at)); });
    return std::move(day_);
  }
  core::Request request(const HandlerId& by) { return {{++requests_}, by.value, 0}; }

 private:
  using Happening = std::function<void(Time)>;
  void plan(Time at, Happening what) { agenda_.plan(at, std::move(what)); }
  Duration seconds(double mean) { return Duration{static_cast<std::int64_t>(random_.exponential(mean) * 1e9)}; }

  void arrive(Time now) {
    core::CallFacts facts;
    facts.dialled = random_.uniform() < 0.3 ? "999" : "101";
    facts.caller = "+442079460001";
    facts.sip_call_id = "call-" + std::to_string(next_leg_);
    const LegId leg{next_leg_ += 2};
    plan(now + seconds(habits_.patience), [this, leg](Time at) {
      if (!talking_.contains(leg)) step(at, core::LegEnded{leg, core::LegEnd::cancelled});
    });
    plan(now + seconds(3600 / habits_.calls_an_hour), [this](Time at) { arrive(at); });
    step(now, core::CallArrived{leg, facts});
  }
  void step(Time now, const core::Event& event) {
    last_ = now;
    day_.push_back({now, event});
    for (const core::Action& action : core::Actions{core_.step(now, event)}) follow(now, action);
  }
  void follow(Time now, const core::Action& action) {
    if (const auto* wake = std::get_if<core::WakeAt>(&action)) agenda_.wake_at(wake->due);
    if (const auto* answer = std::get_if<core::AnswerLeg>(&action))
      plan(now + 2ms, [this, leg = answer->leg](Time at) { step(at, core::AnswerSent{leg}); });
    if (const auto* ring = std::get_if<core::RingPhone>(&action)) ring_phone(now, *ring);
    if (const auto* offer = std::get_if<core::OfferMade>(&action); offer && offer->mode == core::PhoneMode::accept_first)
      plan(now + seconds(habits_.ring), [this, o = *offer](Time at) {
        step(at, core::AcceptOffer{request(o.handler), o.handler, o.offer});
      });
    if (const auto* play = std::get_if<core::PlayToLeg>(&action); play && play->turn > 0) hear(now, *play);
    if (const auto* connect = std::get_if<core::ConnectLegs>(&action)) talk(now, *connect);
  }
  void ring_phone(Time now, const core::RingPhone& ring) {
    const double chance = random_.uniform();
    const Time at = now + seconds(habits_.ring);
    if (chance < habits_.no_answer) return;
    if (chance < habits_.no_answer + habits_.decline)
      return plan(at, [this, leg = ring.leg](Time t) { step(t, core::LegFailed{leg, core::LegFailure::declined, 603}); });
    plan(at, [this, leg = ring.leg](Time t) { step(t, core::LegAnswered{leg}); });
  }
  // Prompts last 8 s; most callers press 1 before or after the end.
  void hear(Time now, const core::PlayToLeg& play) {
    plan(now + 8s, [this, play](Time at) { step(at, core::SoundFinished{play.leg, play.turn}); });
    if (random_.uniform() < 0.8)
      plan(now + 2s + seconds(4), [this, leg = play.leg](Time at) { step(at, core::KeyPressed{leg, core::Key::one}); });
  }
  void talk(Time now, const core::ConnectLegs& connect) {
    talking_[connect.a] = connect.b;
    const bool caller_ends = random_.uniform() < 0.7;
    plan(now + 5ms + seconds(habits_.talk), [this, leg = caller_ends ? connect.a : connect.b](Time at) {
      step(at, core::LegEnded{leg, core::LegEnd::hung_up});
    });
  }

  Habits habits_;
  Random random_;
  core::Core core_;
  Agenda<Happening> agenda_;
  std::vector<core::HandlerOptions> handlers_;
  RecordedDay day_;
  std::map<LegId, LegId> talking_;
  Time last_;
  std::uint64_t next_leg_ = 0, requests_ = 0;
};

}  // namespace pledge::workforce::test
