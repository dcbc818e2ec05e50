// `pledge console`: a call handler's console.
#include "tools/pledge/command.hpp"
#include "tools/pledge/desk_session.hpp"
#include "tools/pledge/terminal.hpp"

namespace pledge {

void add_console(CLI::App& app, Program& program) {
  auto* command = app.add_subcommand("console", "a call handler's console, for a person at a terminal or a script");
  auto options = std::make_shared<ConsoleOptions>();
  command->add_option("handler", options->handler, "the handler's id, as in the configuration")->required();
  command->add_option("--role", options->role, "sign on with this role (default: asked for, or the handler's first)");
  command->add_flag("--takeover", options->takeover, "end another console's session without asking");
  command->add_flag("--ready", options->ready, "go ready at once");
  command->add_flag("--plain", options->plain, "without colours (also: $NO_COLOR)");
  command->footer(
      "At a terminal: signs on, then shows the state, the offered call with what is known of its caller, and the keys\n"
      "that do something now: a accept, d decline, r ready, n not ready, x release, p pause the recording or record\n"
      "again, w finish wrap-up, e extend it, h hold, m mute, c consult, t transfer, j join who is consulted, k end that,\n"
      "u ask a silent caller for keys, g the operator has left, z wrong use of the emergency number, o call a number, q sign off. Ctrl-C leaves\n"
      "without signing off: after the grace time the handler is not-ready. When the engine is lost the console finds it\n"
      "again; when it was restarted, you are signed on again and not ready.\n"
      "Who is signed on as a supervisor has l as well: the calls in progress, of which one is chosen to listen to, with a\n"
      "reason that is kept with it. The supervisor's own phone is rung; then w whispers to the handler, b barges in, l only\n"
      "listens again, k leaves.\n\n"
      "Otherwise it reads commands, one a line: ready, not-ready REASON, accept, decline, release, pause REASON,\n"
      "resume, finish, extend [SECONDS], hold, retrieve, mute, unmute, consult PLACE, transfer [PLACE], join, drop [LEG],\n"
      "ask-for-keys, handed-over (by the operator), wrong-use, not-reached (who answered is not the caller), call NUMBER, close CONTACT REASON (to ring back), sign-off, state, wait STATE [SECONDS], quit;\n"
      "a supervisor's: listen, whisper, barge CONTACT REASON, leave CONTACT. PLACE: a handler, \"queue NAME\" or a number. It\n"
      "prints what happens. At the end of the commands it signs off. It leaves with 1 when a command was refused or a wait was in vain.\n\n"
      "Examples:\n"
      "  pledge console a0001\n"
      "  pledge console a0001 --role supervisor --ready\n"
      "  printf 'ready\\nwait offered\\naccept\\nwait talking\\nwait wrap-up 600\\nfinish\\n' | pledge console a0001");
  command->callback([options, &program] {
    options->json = program.json;
    const Client client(program.server);
    DeskSession session(client, options->handler);
    const bool person = input_is_terminal() && output_is_terminal() && !program.json;
    program.exit = person ? run_desk_screen(session, *options, client) : run_desk_lines(session, *options, client);
  });
}

}  // namespace pledge
