#pragma once
// Requests to rtpengine and its answers, over datagrams: the ng protocol. Each request carries a cookie of its own, "COOKIE
// BENCODED"; an answer carries it back. A request is sent again until it is answered or its time is over: rtpengine knows a
// cookie that it has answered and only repeats the answer, so that nothing is done twice. Pure: datagrams and instants come
// in, datagrams come out.
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "runtime/media_options.hpp"
#include "sip/rtpengine/bencode.hpp"

namespace pledge::rtpengine {

using Instant = std::chrono::steady_clock::time_point;

struct Failure {
  enum class Kind : std::uint8_t {
    timeout,  // no answer in time
    refused,  // rtpengine's own "error", or an answer that cannot be read
    full      // not sent: too many requests are open
  };
  Kind kind{};
  std::string why;
};
using Answer = tl::expected<Dictionary, Failure>;
using Done = std::function<void(const Answer&)>;

class Exchange {
 public:
  // `name`: makes cookies unlike those of any other client, also of this engine before it was restarted.
  Exchange(const runtime::RtpengineOptions& options, std::string name) : options_(options), name_(std::move(name)) {}

  // `done` is told once: by receive(), by advance(), or, of a request too many, here.
  void ask(Instant now, const Dictionary& request, Done done);
  void tell(const Dictionary& request);  // sent once; an answer is a stray
  void receive(Instant now, std::string_view datagram);
  void advance(Instant now);  // sends again, and gives up, what is due

  std::vector<std::string> take_datagrams() { return std::exchange(out_, {}); }
  Instant next_due() const;  // of advance(); Instant::max(): nothing is open
  std::size_t open() const { return open_.size(); }
  std::uint64_t strays() const { return strays_; }  // datagrams that answer nothing

 private:
  struct Request {
    std::string datagram;
    Done done;
    Instant again, over;
  };
  runtime::RtpengineOptions options_;
  std::string name_;
  std::uint64_t asked_ = 0, strays_ = 0;
  std::map<std::string, Request> open_;  // by cookie
  std::vector<std::string> out_;
};

}  // namespace pledge::rtpengine
