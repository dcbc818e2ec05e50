#pragma once
// Alarms, at most one per kind and interval; what was held back is told with the next.
#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "runtime/ports.hpp"

namespace pledge::signalling {

class Alarms {
 public:
  using Sink = std::function<void(const std::string& kind, const std::string& text)>;
  Alarms(const runtime::Clock& clock, Sink sink, core::Duration every);

  void raise(const std::string& kind, const std::string& text);
  void reconfigure(core::Duration every) { every_ = every; }

 private:
  struct Kind {
    core::Time last{0};
    std::uint64_t held_back = 0;
    bool raised = false;
  };
  const runtime::Clock& clock_;
  Sink sink_;
  core::Duration every_;
  std::map<std::string, Kind> kinds_;
};

}  // namespace pledge::signalling
