// `pledge replay`: recorded events through the core again.
#include "journal/replay.hpp"

#include <iostream>

#include "tools/pledge/command.hpp"

namespace pledge {

void add_replay(CLI::App& app, Program& program) {
  auto* command = app.add_subcommand("replay", "run a journal through the core again and compare its decisions");
  auto request = std::make_shared<journal::ReplayRequest>();
  command->add_option("paths", request->paths, "journal files, or folders of them")->required();
  command->add_flag("--print", request->print, "print every event and every action");
  command->add_flag("!--no-compare", request->compare, "only read: decide nothing again");
  command->footer(
      "The same core, options and events give byte-identical actions; what is compared is their digest in the "
      "journal.\n"
      "Exit codes: 0 all the same; 1 a decision differs; 2 nothing could be read; 3 the files are damaged.\n\n"
      "Examples:\n"
      "  pledge replay journal/\n"
      "  pledge replay journal/ --print | less\n"
      "  pledge replay journal/ --json --print | jq .");
  command->callback([request, &program] {
    request->json = program.json;
    program.exit = journal::run_replay(*request, std::cout, std::cerr);
  });
}

}  // namespace pledge
