#pragma once
// What every sub-command shares: the options before and after its name, and the meaning of the exit code.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <string>
#include <thread>

namespace pledge {

// Exit codes, the same for every sub-command.
inline constexpr int exit_done = 0;
inline constexpr int exit_no = 1;           // the answer is no: faults found, a request refused, figures that disagree
inline constexpr int exit_usage = 2;        // the command line itself is wrong
inline constexpr int exit_unreachable = 3;  // no engine at --server, or the connection was lost
inline constexpr int exit_interrupted = 130;

// Threads of a command that computes: its figures do not depend on them.
inline unsigned processors() { return std::max(1u, std::thread::hardware_concurrency()); }

inline constexpr const char* default_server = "127.0.0.1:9090";

struct Program {
  std::string server = default_server;
  bool json = false;
  int exit = exit_done;  // set by the sub-command that ran
};

// Each adds its sub-commands; their callbacks run after parsing and set `exit`.
void add_serve(CLI::App& app, Program& program);
void add_watch(CLI::App& app, Program& program);
void add_console(CLI::App& app, Program& program);
void add_handler(CLI::App& app, Program& program);
void add_trace(CLI::App& app, Program& program);
void add_explain(CLI::App& app, Program& program);
void add_configuration(CLI::App& app, Program& program);  // check, options
void add_replay(CLI::App& app, Program& program);
void add_simulate(CLI::App& app, Program& program);
void add_demo(CLI::App& app, Program& program);
void add_erlang(CLI::App& app, Program& program);
void add_forecast(CLI::App& app, Program& program);
void add_staff(CLI::App& app, Program& program);
void add_counts(CLI::App& app, Program& program);
void add_roster(CLI::App& app, Program& program);
void add_adherence(CLI::App& app, Program& program);
void add_recording(CLI::App& app, Program& program);
void add_location(CLI::App& app, Program& program);
void add_supervise(CLI::App& app, Program& program);
void add_operations(CLI::App& app, Program& program);  // diff, reload, state, drain, shutdown

}  // namespace pledge
