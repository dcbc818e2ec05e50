#include "main/operations.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <sys/resource.h>

#include <filesystem>

#include "main/recordings.hpp"
#include "sip/media/sound_file.hpp"
#include "sip/signalling/text.hpp"

namespace pledge {
namespace {

using signalling::text::printable;

void tell(const std::vector<settings::Fault>& faults, std::vector<std::string>& lines) {
  for (const auto& fault : faults) lines.push_back(settings::to_text(fault));
}

// Default prompts stand beside the program.
std::string default_prompts() {
  std::error_code error;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", error);
  return error ? std::string{} : (program.parent_path() / "prompts").string();
}

std::string sound_fault(const std::string& path) {
  const auto samples = media::read_sound_file(path);
  return samples ? std::string{} : samples.error();
}

}  // namespace

settings::Environment environment(core::Time now) {
  rlimit files{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  return {now, files.rlim_max == RLIM_INFINITY ? 0 : files.rlim_max, default_prompts(), sound_fault,
          folder_fault};
}

runtime::OperationResult Operations::check(const std::string& directory) {
  runtime::OperationResult result;
  const auto loaded = settings::load(directory, environment(clock_.now()));
  result.ok = loaded.has_value();
  tell(loaded ? loaded->warnings : loaded.error(), result.lines);
  return result;
}

runtime::OperationResult Operations::diff(const std::string& directory) {
  runtime::OperationResult result;
  const auto loaded = settings::load(directory, environment(clock_.now()));
  result.ok = loaded.has_value();
  tell(loaded ? loaded->warnings : loaded.error(), result.lines);
  if (loaded) tell_changes(*loaded, result.lines);
  return result;
}

runtime::OperationResult Operations::reload(const std::string& directory, const std::string& actor) {
  auto result = take_over(directory, actor);
  spdlog::log(result.ok ? spdlog::level::info : spdlog::level::err, "reload of {} by {}: {}", printable(directory),
              printable(actor), result.ok ? "in force" : "refused, nothing has changed");
  for (const auto& line : result.lines) result.ok ? spdlog::info("reload: {}", line) : spdlog::error("reload: {}", line);
  return result;
}

std::string Operations::journal_folder() const {
  std::error_code error;
  const auto path = std::filesystem::absolute(running_.journal.directory, error);
  return error ? running_.journal.directory : path.lexically_normal().string();
}

runtime::OperationResult Operations::take_over(const std::string& directory, const std::string& actor) {
  runtime::OperationResult result;
  const auto process = environment(clock_.now());
  const auto loaded = settings::load(directory, process);
  tell(loaded ? loaded->warnings : loaded.error(), result.lines);
  if (!loaded) return result.ok = false, result;
  tell_changes(*loaded, result.lines);
  auto next = settings::until_restart(running_, *loaded, process);
  if (const auto applied = hooks_.apply(next, actor); !applied) {
    result.lines.push_back(applied.error() + "; nothing has been changed");
    return result.ok = false, result;
  }
  running_ = std::move(next);
  return result;
}

tl::expected<core::Options, std::vector<std::string>> options_in(const std::string& directory, core::Time at) {
  auto judged = environment(at);
  judged.most_descriptors = 0;  // they are not needed to decide
  auto loaded = settings::load(directory, judged);
  if (loaded) return std::move(loaded->core);
  std::vector<std::string> lines;
  for (const auto& fault : loaded.error()) lines.push_back(settings::to_text(fault));
  return tl::unexpected(std::move(lines));
}

void Operations::renew() {
  running_ = settings::renewed(running_, environment(clock_.now()));
  (void)hooks_.apply(running_, "calendar");  // what runs already cannot be refused
}

void Operations::tell_changes(const settings::Settings& candidate, std::vector<std::string>& lines) const {
  const auto changes = settings::diff(running_, candidate);
  if (changes.empty()) lines.push_back("nothing changes");
  for (const auto& change : changes) {
    std::uint64_t waiting = 0;
    for (const auto& queue : change.queues) {
      const auto view = core_.queue(queue);
      waiting += view ? view->waiting : 0;
    }
    std::string line = change.text;
    if (!change.queues.empty()) line += fmt::format("; {} waiting call{} affected", waiting, waiting == 1 ? "" : "s");
    lines.push_back(std::move(line));
  }
}

}  // namespace pledge
