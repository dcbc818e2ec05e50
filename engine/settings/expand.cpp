#include "settings/expand.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "settings/calendar.hpp"
#include "settings/checks.hpp"
#include "settings/digest.hpp"
#include "settings/prompts.hpp"
#include "settings/spoken_hours.hpp"
#include "settings/tables.hpp"

namespace pledge::settings {

namespace {

using Windows = std::map<std::string, std::vector<core::Interval>>;

// Calendars begin a little before `now`, so that a day that has begun, and an event stamped just before a reload, are
// whole.
constexpr core::Duration lookback = 48h;

core::Interval horizon(const Source& source, core::Time now) {
  return {now - lookback, now + source.general.calendar_horizon};
}

std::vector<Date> closed_days(const Source& source, const Calendar& calendar) {
  std::vector<Date> days;
  for (const auto& list : source.holidays) {
    if (std::find(calendar.closed.begin(), calendar.closed.end(), list.id) == calendar.closed.end()) continue;
    for (const auto& text : list.dates) {
      if (const auto date = parse_date(text)) days.push_back(*date);
    }
  }
  return days;
}

Windows all_windows(const Source& source, core::Interval within) {
  Windows windows;
  for (const auto& calendar : source.calendars) {
    std::vector<Hours> hours;
    for (const auto& text : calendar.open) {
      if (const auto parsed = parse_hours(text)) hours.push_back(*parsed);
    }
    windows[calendar.id] = expand(source.general.zone, hours, closed_days(source, calendar), within);
  }
  return windows;
}

// Both lists ascending and disjoint; so is the result.
std::vector<core::Interval> intersection(const std::vector<core::Interval>& a, const std::vector<core::Interval>& b) {
  std::vector<core::Interval> result;
  for (std::size_t i = 0, j = 0; i < a.size() && j < b.size();) {
    const core::Interval both{std::max(a[i].from, b[j].from), std::min(a[i].to, b[j].to)};
    if (both.from < both.to) result.push_back(both);
    a[i].to < b[j].to ? ++i : ++j;
  }
  return result;
}

// Inside the calendar `when` and outside of `outside`, of a Rule, a QueueWording or a MenuWording.
template <class Written>
void set_windows(const Written& written, const Windows& windows, core::Interval within, core::Moments& result) {
  result.timed = !written.when.empty() || !written.outside.empty();
  if (!result.timed) return;
  result.windows = written.when.empty() ? std::vector{within} : windows.at(written.when);
  if (!written.outside.empty())
    result.windows = intersection(result.windows, complement(windows.at(written.outside), within));
}

core::TriageRule expand_rule(const Rule& rule, const Windows& windows, core::Interval within) {
  core::TriageRule result = rule;
  set_windows(rule, windows, within, result);
  return result;
}

core::QueueOptions expand_queue(const Queue& queue, const Windows& windows, core::Interval within) {
  core::QueueOptions result = queue;
  for (const auto& written : queue.written_wordings) {
    result.wordings.push_back(written);
    set_windows(written, windows, within, result.wordings.back());
  }
  return result;
}

core::MenuOptions expand_menu(const Menu& menu, const Windows& windows, core::Interval within) {
  core::MenuOptions result = menu;
  result.choices.assign(menu.written_choices.begin(), menu.written_choices.end());
  for (const auto& written : menu.written_wordings) {
    result.wordings.push_back(written);
    set_windows(written, windows, within, result.wordings.back());
  }
  return result;
}

core::Options expand_core(const Source& source, core::Interval within) {
  core::Options core = source.general;
  core.classes = source.classes;
  core.roles = source.roles;
  core.pools = source.pools;
  core.offers = source.offers;
  core.limits = source.limits;
  core.recording = source.recording;
  core.call_control = source.call_control;
  core.silent = source.silent;
  core.emergency = source.emergency;
  for (const auto& written : source.announcements) {
    const auto tells = [&](const char* what) { return std::count(written.prompts.begin(), written.prompts.end(), what) > 0; };
    const core::WaitMessage message{written.id, tells(runtime::Announcement::position), tells(runtime::Announcement::wait),
                                    written.repeat_after};
    if (message.position || message.wait) core.wait_messages.push_back(message);
  }
  core.handlers.assign(source.handlers.begin(), source.handlers.end());
  const auto windows = all_windows(source, within);
  for (const auto& queue : source.queues) core.queues.push_back(expand_queue(queue, windows, within));
  for (const auto& rule : source.rules) core.triage.push_back(expand_rule(rule, windows, within));
  for (const auto& menu : source.menus) core.menus.push_back(expand_menu(menu, windows, within));
  core.utc_offsets = utc_offsets(source.general.zone, within);
  core.version = digest(source);
  return core;
}

runtime::SignallingOptions expand_sip(const Source& source) {
  runtime::SignallingOptions sip = source.sip;
  sip.trunks = source.trunks;
  sip.place_names = source.general.places;
  for (const auto& handler : source.handlers) {
    if (!handler.phone.empty()) sip.phones.contacts.push_back(handler.phone);
    if (handler.secret.empty()) continue;
    sip.phones.credentials.push_back(
        {handler.id, handler.user.empty() ? handler.id.value : handler.user, handler.secret});
  }
  return sip;
}

std::vector<runtime::Announcement> expand_announcements(const Source& source, const Environment& environment) {
  std::vector<runtime::Announcement> result;
  for (const auto& written : source.announcements) {
    const auto file = [&](const std::string& prompt) {
      return find_prompt(source.prompts, environment, language_of(source.prompts, written), prompt);
    };
    runtime::Announcement announcement{written.id, {}, written.then, {}};
    for (const auto& prompt : written.prompts) {
      if (calendar_told(prompt)) {  // the same for all who hear it
        for (const auto& word : hours_told(source, environment, written, prompt)) announcement.files.push_back(file(word));
        continue;
      }
      const bool composed = runtime::Announcement::is_composed(prompt);
      announcement.files.push_back(composed ? prompt : file(prompt));
      if (!composed) continue;
      for (const auto& word : words_of(source.prompts, environment, language_of(source.prompts, written), prompt))
        announcement.words[word] = file(word);
    }
    if (is_prompt(written.then)) announcement.background = file(written.then);
    announcement.repeat_after = std::chrono::duration_cast<std::chrono::milliseconds>(written.repeat_after);
    result.push_back(std::move(announcement));
  }
  return result;
}

std::string with_id(std::string text, const std::string& id) {
  constexpr std::string_view mark = "{id}";
  for (auto at = text.find(mark); at != std::string::npos; at = text.find(mark, at + id.size()))
    text.replace(at, mark.size(), id);
  return text;
}

}  // namespace

void expand_handlers(Source& source) {
  std::vector<Handler> result;
  auto add = [&](Handler handler, const std::string& id) {
    handler.id = {id};
    handler.range.clear();
    handler.phone = with_id(handler.phone, id);
    handler.user = with_id(handler.user, id);
    result.push_back(std::move(handler));
  };
  for (const auto& handler : source.handlers) {
    const auto range = parse_range(handler.range);
    if (!range) add(handler, handler.id.value);
    else
      for (auto number = range->first; number <= range->last; ++number) add(handler, range->at(number));
  }
  source.handlers = std::move(result);
}

Settings expand(std::shared_ptr<const Source> source, const Environment& environment) {
  const auto within = horizon(*source, environment.now);
  Settings settings;
  settings.core = expand_core(*source, within);
  settings.sip = expand_sip(*source);
  settings.media = source->media;
  settings.announcements = expand_announcements(*source, environment);
  settings.recordings = digests_of(settings.announcements);
  settings.recording = source->recording;
  settings.journal = source->journal;
  settings.service = source->service;
  settings.workforce = source->workforce;
  settings.planned_day = source->planned_day;
  settings.planned_digest = source->planned_digest;
  settings.calendars_until = within.to;
  settings.descriptors_needed = descriptors_needed(*source);
  settings.source = std::move(source);
  return settings;
}

Settings until_restart(const Settings& running, const Settings& candidate, const Environment& environment) {
  auto source = std::make_shared<Source>(*candidate.source);
  for (const auto& option : Schema<Source>::table().options()) option.keep(*source, *running.source);
  if (digest(*source) == candidate.core.version) return candidate;
  Settings result = expand(std::move(source), environment);
  result.warnings = candidate.warnings;
  return result;
}

Settings renewed(const Settings& running, const Environment& environment) {
  Settings result = expand(running.source, environment);
  result.warnings = running.warnings;
  return result;
}

}  // namespace pledge::settings
