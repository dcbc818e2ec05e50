#pragma once
// The daemon: `pledge serve`. engine/main.cpp puts the parts together; nothing else knows them all.
#include <string>

#include "core/types.hpp"

namespace pledge {

struct ServeArguments {
  std::string directory;           // the configuration's
  bool json = false;               // the line when calls can come is one JSON object
  std::string log_level = "info";  // trace (every event and action), debug, info, warning, error, critical, off
  // How long calls in progress may go on after SIGTERM, SIGINT or a remote shut-down; new calls are refused meanwhile.
  // A second signal ends at once. 10 s is a compromise for tests and upgrades; systemd waits for 90 s.
  core::Duration drain_for = std::chrono::seconds(10);
};

// Runs until told to stop. Prints one line to the standard output when calls can come:
//   ready sip=udp:127.0.0.1:5060,tcp:127.0.0.1:5060 grpc=127.0.0.1:9090 http=127.0.0.1:9464
// ("http=none" without a metrics page), as JSON
//   {"ready":true,"sip":[{"transport":"udp","address":"127.0.0.1","port":5060}],"grpc":"127.0.0.1:9090","http":null}
// with the same addresses, and logs to the standard error. SIGHUP reloads the directory.
// Exit code: 0 stopped as told; 1 it could not start, and says why: the configuration is bad, a port or the journal's
// directory is taken, descriptors are too few.
int serve(const ServeArguments& arguments);

}  // namespace pledge
