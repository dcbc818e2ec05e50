#pragma once
// The wire's enumerations in the words of the floor.
#include <fmt/format.h>

#include "pledge/v1/common.pb.h"
#include "tools/pledge/view/text.hpp"

namespace pledge::view {

std::string name_of(v1::HandlerState state);
std::string name_of(v1::ContactState state);
std::string name_of(v1::ContactEnd end);
std::string name_of(v1::OfferEnd end);
std::string name_of(v1::Provenance provenance);
// The caller's number, "withheld" where the caller asked for that, "unknown" where no network told one.
std::string caller_of(const v1::CallerFacts& facts);
std::string name_of(v1::DecisionKind kind);
std::string name_of(v1::PhoneMode mode);
std::string grade_letter(v1::Grade grade);  // "I", "S", "E", "R", "" where none was given
std::string grade_text(v1::Grade grade);    // "I (immediate)" …
Colour colour_of(v1::HandlerState state);

// The call as it now is. A change comes without what cannot change: the caller's facts, the rule, its labels, the
// deadline.
void update(v1::Contact& known, const v1::Contact& changed);

template <class List>
std::string joined(const List& list) {
  return fmt::format("{}", fmt::join(list.begin(), list.end(), ", "));
}

}  // namespace pledge::view
