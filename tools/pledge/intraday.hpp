#pragma once
// `pledge intraday`: what is still to come today, who is needed for it, and what can be done.
#include "tools/pledge/command.hpp"

namespace pledge {

void add_intraday(CLI::App& app, Program& program);

}  // namespace pledge
