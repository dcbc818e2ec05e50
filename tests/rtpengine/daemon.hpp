#pragma once
// What rtpengine does with the requests that the engine sends, in memory: calls with an outside and an inside port.
#include <map>
#include <string>
#include <vector>

#include "sip/rtpengine/bencode.hpp"

namespace pledge::rtpengine::test {

inline Dictionary dictionary(std::vector<std::pair<std::string, std::string>> texts) {
  Dictionary all;
  for (auto& [key, text] : texts) all.set(key, {text});
  return all;
}

inline std::string sdp(int port) {
  return "v=0\r\no=- 1 1 IN IP4 192.0.2.7\r\ns=-\r\nc=IN IP4 192.0.2.7\r\nt=0 0\r\nm=audio " + std::to_string(port) + " RTP/AVP 8\r\n";
}

struct Daemon {
  struct Call {
    int outside = 0;
    std::string offer, answer;
  };
  Dictionary serve(const Dictionary& request) {
    const auto command = request.text("command"), id = request.text("call-id");
    log += command + " ";
    if (command == "ping") return dictionary({{"result", "pong"}});
    if (command == "offer") {
      if (full) return dictionary({{"result", "error"}, {"error-reason", "Ran out of ports"}});
      auto& call = calls[id];
      if (call.outside == 0) call.outside = next_port += 2;
      call.offer = request.text("sdp");
      return dictionary({{"result", "ok"}, {"sdp", sdp(call.outside)}});
    }
    const auto found = calls.find(id);
    if (found == calls.end()) return dictionary({{"result", "error"}, {"error-reason", "Unknown call-id"}});
    if (command == "answer") {
      found->second.answer = request.text("sdp");
      return dictionary({{"result", "ok"}, {"sdp", sdp(found->second.outside + 1000)}});
    }
    if (command == "delete") calls.erase(found);
    return dictionary({{"result", "ok"}});
  }
  std::map<std::string, Call> calls;
  std::string log;
  int next_port = 30'000;
  bool full = false;
};

}  // namespace pledge::rtpengine::test
