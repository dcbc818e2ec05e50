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
    std::int64_t packets = 0;
    std::string offer, answer;                          // SDP
    std::vector<std::string> offer_flags, answer_flags;
    std::vector<std::string> direction;                 // of the last message that had one
    std::string direction_by;                           // and which that was
  };
  Dictionary serve(const Dictionary& request) {
    const auto command = request.text("command"), id = request.text("call-id");
    log += command + " ";
    if (command == "ping") return dictionary({{"result", "pong"}});
    if (command == "offer") {
      if (full) return dictionary({{"result", "error"}, {"error-reason", "Ran out of ports"}});
      auto& call = calls[id];
      if (call.outside == 0) call.outside = next_port += 2;
      call.offer = request.text("sdp"), call.offer_flags = texts(request, "flags");
      note_direction(call, request);
      return dictionary({{"result", "ok"}, {"sdp", sdp(call.outside)}});
    }
    const auto found = calls.find(id);
    if (found == calls.end()) return dictionary({{"result", "error"}, {"error-reason", "Unknown call-id"}});
    if (command == "answer") {
      found->second.answer = request.text("sdp"), found->second.answer_flags = texts(request, "flags");
      note_direction(found->second, request);
      return dictionary({{"result", "ok"}, {"sdp", sdp(found->second.outside + 1000)}});
    }
    if (command == "query") return totals(found->second.packets);
    if (command == "delete" && request.find("delete-delay")) calls.erase(found);  // else it would keep it for a while
    return dictionary({{"result", "ok"}});
  }
  static std::vector<std::string> texts(const Dictionary& request, std::string_view key) {
    std::vector<std::string> all;
    if (const auto* value = request.find(key))
      for (const auto& one : std::get<List>(value->is)) all.push_back(std::get<std::string>(one.is));
    return all;
  }
  static void note_direction(Call& call, const Dictionary& request) {
    if (request.find("direction")) call.direction = texts(request, "direction"), call.direction_by = request.text("command");
  }
  static Dictionary totals(std::int64_t packets) {
    Dictionary rtp, all, answer = dictionary({{"result", "ok"}});
    rtp.set("packets", {packets});
    all.set("RTP", {rtp});
    answer.set("totals", {all});
    return answer;
  }
  std::map<std::string, Call> calls;
  std::string log;
  int next_port = 30'000;
  bool full = false;
};

}  // namespace pledge::rtpengine::test
