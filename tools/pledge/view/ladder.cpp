#include "tools/pledge/view/ladder.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "tools/pledge/view/names.hpp"

namespace pledge::view {
namespace {

constexpr std::size_t span = 24;    // columns between two lifelines
constexpr std::size_t margin = 22;  // of the times before the first one
constexpr std::size_t least_note = 30;

// "──200 OK (BYE)────>" or "<──INVITE──", as wide as the space between two lifelines.
std::string arrow(std::string_view label, bool rightwards) {
  const auto text = cut(label, span - 5);
  std::string line = rightwards ? "──" : "<─";
  line += " " + text + " ";
  for (auto column = columns_of(text) + 4; column + 1 < span; ++column) line += "─";
  return line + (rightwards ? ">" : "─");
}

std::string blank() { return std::string(span, ' '); }

std::string label_of(const v1::SipStep& sip) {
  if (sip.status() == 0) return sip.method();
  const auto text = fmt::format("{} {}", sip.status(), sip.text());
  return sip.method() == "INVITE" ? text : fmt::format("{} ({})", text, sip.method());
}

// The caller stands left of Pledge, phones stand right of it.
std::string rung(const v1::SipStep& sip) {
  const bool caller = sip.party().empty();
  const auto drawn = arrow(label_of(sip), sip.sent() != caller);
  auto line = caller ? "│" + drawn + "│" + blank() + "│" : "│" + blank() + "│" + drawn + "│";
  if (!caller) line += " " + sip.party();
  line += fmt::format(" {} {}", sip.cseq(), sip.method());
  if (!sip.body().empty()) line += "  " + sip.body();
  if (sip.again()) line += "  (again)";
  return line;
}

std::string note(const v1::ContactStep& step) {
  switch (step.state()) {
    case v1::CONTACT_STATE_WAITING:
      return "■ waits in " + step.queue();
    case v1::CONTACT_STATE_OFFERED:
      return "■ offered to " + step.handler();
    case v1::CONTACT_STATE_TALKING:
      return "■ answered: in talk with " + step.handler();
    case v1::CONTACT_STATE_DIALLING_OUT:
      return "■ dials an outside number";
    case v1::CONTACT_STATE_OUTSIDE:
      return "■ connected to an outside number";
    case v1::CONTACT_STATE_ENDED:
      return "■ ended: " + name_of(step.end());
    default:
      return "■ " + name_of(step.state());
  }
}

std::string note(const v1::OfferStep& step) {
  const auto offer = fmt::format("◆ offer {} to {}", step.id(), step.handler());
  return step.end() == v1::OFFER_END_UNSPECIFIED ? offer : fmt::format("{}: {}", offer, name_of(step.end()));
}

std::string note(const v1::TraceStep& step) {
  if (step.has_contact()) return note(step.contact());
  if (step.has_offer()) return note(step.offer());
  if (step.has_note()) return "▸ " + step.note().text();
  if (step.has_recording()) return "● " + step.recording().text();
  const auto& decision = step.decision();
  return "· " + (decision.text().empty() ? fmt::format("{} {}", name_of(decision.kind()), decision.rule())
                                         : decision.text());
}

// Broken between words; what follows the first line is indented.
Frame wrapped(std::string_view text, std::size_t columns) {
  Frame lines;
  std::string line;
  while (!text.empty()) {
    const auto space = text.find(' ');
    const auto word = text.substr(0, space);
    text = space == std::string_view::npos ? std::string_view{} : text.substr(space + 1);
    if (!line.empty() && columns_of(line) + 1 + columns_of(word) > columns) lines.push_back(std::exchange(line, "  "));
    else if (!line.empty()) line += " ";
    line += word;
  }
  lines.push_back(line);
  return lines;
}

// Who took part, with the address at the other end and the Call-ID to look for in other logs.
void draw_legs(const v1::GetContactTraceResponse& trace, Frame& lines) {
  std::map<std::string, bool> seen;
  for (const auto& step : trace.steps()) {
    if (!step.has_sip() || !seen.try_emplace(step.sip().call_id()).second) continue;
    const auto& sip = step.sip();
    lines.push_back(fmt::format("  {}  {}  Call-ID {}", left(sip.party().empty() ? "caller" : sip.party(), 10),
                                left(sip.peer(), 24), sip.call_id()));
  }
}

void draw_head(const v1::GetContactTraceResponse& trace, Frame& lines) {
  const auto& contact = trace.contact();
  const auto& facts = contact.facts();
  const auto state = contact.state() == v1::CONTACT_STATE_ENDED ? "ended: " + name_of(contact.end())
                                                                : name_of(contact.state());
  lines.push_back(fmt::format("call {}   {} → {}   trunk {}   queue {}   {}", contact.id(),
                              caller_of(facts), facts.dialled(),
                              facts.trunk().empty() ? "none" : facts.trunk(),
                              contact.queue().empty() ? "none" : contact.queue(), state));
  draw_legs(trace, lines);
  lines.push_back("");
  lines.push_back(fmt::format("{}{}{}{}", left("time          seconds", margin), left("caller", span - 2),
                              left("Pledge", span - 1), "phone"));
}

}  // namespace

Frame draw_ladder(const v1::GetContactTraceResponse& trace, std::size_t columns) {
  Frame lines;
  draw_head(trace, lines);
  const auto origin = trace.steps().empty() ? core::Time{} : time_of(trace.steps(0).time());
  const auto room = std::max(columns, margin + 4 + least_note) - margin - 4;
  for (const auto& step : trace.steps()) {
    const auto at = time_of(step.time());
    const auto since = std::chrono::duration<double>(at - origin).count();
    auto before = left(fmt::format("{} {:>8.3f}", clock_millis(at), since), margin);
    if (step.has_sip()) {
      lines.push_back(before + rung(step.sip()));
      continue;
    }
    for (const auto& line : wrapped(note(step), room)) {
      lines.push_back(before + "│ " + line);
      before = left("", margin);
    }
  }
  if (trace.cut()) lines.push_back("… what came later was not kept (service.steps_per_contact)");
  return lines;
}

}  // namespace pledge::view
