#include "sip/rtpengine/exchange.hpp"

#include <algorithm>

namespace pledge::rtpengine {
namespace {

Answer answer_of(std::string_view bytes) {
  auto answer = decode(bytes);
  if (!answer) return tl::unexpected(Failure{Failure::Kind::refused, "its answer cannot be read: " + answer.error()});
  if (answer->text("result") != "error") return std::move(*answer);
  return tl::unexpected(Failure{Failure::Kind::refused, answer->text("error-reason")});
}

}  // namespace

void Exchange::ask(Instant now, const Dictionary& request, Done done) {
  if (open_.size() >= options_.requests_open)
    return done(tl::unexpected(Failure{Failure::Kind::full, std::to_string(open_.size()) + " requests are open"}));
  std::string cookie = name_ + std::to_string(++asked_);
  out_.push_back(cookie + ' ' + encode(request));
  open_.emplace(std::move(cookie), Request{out_.back(), std::move(done), now + options_.repeat_after, now + options_.timeout});
}

void Exchange::tell(const Dictionary& request) { out_.push_back(name_ + std::to_string(++asked_) + ' ' + encode(request)); }

void Exchange::receive(Instant, std::string_view datagram) {
  const auto space = datagram.find(' ');
  auto request = open_.extract(std::string(datagram.substr(0, space)));
  if (space == std::string_view::npos || !request) {
    ++strays_;
    return;
  }
  request.mapped().done(answer_of(datagram.substr(space + 1)));
}

void Exchange::advance(Instant now) {
  std::vector<Done> given_up;
  for (auto it = open_.begin(); it != open_.end();) {
    auto& request = it->second;
    if (request.over <= now) {
      given_up.push_back(std::move(request.done));
      it = open_.erase(it);
      continue;
    }
    if (request.again <= now) out_.push_back(request.datagram), request.again = now + options_.repeat_after;
    ++it;
  }
  for (const auto& done : given_up) done(tl::unexpected(Failure{Failure::Kind::timeout, "no answer"}));
}

Instant Exchange::next_due() const {
  Instant due = Instant::max();
  for (const auto& [cookie, request] : open_) due = std::min({due, request.again, request.over});
  return due;
}

}  // namespace pledge::rtpengine
