#include "tools/pledge/engine_process.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <deque>
#include <filesystem>
#include <fstream>

#include "tools/pledge/terminal.hpp"

namespace pledge {
namespace {

constexpr int exit_not_started = 127;
constexpr std::chrono::milliseconds look_every{20};
constexpr std::chrono::seconds end_within{5};

[[noreturn]] void become_engine(std::vector<char*>& argv, const char* path, const char* directory, int log) {
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);  // should this program die, the engine goes too
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::setpgid(0, 0);  // Ctrl-C at the terminal is for this program alone
  const int null = ::open("/dev/null", O_RDONLY);
  ::dup2(null, STDIN_FILENO);
  ::dup2(log, STDOUT_FILENO);
  ::dup2(log, STDERR_FILENO);
  if (::chdir(directory) == 0) ::execv(path, argv.data());
  ::_exit(exit_not_started);
}

}  // namespace

EngineProcess::EngineProcess(const std::vector<std::string>& arguments, const std::string& directory,
                             const std::string& log) {
  const auto path = own_path();
  std::vector<char*> argv{const_cast<char*>(path.c_str())};
  for (const auto& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  const int out = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  pid_ = ::fork();
  if (pid_ == 0) become_engine(argv, path.c_str(), directory.c_str(), out);
  if (out >= 0) ::close(out);
}

EngineProcess::~EngineProcess() { stop(end_within); }

bool EngineProcess::reap(bool wait) {
  if (pid_ <= 0) return true;
  int status = 0;
  if (::waitpid(pid_, &status, wait ? 0 : WNOHANG) != pid_) return false;
  exit_ = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  pid_ = -1;
  return true;
}

bool EngineProcess::running() { return !reap(false); }

int EngineProcess::stop(std::chrono::milliseconds within) {
  if (!running()) return exit_;
  ::kill(pid_, SIGTERM);
  const auto limit = std::chrono::steady_clock::now() + within;
  while (!reap(false) && std::chrono::steady_clock::now() < limit) wait_readable({}, look_every);
  if (running()) {
    ::kill(pid_, SIGKILL);
    reap(true);
  }
  return exit_;
}

std::string own_path() { return std::filesystem::read_symlink("/proc/self/exe").string(); }

std::string last_lines(const std::string& file, std::size_t most) {
  std::ifstream in(file);
  std::deque<std::string> lines;
  for (std::string line; std::getline(in, line);) {
    lines.push_back(line);
    if (lines.size() > most) lines.pop_front();
  }
  std::string out;
  for (const auto& line : lines) out += "  " + line + "\n";
  return out;
}

}  // namespace pledge
