#include "sip/signalling/other_targets.hpp"

#include <arpa/inet.h>
#include <sofia-resolv/sres_record.h>
#include <sofia-sip/sresolv.h>

#include <algorithm>

#include "sip/signalling/text.hpp"

namespace pledge::signalling {
namespace {

using runtime::Transport;

constexpr std::size_t most_targets = 10;  // of one request: a caller waits while they refuse one after the other
constexpr std::uint16_t default_port = 5060;

template <class Visit>
void for_each_record(sres_cache_t* cache, std::uint16_t type, std::string name, Visit visit) {
  if (name.empty()) return;
  if (name.back() != '.') name += '.';
  sres_record_t** answers = nullptr;
  if (sres_cache_get(cache, type, name.c_str(), &answers) < 0 || !answers) return;
  for (sres_record_t** at = answers; *at; ++at)
    if ((*at)->sr_record->r_type == type && (*at)->sr_record->r_status == 0) visit(**at);
  sres_cache_free_answers(cache, answers);
}

std::string address_text(int family, const void* address) {
  char text[INET6_ADDRSTRLEN] = "";
  inet_ntop(family, address, text, sizeof text);
  return text;
}

std::vector<Source> addresses_of(sres_cache_t* cache, const std::string& host, std::uint16_t port, Transport transport) {
  std::vector<Source> all;
  for_each_record(cache, sres_type_a, host, [&](const sres_record_t& record) {
    all.push_back({address_text(AF_INET, &record.sr_a->a_addr), port, transport});
  });
  for_each_record(cache, sres_type_aaaa, host, [&](const sres_record_t& record) {
    all.push_back({address_text(AF_INET6, &record.sr_aaaa->aaaa_addr), port, transport});
  });
  return all;
}

struct Service {
  std::uint16_t priority, weight, port;
  std::string host;
};

// RFC 2782: lower priorities first. Among equals the heavier first: who draws lots is the library, for the first place.
std::vector<Service> services_of(sres_cache_t* cache, const std::string& host, Transport transport) {
  std::vector<Service> all;
  const std::string name = "_sip._" + std::string(runtime::name(transport)) + "." + host;
  for_each_record(cache, sres_type_srv, name, [&](const sres_record_t& record) {
    const auto& srv = *record.sr_srv;
    std::string target = srv.srv_target ? srv.srv_target : "";
    if (!target.empty() && target.back() == '.') target.pop_back();
    if (!target.empty()) all.push_back({srv.srv_priority, srv.srv_weight, srv.srv_port, std::move(target)});
  });
  std::stable_sort(all.begin(), all.end(), [](const Service& a, const Service& b) {
    return a.priority != b.priority ? a.priority < b.priority : a.weight > b.weight;
  });
  return all;
}

// The one that the URI names, else all that we have, in the order in which the library asks for them.
std::vector<Transport> transports_for(const Agent& agent, const url_t* uri) {
  if (uri->url_params && url_has_param(uri, "transport"))
    return {url_has_param(uri, "transport=tcp") ? Transport::tcp : Transport::udp};
  std::vector<Transport> all;
  for (const auto& listener : agent.listeners())
    if (std::find(all.begin(), all.end(), listener.options.transport) == all.end())
      all.push_back(listener.options.transport);
  return all;
}

bool same_place(const Source& a, const Source& b) {
  return a.ip == b.ip && a.port == b.port && a.transport == b.transport;
}

}  // namespace

std::vector<Source> targets_of(const Agent& agent, const url_t* uri) {
  if (!uri->url_host) return {};
  auto* cache = agent.name_cache();
  const std::string host = uri->url_host;
  const auto transports = transports_for(agent, uri);
  if (uri->url_port)
    return addresses_of(cache, host, text::to_number<std::uint16_t>(uri->url_port).value_or(default_port),
                        transports.front());
  std::vector<Source> all;
  for (const auto transport : transports) {
    for (const auto& service : services_of(cache, host, transport)) {
      const auto places = addresses_of(cache, service.host, service.port, transport);
      all.insert(all.end(), places.begin(), places.end());
      if (places.empty()) all.push_back({service.host, service.port, transport});
    }
  }
  return all.empty() ? addresses_of(cache, host, default_port, transports.front()) : all;
}

std::string OtherTargets::next(const Agent& agent, const url_t* uri, const std::optional<Source>& refused_by) {
  if (!left_) {
    if (!refused_by) return {};
    auto all = targets_of(agent, uri);
    const auto tried =
        std::find_if(all.begin(), all.end(), [&](const Source& place) { return same_place(place, *refused_by); });
    if (tried != all.end()) all.erase(all.begin(), tried + 1);  // those before it were not there
    else if (all.size() == 1) all.clear();  // it has sent its answer from another address
    if (all.size() >= most_targets) all.resize(most_targets - 1);
    std::reverse(all.begin(), all.end());
    left_ = std::move(all);
  }
  if (left_->empty()) return {};
  const Source place = std::move(left_->back());
  left_->pop_back();
  return "sip:" + bracketed(place.ip) + ":" + std::to_string(place.port) +
         ";transport=" + std::string(runtime::name(place.transport));
}

}  // namespace pledge::signalling
