// The control room in one screen: what waits against its target first, then who is there, then the calls one by one.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "tools/pledge/view/floor.hpp"
#include "tools/pledge/view/names.hpp"

namespace pledge::view {
namespace {

constexpr int bar_columns = 10;
constexpr double endangered = 0.6;  // share of the target time from which a wait is shown in yellow

struct Drawing {
  const Floor& floor;
  const FloorFigures& figures;
  const FloorView& view;
  Frame lines;

  void add(std::string line) { lines.push_back(std::move(line)); }
  std::size_t width() const { return static_cast<std::size_t>(std::max(view.size.columns, 60)); }
  std::size_t room() const {
    const auto rows = static_cast<std::size_t>(std::max(view.size.rows, 10));
    return rows > lines.size() ? rows - lines.size() : 0;
  }
};

Colour wait_colour(core::Duration wait, core::Duration target) {
  const double part =
      static_cast<double>(wait.count()) / static_cast<double>(std::max<std::int64_t>(target.count(), 1));
  return part >= 1 ? Colour::red : part >= endangered ? Colour::yellow : Colour::green;
}

// Marked where the promise is broken, for eyes and terminals without red.
std::string wait_text(core::Duration wait, core::Duration target) {
  return span_text(wait) + (target.count() > 0 && wait >= target ? "!" : "");
}

// The longest wait as a part of the target time; full = the promise is broken.
std::string bar(core::Duration wait, core::Duration target) {
  const double part =
      static_cast<double>(wait.count()) / static_cast<double>(std::max<std::int64_t>(target.count(), 1));
  const int filled = std::clamp(static_cast<int>(part * bar_columns), 0, bar_columns);
  std::string out;
  for (int i = 0; i < bar_columns; ++i) out += i < filled ? "█" : "░";
  return out;
}

std::string level_text(const Drawing& d, const std::map<std::string, Level>& levels, const v1::Queue& queue) {
  const auto found = levels.find(queue.id());
  const auto share = found == levels.end() ? std::nullopt : found->second.share();
  const auto text = right(share_text(share), 9);
  if (!share) return d.view.paint(Colour::dim, text);
  return d.view.paint(*share >= queue.target_share() ? Colour::green : Colour::red, text);
}

void header(Drawing& d) {
  std::size_t waiting = 0, signed_on = 0;
  for (const auto& queue : d.floor.queues) waiting += queue.waiting();
  for (const auto& [id, handler] : d.floor.handlers) signed_on += handler.state() != v1::HANDLER_STATE_SIGNED_OFF;
  const auto state = d.floor.service_state.state() + (d.floor.service_state.draining() ? ", draining" : "");
  const auto in_menus = std::count_if(d.floor.contacts.begin(), d.floor.contacts.end(), [](const auto& contact) {
    return contact.second.state() == v1::CONTACT_STATE_MENU;
  });
  const auto asked = in_menus > 0 ? fmt::format("{} in menus, ", in_menus) : std::string{};
  const auto text = fmt::format(" Pledge   {}   {}   {} waiting, {}{} in progress, {} handlers signed on",
                                clock_text(d.view.now), state, waiting, asked, d.floor.contacts.size(), signed_on);
  const auto status = fmt::format("  {} ", d.view.status);
  const auto gap = d.width() > columns_of(status) ? d.width() - columns_of(status) : 0;
  d.add(d.view.paint(Colour::inverse, left(text, gap) + status));
  if (d.view.trouble.empty()) d.add("");
  else d.add(d.view.paint(Colour::alert, left(" " + d.view.trouble, d.width())));
}

// Narrow terminals do without the bar and the number of calls offered.
constexpr std::size_t narrow_columns = 100, fixed_columns = 79, narrow_fixed_columns = 60;

struct QueueCells {
  std::string name, waiting, longest, bar, target, recent, today, offered, free, on;
};
void add_row(Drawing& d, const QueueCells& cells, Colour colour) {
  const bool narrow = d.width() < narrow_columns;
  const auto wait =
      right(cells.waiting, 8) + right(cells.longest, 9) + (narrow ? "" : "  " + left(cells.bar, bar_columns));
  d.add(fmt::format(" {}{}  {}{}{}{}{}{}",
                    left(cells.name, d.width() - (narrow ? narrow_fixed_columns : fixed_columns)),
                    d.view.paint(colour, wait), right(cells.target, 10), cells.recent, cells.today,
                    narrow ? "" : right(cells.offered, 8), right(cells.free, 6), right(cells.on, 5)));
}

void queue_line(Drawing& d, const v1::Queue& queue) {
  const auto target = duration_of(queue.target_within());
  const bool waits = queue.waiting() > 0 && queue.has_oldest();
  const auto wait = waits ? d.view.now - time_of(queue.oldest()) : core::Duration{};
  const auto today = d.figures.today.find(queue.id());
  const auto offered = today == d.figures.today.end() ? 0 : today->second.offered;
  add_row(d,
          {queue.id(), std::to_string(queue.waiting()), waits ? wait_text(wait, target) : "–", bar(wait, target),
           fmt::format("{:.0f} % {}", queue.target_share() * 100, seconds_text(target)),
           level_text(d, d.figures.recent, queue), level_text(d, d.figures.today, queue), std::to_string(offered),
           std::to_string(queue.idle()), std::to_string(queue.signed_on())},
          waits ? wait_colour(wait, target) : Colour::plain);
}

// As configured: the operator put the most urgent first.
std::vector<const v1::Queue*> in_order(const Drawing& d) {
  std::vector<const v1::Queue*> out;
  for (const auto& queue : d.floor.queues) out.push_back(&queue);
  const auto& order = d.figures.order;
  const auto place = [&](const v1::Queue* q) { return std::find(order.begin(), order.end(), q->id()) - order.begin(); };
  std::stable_sort(out.begin(), out.end(), [&](const auto* a, const auto* b) { return place(a) < place(b); });
  return out;
}

void queues(Drawing& d) {
  add_row(d,
          {"QUEUE", "WAITING", "LONGEST", "OF TARGET", "TARGET", right("15 MIN", 9), right("TODAY", 9), "OFFERED",
           "FREE", "ON"},
          Colour::plain);
  d.lines.back() = d.view.paint(Colour::bold, d.lines.back());
  for (const auto* queue : in_order(d)) queue_line(d, *queue);
  d.add("");
}

void handlers(Drawing& d) {
  std::map<v1::HandlerState, int> by_state;
  std::map<std::string, int> reasons;
  for (const auto& [id, handler] : d.floor.handlers) {
    ++by_state[handler.state()];
    if (handler.state() == v1::HANDLER_STATE_NOT_READY) ++reasons[handler.reason()];
  }
  std::string line = d.view.paint(Colour::bold, " HANDLERS ");
  for (const auto state : {v1::HANDLER_STATE_READY, v1::HANDLER_STATE_OFFERED, v1::HANDLER_STATE_TALKING,
                           v1::HANDLER_STATE_WRAP_UP, v1::HANDLER_STATE_NOT_READY, v1::HANDLER_STATE_SIGNED_OFF})
    line += d.view.paint(by_state[state] ? colour_of(state) : Colour::dim,
                         fmt::format("  {} {}", name_of(state), by_state[state]));
  for (const auto& [reason, count] : reasons)
    if (!reason.empty()) line += d.view.paint(Colour::dim, fmt::format("  ({} {})", reason, count));
  d.add(line);
  line = d.view.paint(Colour::bold, " POOLS    ");
  for (const auto& pool : d.floor.pools)
    line += fmt::format("  {}: {} of {} free, {:.1f} kept for emergencies", pool.id(), pool.idle(), pool.signed_on(),
                        pool.reserve());
  if (!d.floor.pools.empty()) d.add(line);
  d.add("");
}

void alarms(Drawing& d) {
  for (const auto& alarm : d.floor.alarms)
    d.add(d.view.paint(Colour::red,
                       cut(fmt::format(" ! {} {}", clock_text(time_of(alarm.time())), alarm.text()), d.width())));
  if (!d.floor.alarms.empty()) d.add("");
}

constexpr std::size_t call_columns = 6, before_rule = 68;

core::Time clock_start(const v1::Contact& contact) {
  if (contact.state() == v1::CONTACT_STATE_MENU) return time_of(contact.arrived());
  return contact.state() == v1::CONTACT_STATE_TALKING ? time_of(contact.answered()) : time_of(contact.queued());
}

void contact_line(Drawing& d, const v1::Contact& contact) {
  const bool waits = contact.state() == v1::CONTACT_STATE_WAITING || contact.state() == v1::CONTACT_STATE_OFFERED;
  const auto since = d.view.now - clock_start(contact);
  const auto target =
      contact.has_answer_deadline() ? time_of(contact.answer_deadline()) - time_of(contact.queued()) : core::Duration{};
  const auto colour = waits && target.count() > 0 ? wait_colour(since, target) : Colour::plain;
  const auto caller = caller_of(contact.facts());
  const auto rest =
      fmt::format("{}{}", contact.rule(), contact.labels().empty() ? "" : "  " + joined(contact.labels()));
  d.add(fmt::format(" {} {} {} {} {} {} {} {}", right(std::to_string(contact.id()), call_columns),
                    d.view.paint(colour, right(waits ? wait_text(since, target) : span_text(since), 8)),
                    left(name_of(contact.state()), 8), left(grade_letter(contact.grade()), 1),
                    left(contact.queue(), 15), left(caller, 14), left(contact.handler(), 8),
                    cut(rest, d.width() > before_rule ? d.width() - before_rule : 0)));
}

// Waiting calls, the longest first; then those in talk, as far as there is room.
void contacts(Drawing& d) {
  std::vector<const v1::Contact*> calls;
  for (const auto& [id, contact] : d.floor.contacts) calls.push_back(&contact);
  const auto order = [](const v1::Contact* c) {
    return std::pair{c->state() >= v1::CONTACT_STATE_DIALLING_OUT, clock_start(*c)};
  };
  std::stable_sort(calls.begin(), calls.end(), [&](const auto* a, const auto* b) { return order(a) < order(b); });
  if (d.room() < 3) return;
  d.add(d.view.paint(Colour::bold,
                     left(fmt::format(" {} {} {} {} {} {} {} {}", right("CALL", call_columns), right("SINCE", 8),
                                      left("STATE", 8), "G", left("QUEUE", 15), left("CALLER", 14),
                                      left("HANDLER", 8), "RULE"),
                          d.width())));
  if (calls.empty()) d.add(d.view.paint(Colour::dim, "         none"));
  std::size_t shown = 0;
  for (const auto* call : calls) {
    if (d.room() <= 1 && shown + 1 < calls.size()) break;
    contact_line(d, *call);
    ++shown;
  }
  if (shown < calls.size()) d.add(d.view.paint(Colour::dim, fmt::format("         and {} more", calls.size() - shown)));
}

}  // namespace

Frame draw(const Floor& floor, const FloorFigures& figures, const FloorView& view) {
  Drawing d{floor, figures, view, {}};
  header(d);
  if (!floor.complete) {
    d.add(" waiting for the engine's picture of the floor …");
    return d.lines;
  }
  queues(d);
  handlers(d);
  alarms(d);
  contacts(d);
  if (const auto rows = static_cast<std::size_t>(std::max(view.size.rows, 10)); d.lines.size() > rows)
    d.lines.resize(rows);
  for (auto& line : d.lines) line = fitted(line, d.width());
  return d.lines;
}

}  // namespace pledge::view
