#pragma once
// Which structs have a table of options, and how many words the enums have. The tables: tables_core.cpp (queues,
// rules, people), tables_menus.cpp, tables_calls.cpp (call control, silent callers), tables_sip.cpp (signalling), tables_engine.cpp (media, announcements, journal, services).
#include "settings/schema.hpp"
#include "settings/source.hpp"

namespace pledge::settings {

// Bounds of times are written in seconds.
inline constexpr double millisecond = 1e-3, second = 1, minute = 60, hour = 3600, day = 86400;

template <>
inline constexpr std::size_t word_count<core::Grade> = 5;
template <>
inline constexpr std::size_t word_count<core::Waiting> = 2;
template <>
inline constexpr std::size_t word_count<core::Choice> = 2;
template <>
inline constexpr std::size_t word_count<core::MonitorTone> = 3;
template <>
inline constexpr std::size_t word_count<core::AskSilent> = 3;
template <>
inline constexpr std::size_t word_count<core::TriageKind> = 3;
template <>
inline constexpr std::size_t word_count<core::Key> = 12;  // A to D are on no telephone that the public has
template <>
inline constexpr std::size_t word_count<Needs> = 4;
template <>
inline constexpr std::size_t word_count<core::PhoneMode> = 3;
template <>
inline constexpr std::size_t word_count<core::ReserveKind> = 4;
template <>
inline constexpr std::size_t word_count<core::RateSource> = 2;
template <>
inline constexpr std::size_t word_count<runtime::MediaEngineKind> = 2;
template <>
inline constexpr std::size_t word_count<runtime::Transport> = 2;
template <>
inline constexpr std::size_t word_count<runtime::ReliableProvisional> = 3;
template <>
inline constexpr std::size_t word_count<core::AbandonRule> = 3;

// Adds the conditions under which a wording, of a menu or a queue, holds.
template <class Written>
Table<Written>& add_conditions(Table<Written>& table) {
  return table.add("when", &Written::when, "Inside this calendar.", {.refers = Named::calendar, .said_if_set = true})
      .add("outside", &Written::outside, "Outside this calendar.", {.refers = Named::calendar, .said_if_set = true})
      .add("service_states", &Written::service_states, "The service is in one of these states.",
           {.refers = Named::service_state, .said_if_set = true})
      .elsewhere({"timed", "windows"});
}

#define PLEDGE_SCHEMA(Type)            \
  template <>                          \
  struct Schema<Type> {                \
    static const Table<Type>& table(); \
  }
PLEDGE_SCHEMA(core::Limits);
PLEDGE_SCHEMA(core::OfferOptions);
PLEDGE_SCHEMA(core::CallControlOptions);
PLEDGE_SCHEMA(core::SilentOptions);
PLEDGE_SCHEMA(core::EmergencyOptions);
PLEDGE_SCHEMA(core::ClassOptions);
PLEDGE_SCHEMA(core::Widening);
PLEDGE_SCHEMA(core::WaitingChoice);
PLEDGE_SCHEMA(QueueWording);
PLEDGE_SCHEMA(Queue);
PLEDGE_SCHEMA(core::RoleOptions);
PLEDGE_SCHEMA(core::ReserveOptions);
PLEDGE_SCHEMA(core::PoolOptions);
PLEDGE_SCHEMA(General);
PLEDGE_SCHEMA(Rule);
PLEDGE_SCHEMA(MenuChoice);
PLEDGE_SCHEMA(MenuWording);
PLEDGE_SCHEMA(Menu);
PLEDGE_SCHEMA(Handler);
PLEDGE_SCHEMA(Calendar);
PLEDGE_SCHEMA(Holidays);
PLEDGE_SCHEMA(runtime::ListenerOptions);
PLEDGE_SCHEMA(runtime::TrunkOptions);
PLEDGE_SCHEMA(runtime::PhoneOptions);
PLEDGE_SCHEMA(runtime::SessionTimerOptions);
PLEDGE_SCHEMA(runtime::PlacePrefix);
PLEDGE_SCHEMA(runtime::AreaOptions);
PLEDGE_SCHEMA(runtime::SignallingLimits);
PLEDGE_SCHEMA(runtime::SignallingOptions);
PLEDGE_SCHEMA(runtime::RtpengineOptions);
PLEDGE_SCHEMA(runtime::MediaOptions);
PLEDGE_SCHEMA(Prompts);
PLEDGE_SCHEMA(Announcement);
PLEDGE_SCHEMA(Recording);
PLEDGE_SCHEMA(runtime::JournalOptions);
PLEDGE_SCHEMA(runtime::ServiceOptions);
PLEDGE_SCHEMA(runtime::WorkforceOptions);
PLEDGE_SCHEMA(Source);
#undef PLEDGE_SCHEMA

}  // namespace pledge::settings
