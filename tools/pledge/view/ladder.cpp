#include "tools/pledge/view/ladder.hpp"

#include "tools/pledge/view/names.hpp"

namespace pledge::view {
namespace {

constexpr std::size_t span = 18;  // columns between two lifelines

enum class Arrow { none, in, out, through };

std::string rung(Arrow caller, Arrow handler, std::string_view caller_text, std::string_view handler_text) {
  const auto part = [](Arrow arrow, std::string_view text) {
    if (arrow == Arrow::none) return std::string(span, ' ');
    const auto label = cut(text, span - 4);
    std::string line = arrow == Arrow::out ? "<" : "─";
    line += "─" + label;
    for (auto n = columns_of(label) + 3; n < span; ++n) line += "─";
    return line + (arrow == Arrow::in ? ">" : "─");
  };
  return "│" + part(caller, caller_text) + "│" + part(handler, handler_text) + "│";
}

struct Step {
  std::string ladder, words;
};

Step of(const v1::ContactStep& step) {
  switch (step.state()) {
    case v1::CONTACT_STATE_ARRIVED:
      return {rung(Arrow::in, Arrow::none, "INVITE", ""), "arrived"};
    case v1::CONTACT_STATE_WAITING:
      return {rung(Arrow::out, Arrow::none, "waits", ""), fmt::format("waits in {}", step.queue())};
    case v1::CONTACT_STATE_OFFERED:
      return {rung(Arrow::none, Arrow::none, "", ""), fmt::format("offered to {}", step.handler())};
    case v1::CONTACT_STATE_TALKING:
      return {rung(Arrow::out, Arrow::in, "answered", "talking"), fmt::format("in talk with {}", step.handler())};
    case v1::CONTACT_STATE_DIALLING_OUT:
      return {rung(Arrow::none, Arrow::in, "", "INVITE outside"), "dialling out"};
    case v1::CONTACT_STATE_OUTSIDE:
      return {rung(Arrow::out, Arrow::in, "answered", "outside"), "connected outside"};
    case v1::CONTACT_STATE_ENDED:
      return {rung(step.end() == v1::CONTACT_END_ABANDONED ? Arrow::in : Arrow::through, Arrow::none,
                   name_of(step.end()), ""),
              fmt::format("ended: {}", name_of(step.end()))};
    default:
      return {rung(Arrow::none, Arrow::none, "", ""), name_of(step.state())};
  }
}

Step of(const v1::OfferStep& step) {
  if (step.end() == v1::OFFER_END_UNSPECIFIED)
    return {rung(Arrow::none, Arrow::in, "", "offer"), fmt::format("offer {} to {}", step.id(), step.handler())};
  const bool accepted = step.end() == v1::OFFER_END_ACCEPTED;
  return {
      rung(Arrow::none, step.end() == v1::OFFER_END_WITHDRAWN ? Arrow::in : Arrow::out, "", name_of(step.end())),
      fmt::format("offer {} {} {}", step.id(), accepted ? "accepted by" : name_of(step.end()) + ":", step.handler())};
}

Step of(const v1::TraceStep& step) {
  if (step.has_contact()) return of(step.contact());
  if (step.has_offer()) return of(step.offer());
  const auto& decision = step.decision();
  return {rung(Arrow::none, Arrow::none, "", ""),
          "· " + (decision.text().empty() ? fmt::format("{} {}", name_of(decision.kind()), decision.rule())
                                          : decision.text())};
}

}  // namespace

Frame draw_ladder(const v1::GetContactTraceResponse& trace) {
  const auto& contact = trace.contact();
  const auto& facts = contact.facts();
  Frame lines;
  lines.push_back(fmt::format("call {}   {} → {}   queue {}   {}", contact.id(),
                              facts.caller().empty() ? "withheld" : facts.caller(), facts.dialled(), contact.queue(),
                              name_of(contact.state())));
  if (!facts.sip_call_id().empty())
    lines.push_back(
        fmt::format("SIP Call-ID {}   from {}   trunk {}", facts.sip_call_id(), facts.source(), facts.trunk()));
  lines.push_back("");
  lines.push_back(fmt::format("{}caller{}engine{}handler", std::string(20, ' '), std::string(span - 5, ' '),
                              std::string(span - 6, ' ')));
  const auto origin = trace.steps().empty() ? core::Time{} : time_of(trace.steps(0).time());
  for (const auto& step : trace.steps()) {
    const auto at = time_of(step.time());
    const auto [ladder, words] = of(step);
    const auto since = std::chrono::duration<double>(at - origin).count();
    lines.push_back(fmt::format("{} {:>8.3f}  {}  {}", clock_millis(at), since, ladder, words));
  }
  if (trace.cut()) lines.push_back("… later steps were not kept");
  return lines;
}

}  // namespace pledge::view
