#pragma once
// What operators ask of a running engine: check, diff, reload, shut down. Part of the composition root.
#include <functional>
#include <string>
#include <vector>

#include "core/core.hpp"
#include "runtime/ports.hpp"
#include "settings/settings.hpp"

namespace pledge {

// The process as a configuration is judged against it.
settings::Environment environment(core::Time now);

// What another configuration decides by, with its calendars as of `at`. The error has every fault of it, a line each.
tl::expected<core::Options, std::vector<std::string>> options_in(const std::string& directory, core::Time at);

class Operations final : public runtime::OperationsPort {
 public:
  struct Hooks {
    // Takes over what can change while running. The error says why not; then nothing has changed.
    // Who asked for it is journalled.
    std::function<tl::expected<void, std::string>(const settings::Settings&, const std::string& actor)> apply;
    std::function<void(const std::string& actor)> shut_down;
  };
  Operations(settings::Settings running, const core::Core& core, const runtime::Clock& clock, Hooks hooks)
      : running_(std::move(running)), core_(core), clock_(clock), hooks_(std::move(hooks)) {}

  // Calendars and summer time are worked out for a bounded time: does it again from now on.
  void renew();
  const settings::Settings& running() const { return running_; }  // in truth: what waits for a restart is not in it

  runtime::OperationResult check(const std::string& directory) override;
  runtime::OperationResult diff(const std::string& directory) override;
  runtime::OperationResult reload(const std::string& directory, const std::string& actor) override;
  void shut_down(const std::string& actor) override { hooks_.shut_down(actor); }
  std::string journal_folder() const override;

 private:
  runtime::OperationResult take_over(const std::string& directory, const std::string& actor);
  void tell_changes(const settings::Settings& candidate, std::vector<std::string>& lines) const;

  settings::Settings running_;
  const core::Core& core_;
  const runtime::Clock& clock_;
  const Hooks hooks_;
};

}  // namespace pledge
