#include "tools/load/registration.hpp"

#include <fmt/format.h>

#include "tools/load/digest.hpp"

namespace pledge::load {
namespace {
constexpr core::Duration retry_after = std::chrono::seconds{5};
}  // namespace

Registration::Registration(Wire& wire, RegistrationOptions options, std::function<void(bool)> changed)
    : wire_(wire), options_(std::move(options)), changed_(std::move(changed)), resender_(wire) {
  const auto registrar = host_port(options_.registrar);
  dialog_.call_id = fmt::format("r{}.{}@{}", options_.user, wire_.now().ns, host_port(wire_.local()));
  dialog_.local = fmt::format("<sip:{}@{}>;tag=r{}", options_.user, registrar, wire_.now().ns);
  dialog_.remote = fmt::format("<sip:{}@{}>", options_.user, registrar);
  dialog_.target = fmt::format("sip:{}", registrar);
  dialog_.cseq = 0;
}

void Registration::start() {
  challenged_ = false;
  send(options_.expires, {});
}

void Registration::stop() {
  wire_.schedule().cancel(refresh_);
  challenged_ = false;
  send({}, {});
}

void Registration::send(core::Duration expires, std::string_view authorization) {
  asked_ = expires;
  ++dialog_.cseq;
  auto extra = fmt::format("Expires: {}\r\n", expires / std::chrono::seconds{1});
  if (!authorization.empty()) extra += fmt::format("Authorization: {}\r\n", authorization);
  const auto branch = fmt::format("r{}.{}.{}", options_.user, dialog_.cseq, wire_.now().ns);
  resender_.start(options_.registrar,
                  request(dialog_, wire_.local(), {"REGISTER", branch, dialog_.cseq, options_.user, extra, {}}),
                  Resender::t2, [this] {
                    set(false);
                    refresh_ = wire_.schedule().at(wire_.now() + retry_after, [this] { start(); });
                  });
}

void Registration::receive(std::string_view datagram) {
  const auto message = parse_sip(datagram);
  if (!message || message->request || message->method != "REGISTER" || message->call_id != dialog_.call_id) return;
  if (message->cseq_number == dialog_.cseq && message->status >= 200) take_final(*message);
}

void Registration::take_final(const SipMessage& message) {
  resender_.stop();
  if (message.status == 401 && !challenged_) {
    challenged_ = true;
    const auto cnonce = fmt::format("{:x}", wire_.now().ns);
    return send(asked_, digest_answer({message.authenticate, "REGISTER", dialog_.target, options_.user, options_.secret,
                                       cnonce}));
  }
  if (asked_.count() == 0) return set(false);
  set(message.status < 300);
  challenged_ = false;
  refresh_ = wire_.schedule().at(wire_.now() + (registered_ ? options_.expires / 2 : retry_after), [this] { start(); });
}

void Registration::set(bool registered) {
  if (std::exchange(registered_, registered) != registered && changed_) changed_(registered);
}

}  // namespace pledge::load
