#include "tools/pledge/view/names.hpp"

#include <algorithm>
#include <utility>

namespace pledge::view {
namespace {

// "HANDLER_STATE_WRAP_UP" → "wrap-up"; what is unspecified reads "".
std::string words(std::string_view full, std::string_view prefix) {
  if (!full.starts_with(prefix)) return std::string{full};
  std::string out{full.substr(prefix.size())};
  if (out == "UNSPECIFIED") return {};
  std::transform(out.begin(), out.end(), out.begin(), [](char c) {
    return c == '_' ? '-' : c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  });
  return out;
}

}  // namespace

std::string name_of(v1::HandlerState state) { return words(v1::HandlerState_Name(state), "HANDLER_STATE_"); }
std::string name_of(v1::ContactState state) { return words(v1::ContactState_Name(state), "CONTACT_STATE_"); }
std::string name_of(v1::ContactEnd end) { return words(v1::ContactEnd_Name(end), "CONTACT_END_"); }
std::string name_of(v1::OfferEnd end) { return words(v1::OfferEnd_Name(end), "OFFER_END_"); }
std::string name_of(v1::DecisionKind kind) { return words(v1::DecisionKind_Name(kind), "DECISION_KIND_"); }
std::string name_of(v1::PhoneMode mode) { return words(v1::PhoneMode_Name(mode), "PHONE_MODE_"); }

std::string name_of(v1::Provenance provenance) {
  switch (provenance) {
    case v1::PROVENANCE_FROM:
      return "claimed by the caller's side";
    case v1::PROVENANCE_ASSERTED:
      return "asserted by the network";
    case v1::PROVENANCE_WITHHELD:
      return "withheld";
    default:
      return "of unknown origin";
  }
}

std::string caller_of(const v1::CallerFacts& facts) {
  if (!facts.caller().empty()) return facts.caller();
  return facts.provenance() == v1::PROVENANCE_WITHHELD ? "withheld" : "unknown";
}

std::string grade_letter(v1::Grade grade) {
  constexpr std::string_view letters[] = {"", "I", "S", "E", "R"};
  return std::string{letters[std::clamp<int>(grade, 0, 4)]};
}

std::string grade_text(v1::Grade grade) {
  const auto letter = grade_letter(grade);
  return letter.empty() ? "none given" : fmt::format("{} ({})", letter, words(v1::Grade_Name(grade), "GRADE_"));
}

void update(v1::Contact& known, const v1::Contact& changed) {
  auto before = std::exchange(known, changed);
  if (!changed.has_facts() && before.has_facts()) *known.mutable_facts() = std::move(*before.mutable_facts());
  if (changed.rule().empty()) known.set_rule(before.rule());
  if (changed.labels().empty()) *known.mutable_labels() = before.labels();
  if (!changed.has_answer_deadline() && before.has_answer_deadline() && before.queue() == changed.queue())
    *known.mutable_answer_deadline() = before.answer_deadline();
}

Colour colour_of(v1::HandlerState state) {
  switch (state) {
    case v1::HANDLER_STATE_READY:
      return Colour::green;
    case v1::HANDLER_STATE_OFFERED:
      return Colour::yellow;
    case v1::HANDLER_STATE_TALKING:
      return Colour::cyan;
    case v1::HANDLER_STATE_NOT_READY:
      return Colour::red;
    case v1::HANDLER_STATE_SIGNED_OFF:
      return Colour::dim;
    default:
      return Colour::plain;
  }
}

}  // namespace pledge::view
