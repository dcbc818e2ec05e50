// `pledge watch`: the control room in a terminal.
#include <fmt/format.h>
#include <unistd.h>

#include "tools/pledge/command.hpp"
#include "tools/pledge/floor_watch.hpp"
#include "tools/pledge/terminal.hpp"

namespace pledge {
namespace {

constexpr std::chrono::milliseconds redraw_every{200};  // five times a second: as fast as an eye follows figures

struct Options {
  bool once = false;
  bool plain = false;
};

int stream_json(const Client& client, bool once) {
  Signals signals;
  FloorWatch watch(client);
  while (!signals.stop_wanted()) {
    wait_readable({watch.fd(), signals.fd()}, redraw_every);
    for (const auto& message : watch.take()) {
      fmt::print("{}\n", to_json(message));
      std::fflush(stdout);
    }
    if (once && watch.floor().complete) return exit_done;
    if (!watch.live() && !watch.problem().ok()) return report(watch.problem(), client.server, true);
  }
  return exit_done;
}

int show_once(const Client& client, bool colours) {
  FloorWatch watch(client);
  while (!watch.floor().complete) {
    wait_readable({watch.fd()}, redraw_every);
    watch.take();
    if (!watch.live() && !watch.problem().ok()) return report(watch.problem(), client.server, false);
  }
  auto size = terminal_size();
  if (!output_is_terminal()) size = {200, 120};
  for (const auto& line : view::draw(watch.floor(), read_figures(client), {wall_now(), size, {colours}, "once", {}}))
    fmt::print("{}\n", line);
  return exit_done;
}

constexpr std::chrono::seconds back_shown_for{10};

// A picture that stands still must never pass for one that is live.
std::string trouble_of(const FloorWatch& watch, const std::string& server) {
  if (watch.live_since() == core::Time{}) return {};
  const auto since = view::clock_text(watch.live_since());
  if (!watch.live())
    return fmt::format("NO ENGINE at {} since {}: the floor as it was then; retrying", server, since);
  const bool fresh = watch.was_lost() && wall_now() - watch.live_since() < back_shown_for;
  return fresh ? fmt::format("the engine is back since {}; the picture is live again", since) : std::string{};
}

int show_live(const Client& client, bool colours) {
  Signals signals;
  FloorWatch watch(client);
  FiguresPoll figures(client);
  Screen screen;
  while (!signals.stop_wanted()) {
    wait_readable({signals.fd(), STDIN_FILENO}, redraw_every);
    while (const auto key = screen.key())
      if (*key == 'q' || *key == key_interrupt || *key == key_escape) return exit_done;
    watch.take();
    const auto status = watch.live() ? "live, q leaves" : watch.was_lost() ? "not live, q leaves" : "connecting";
    const auto now = watch.live() || watch.live_since() == core::Time{} ? wall_now() : watch.live_since();
    screen.show(view::draw(watch.floor(), figures.latest(),
                           {now, terminal_size(), {colours}, status, trouble_of(watch, client.server)}));
  }
  return exit_done;
}

int run(const Program& program, const Options& options) {
  const Client client(program.server);
  if (program.json) return stream_json(client, options.once);
  const bool colours = colours_wanted(options.plain);
  if (options.once || !output_is_terminal()) return show_once(client, colours);
  return show_live(client, colours);
}

}  // namespace

void add_watch(CLI::App& app, Program& program) {
  auto* command = app.add_subcommand("watch", "queues, handlers and calls, live in the terminal");
  auto options = std::make_shared<Options>();
  command->add_flag("--once", options->once, "print the picture once and leave");
  command->add_flag("--plain", options->plain, "without colours (also: $NO_COLOR)");
  command->footer(
      "Per queue: calls waiting, the longest wait against the answer target (green, yellow from 60 % of it, red "
      "beyond),\n"
      "the service level of the last 15 minutes and of today. Then who is there, and the calls, longest wait first; a\n"
      "wait past its target is marked \"!\". `pledge trace CALL` tells all about one. q leaves.\n\n"
      "Examples:\n"
      "  pledge watch                         the live picture\n"
      "  pledge watch --once                  the same, once, for a log\n"
      "  pledge watch --json | jq .delta      every change as it happens");
  command->callback([options, &program] { program.exit = run(program, *options); });
}

}  // namespace pledge
