#pragma once
// An engine of our own as a child process: started, waited for, stopped; never left behind.
#include <sys/types.h>

#include <chrono>
#include <string>
#include <vector>

namespace pledge {

class EngineProcess {
 public:
  // Runs this very program with `arguments` in `directory`; its output goes to `log`.
  EngineProcess(const std::vector<std::string>& arguments, const std::string& directory, const std::string& log);
  ~EngineProcess();  // asks it to end, waits, and kills it if need be
  EngineProcess(const EngineProcess&) = delete;
  EngineProcess& operator=(const EngineProcess&) = delete;

  bool running();
  // SIGTERM, and up to so long for an orderly end. The exit code, or -1 when it had to be killed.
  int stop(std::chrono::milliseconds within);

 private:
  bool reap(bool wait);
  pid_t pid_ = -1;
  int exit_ = -1;
};

std::string own_path();  // of this program
std::string last_lines(const std::string& file, std::size_t most);

}  // namespace pledge
