#pragma once
// Between the consoles and the loop: telephone numbers as people type them, "020 7946 0123", become E.164, so that the core and
// the journal know one form of a number only. Part of the composition root, which alone may join service and signalling.
#include <string>

#include "runtime/ports.hpp"
#include "sip/signalling/numbers.hpp"

namespace pledge {

class TypedNumbers final : public runtime::EventSink {
 public:
  // `region`: of numbers without country code (ISO 3166-1).
  TypedNumbers(runtime::EventSink& next, const std::string& region) : next_(next) { assume(region); }

  void assume(const std::string& region) { numbers_ = signalling::Numbers({.region = region}); }

  // What is no number is left as it was typed: the core refuses it by name.
  void submit(core::Event event) override;

 private:
  runtime::EventSink& next_;
  signalling::Numbers numbers_;
};

}  // namespace pledge
