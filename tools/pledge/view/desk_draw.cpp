// The console's screen: the state in one word, the call in front of the handler, what can be done about it.
#include <fmt/format.h>

#include <algorithm>

#include "tools/pledge/view/caller_facts.hpp"
#include "tools/pledge/view/desk.hpp"
#include "tools/pledge/view/names.hpp"

namespace pledge::view {
namespace {

constexpr std::size_t label_columns = 16;

struct Drawing {
  const Desk& desk;
  const DeskView& view;
  Frame lines;
  void add(std::string line) { lines.push_back(std::move(line)); }
  std::size_t width() const { return static_cast<std::size_t>(std::max(view.size.columns, 60)); }
  void fact(std::string_view label, std::string_view value, Colour colour = Colour::plain) {
    if (value.empty()) return;
    const auto room = width() - label_columns - 4;
    add(fmt::format("   {} {}", view.paint(Colour::dim, left(label, label_columns)),
                    view.paint(colour, cut(value, room))));
  }
};

void header(Drawing& d) {
  const auto& handler = d.desk.handler;
  const auto text =
      fmt::format(" {}   {}   {}   {}", handler.id(), handler.role(), handler.centre(), joined(handler.queues()));
  const auto state = d.desk.service_state.state() + (d.desk.service_state.draining() ? ", draining" : "");
  const auto end = fmt::format("  {}   {} ", state, clock_text(d.view.now));
  d.add(d.view.paint(Colour::inverse, left(text, d.width() - std::min(columns_of(end), d.width())) + end));
  d.add("");
}

std::string upper(std::string text) {
  for (auto& c : text)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
  return text;
}

void state(Drawing& d) {
  const auto& handler = d.desk.handler;
  const auto name = handler.state() == v1::HANDLER_STATE_UNSPECIFIED ? "signed-off" : name_of(handler.state());
  auto line = " " + d.view.paint(colour_of(handler.state()), upper(name));
  if (!handler.reason().empty()) line += fmt::format("  {}", handler.reason());
  if (handler.has_since() && handler.state() != v1::HANDLER_STATE_SIGNED_OFF)
    line += fmt::format("  {}", span_text(d.view.now - time_of(handler.since())));
  if (handler.state() == v1::HANDLER_STATE_WRAP_UP && handler.has_wrap_up_ends())
    line += fmt::format("  ready again in {}", span_text(time_of(handler.wrap_up_ends()) - d.view.now));
  const bool needs_phone = handler.phone_mode() != v1::PHONE_MODE_UNSPECIFIED && !handler.phone_bound();
  if (needs_phone && handler.state() != v1::HANDLER_STATE_SIGNED_OFF)
    line += "  " + d.view.paint(Colour::red, "your phone is not registered");
  d.add(line);
  const auto& own = d.desk.statistics;
  d.add(d.view.paint(Colour::dim, fmt::format(" today: {} calls, mean handling {}, occupancy {:.0f} %, signed on {}",
                                              own.calls(), span_text(duration_of(own.mean_handling())),
                                              own.occupancy() * 100, span_text(duration_of(own.signed_on())))));
  d.add("");
}

// What came with the call is told; references (to a server, say) are shown as they are.
void documents(Drawing& d, const v1::CallerFacts& facts) {
  const auto put = [&](const FactLine& line) { d.fact(line.label, line.text, line.fault ? Colour::red : Colour::plain); };
  for (const auto& location : facts.locations())
    for (const auto& line : lines_of(location)) put(line);
  for (const auto& reference : facts.geolocation())
    if (!reference.starts_with("<cid:")) d.fact("location at", reference);
  for (const auto& line : additional_lines(facts)) put(line);
  for (const auto& reference : facts.additional_data())
    if (!reference.starts_with("<cid:")) d.fact("additional data", reference);
}

// "14:03:22 emergency: abandoned after 0:35, silent".
std::string told(const v1::EarlierCall& call, core::Time now) {
  const auto end = call.has_ended() ? name_of(call.end()) : "not over yet";
  const auto lasted = (call.has_ended() ? time_of(call.ended()) : now) - time_of(call.began());
  auto text = fmt::format("{} {}{}: {} after {}", clock_text(time_of(call.began())), call.outgoing() ? "called from here, " : "",
                          call.queue(), end, span_text(lasted));
  if (!call.handler().empty()) text += ", with " + call.handler();
  return call.labels().empty() ? text : text + ", " + joined(call.labels());
}

void caller(Drawing& d, const v1::Contact& contact) {
  const auto& facts = contact.facts();
  const auto number =
      facts.caller().empty() ? caller_of(facts) : fmt::format("{}   {}", facts.caller(), name_of(facts.provenance()));
  d.fact("caller", number, Colour::bold);
  d.fact("name", facts.display_name());
  if (contact.operator_present()) d.fact("on the line", "the network's OPERATOR, and the caller", Colour::yellow);
  d.fact("place", facts.place());
  d.fact("dialled", facts.dialled());
  d.fact("queue", contact.queue(), Colour::bold);
  if (contact.grade() != v1::GRADE_UNSPECIFIED) d.fact("grade", grade_text(contact.grade()));
  d.fact("labels", joined(contact.labels()), Colour::yellow);
  d.fact("priority", facts.resource_priority());
  d.fact("service", facts.service_urn());
  documents(d, facts);
  d.fact("call info", joined(facts.call_info()));
  for (const auto& call : facts.earlier())
    d.fact(&call == &facts.earlier(0) ? "earlier calls" : "", told(call, d.view.now), Colour::yellow);
  for (const auto& part : facts.body_parts())
    d.fact("attached", fmt::format("{}, {} bytes", part.content_type(), part.content().size()));
  d.fact("because of rule", contact.rule());
  d.fact("trunk",
         facts.trunk().empty() ? "" : fmt::format("{}{}", facts.trunk(), facts.trusted() ? "" : " (not trusted)"));
}

void waited(Drawing& d, const v1::Contact& contact) {
  const auto end = contact.has_answered() ? time_of(contact.answered()) : d.view.now;
  const auto wait = end - time_of(contact.queued());
  std::string text = span_text(wait);
  Colour colour = Colour::green;
  if (contact.has_answer_deadline()) {
    const auto rest = time_of(contact.answer_deadline()) - end;
    const auto target = seconds_text(time_of(contact.answer_deadline()) - time_of(contact.queued()));
    colour = rest.count() < 0 ? Colour::red : Colour::green;
    if (contact.has_answered())
      text += rest.count() < 0 ? fmt::format("   target of {} missed", target)
                               : fmt::format("   within the target of {}", target);
    else if (rest.count() < 0) text += fmt::format("   {} past the target of {}", span_text(-rest), target);
    else
      text +=
          fmt::format("   {} left of {}", seconds_text(std::chrono::duration_cast<std::chrono::seconds>(rest)), target);
  }
  d.fact("waited", text, colour);
}

std::string recorded(const Drawing& d, v1::RecordingState state) {
  switch (state) {
    case v1::RECORDING_STATE_ON:
      return "   " + d.view.paint(Colour::red, "● REC");
    case v1::RECORDING_STATE_PAUSED:
      return "   " + d.view.paint(Colour::yellow, "‖ PAUSED");
    case v1::RECORDING_STATE_FAILED:
      return "   " + d.view.paint(Colour::alert, "NOT RECORDED");
    default:
      return {};
  }
}

std::string said_of(const v1::Party* own) {
  if (!own || !own->answered()) return "YOUR PHONE RINGS: answer it to listen";
  if (own->mode() == v1::MONITOR_MODE_LISTEN) return "YOU LISTEN: nobody hears you";
  return own->mode() == v1::MONITOR_MODE_WHISPER ? "YOU WHISPER: the handler hears you, the caller does not"
                                                 : "YOU ARE IN THE CALL: everybody hears you";
}

// The call that a supervisor listens to.
void monitored(Drawing& d) {
  const auto talk = d.desk.monitored && d.desk.monitored->has_answered()
                        ? "   " + span_text(d.view.now - time_of(d.desk.monitored->answered()))
                        : std::string{};
  const auto* own = own_monitoring(d.desk);
  d.add(d.view.paint(Colour::alert, left(fmt::format("  {}   call {}{}", said_of(own), d.desk.handler.monitors(), talk), d.width())));
  if (d.desk.monitored_parties) {
    if (d.desk.monitored_parties->held()) d.fact("caller", "ON HOLD", Colour::yellow);
    if (d.desk.monitored_parties->muted()) d.fact("handler", "MUTED", Colour::yellow);
    for (const auto& party : d.desk.monitored_parties->parties())
      if (&party != own) d.fact("in the call", text_of(party), Colour::cyan);
  }
  if (d.desk.monitored) caller(d, *d.desk.monitored);
}

std::size_t foot_lines(const Drawing& d) {
  const std::size_t asked = d.view.question ? 2 + std::max<std::size_t>(d.view.question->choices.size(), 1) : 2;
  return d.desk.events.size() + 1 + !d.view.notice.empty() + asked;
}

void call(Drawing& d) {
  if (d.view.calls) {
    const auto used = d.lines.size() + 1 + foot_lines(d);
    const Size room{d.view.size.rows - static_cast<int>(used), static_cast<int>(d.width())};
    for (auto& line : d.view.calls->draw(d.view.now, room, d.view.paint)) d.add(std::move(line));
  } else if (d.desk.offer) {
    const auto& offer = *d.desk.offer;
    d.add(d.view.paint(Colour::alert, left(fmt::format("  {}   {} to take it",
                                                       offer.contact().consults() != 0 ? "CONSULTATION" : "INCOMING CALL",
                                                       span_text(time_of(offer.expires()) - d.view.now)),
                                           d.width())));
    d.add("");
    if (offer.contact().consults() != 0)
      d.fact("asked by", fmt::format("{}, about call {}", offer.contact().consulted_by(), offer.contact().consults()), Colour::cyan);
    waited(d, offer.contact());
    caller(d, offer.contact());
    d.add("");
    if (!offer.can_accept())
      d.add(" " + d.view.paint(Colour::bold, offer.cannot_accept_reason().empty()
                                                 ? "answer your phone to accept"
                                                 : cut(offer.cannot_accept_reason(), d.width() - 2)));
  } else if (d.desk.handler.monitors() != 0) {
    monitored(d);
  } else if (d.desk.contact && d.desk.handler.state() != v1::HANDLER_STATE_READY) {
    const auto& contact = *d.desk.contact;
    const bool over = contact.state() == v1::CONTACT_STATE_ENDED;
    const auto talk = contact.has_answered()
                          ? (contact.has_ended() ? time_of(contact.ended()) : d.view.now) - time_of(contact.answered())
                          : core::Duration{};
    d.add(d.view.paint(Colour::bold, fmt::format(" {}   call {}   {}", over ? "LAST CALL" : "ON THE LINE", contact.id(),
                                                 span_text(talk))) +
          recorded(d, contact.recording()));
    if (d.desk.parties) {
      if (d.desk.parties->held()) d.fact("caller", "ON HOLD", Colour::yellow);
      if (d.desk.parties->muted()) d.fact("you are", "MUTED", Colour::yellow);
      for (const auto& party : d.desk.parties->parties())
        if (party.handler() != d.desk.handler.id()) d.fact("with", text_of(party), Colour::cyan);
    }
    waited(d, contact);
    caller(d, contact);
  } else {
    d.add(d.view.paint(Colour::dim, " no call"));
  }
  d.add("");
}

void question(Drawing& d) {
  const auto& asked = *d.view.question;
  d.add(" " + d.view.paint(Colour::bold, asked.text));
  for (std::size_t i = 0; i < asked.choices.size(); ++i) d.add(fmt::format("   {}  {}", i + 1, asked.choices[i]));
  if (asked.choices.empty()) d.add(fmt::format("   {}▏", asked.typed));
  d.add(d.view.paint(Colour::dim, asked.choices.empty() ? "   type it, then Enter; Esc goes back"
                                                        : "   press its number; Enter takes the first, Esc goes back"));
}

void keys(Drawing& d) {
  std::vector<std::pair<std::string, std::string>> shown;
  if (d.view.calls) shown = {{"type", "to narrow"}, {"↑ ↓", "choose"}, {"Enter", "listen to it"}, {"Esc", "back"}};
  else
    for (const auto& [key, what] : keys_of(d.desk)) shown.emplace_back(std::string(1, key), what);
  std::string line = " ";
  std::size_t columns = 1;
  const auto put = [&](const std::string& drawn) {
    const auto size = columns_of(drawn);
    if (columns + size > d.width() && columns > 1) {
      d.add(line);
      line = " ";
      columns = 1;
    }
    line += drawn;
    columns += size;
  };
  for (const auto& [key, what] : shown) put(fmt::format("{} {}   ", d.view.paint(Colour::inverse, fmt::format(" {} ", key)), what));
  put(d.view.paint(Colour::dim, "Ctrl-C leaves"));
  d.add(line);
}

void foot(Drawing& d) {
  for (const auto& event : d.desk.events) d.add(d.view.paint(Colour::dim, cut(" " + event, d.width())));
  d.add("");
  if (!d.view.notice.empty()) d.add(" " + d.view.paint(Colour::red, cut(d.view.notice, d.width() - 2)));
  if (d.view.question) question(d);
  else keys(d);
}

}  // namespace

Frame draw(const Desk& desk, const DeskView& view) {
  Drawing d{desk, view, {}};
  header(d);
  if (!desk.attached) {
    d.add(" waiting for the engine …");
  } else {
    state(d);
    call(d);
  }
  foot(d);
  for (auto& line : d.lines) line = fitted(line, d.width());
  return d.lines;
}

}  // namespace pledge::view
