#include "tools/pledge/demo_site.hpp"

#include <fmt/format.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/udp.hpp>
#include <fstream>
#include <regex>
#include <sstream>

#include "main/operations.hpp"
#include "tools/load/sip_text.hpp"
#include "tools/pledge/terminal.hpp"

namespace pledge {
namespace {

namespace fs = std::filesystem;
using boost::asio::ip::tcp;
using boost::asio::ip::udp;
constexpr int tries = 100;  // at a port number that is free for everything that needs it

template <class Protocol>
bool free_port(const boost::asio::ip::address& ip, std::uint16_t port) {
  boost::asio::io_context io;
  boost::system::error_code error;
  const typename Protocol::endpoint at{ip, port};
  typename Protocol::socket socket(io);
  socket.open(at.protocol(), error);
  if constexpr (std::is_same_v<Protocol, tcp>) socket.set_option(boost::asio::socket_base::reuse_address(true), error);
  socket.bind(at, error);
  return !error;
}

template <class Protocol>
std::uint16_t any_port(const boost::asio::ip::address& ip) {
  boost::asio::io_context io;
  boost::system::error_code error;
  typename Protocol::socket socket(io);
  socket.open(typename Protocol::endpoint{ip, 0}.protocol(), error);
  socket.bind({ip, 0}, error);
  return error ? 0 : socket.local_endpoint(error).port();
}

bool listener_free(const runtime::ListenerOptions& listener, std::uint16_t port) {
  boost::system::error_code error;
  const auto ip = boost::asio::ip::make_address(listener.address, error);
  if (error) return true;  // the engine will say what is wrong with it
  return listener.transport == runtime::Transport::udp ? free_port<udp>(ip, port) : free_port<tcp>(ip, port);
}

// "127.0.0.1:9090" → its parts; nothing for an empty or unreadable address.
std::optional<tcp::endpoint> tcp_address(const std::string& text) {
  const auto read = load::target_of("sip:x@" + text, {});
  if (text.empty() || read.address().is_unspecified()) return std::nullopt;
  return tcp::endpoint{read.address(), read.port()};
}

bool all_free(const DemoSite& site) {
  for (const auto& listener : site.settings.sip.listeners)
    if (!listener_free(listener, listener.port)) return false;
  for (const auto& text : {site.settings.service.grpc_address, site.settings.service.http_address})
    if (const auto at = tcp_address(text); at && !free_port<tcp>(at->address(), at->port())) return false;
  return free_port<udp>(site.phones.address(), site.phones.port());
}

SitePorts choose_ports(const DemoSite& site) {
  SitePorts ports;
  const auto& ip = site.phones.address();
  for (int i = 0; i < tries; ++i) {
    ports.sip = any_port<udp>(ip);
    const auto& listeners = site.settings.sip.listeners;
    if (std::all_of(listeners.begin(), listeners.end(), [&](const auto& l) { return listener_free(l, ports.sip); }))
      break;
  }
  ports.grpc = any_port<tcp>(ip);
  do ports.http = any_port<tcp>(ip);
  while (ports.http == ports.grpc && ports.http != 0);
  do ports.phones = any_port<udp>(ip);
  while (ports.phones == ports.sip && ports.phones != 0);
  ports.phones_were = site.phones;
  return ports;
}

// What of the configuration the simulated room needs to know.
void read_settings(DemoSite& site) {
  for (const auto& listener : site.settings.sip.listeners) {
    boost::system::error_code error;
    const auto ip = boost::asio::ip::make_address(listener.address, error);
    if (!error && listener.transport == runtime::Transport::udp && ip.is_v4()) {
      site.sip = {ip, listener.port};
      break;
    }
  }
  site.grpc = site.settings.service.grpc_address;
  site.handlers.clear();
  for (const auto& handler : site.settings.core.handlers) {
    if (handler.phone.empty()) continue;
    const auto at = load::target_of(handler.phone, {});
    if (site.handlers.empty()) site.phones = at;
    if (at == site.phones) site.handlers.push_back(handler.id.value);
  }
  for (const auto& credentials : site.settings.sip.phones.credentials)
    if (site.guest.empty()) site.guest = credentials.handler.value, site.guest_secret = credentials.secret;
}

std::string faults_text(const std::vector<settings::Fault>& faults) {
  std::string out;
  for (const auto& fault : faults) out += settings::to_text(fault) + "\n";
  return out;
}

tl::expected<void, std::string> load_into(DemoSite& site) {
  auto judged = environment(wall_now());
  judged.most_descriptors = 0;  // for the engine, a process of its own, to judge
  auto loaded = settings::load(site.configuration, judged);
  if (!loaded) return tl::unexpected(faults_text(loaded.error()));
  site.settings = std::move(*loaded);
  read_settings(site);
  if (site.sip.port() == 0 && site.sip.address().is_unspecified())
    return tl::unexpected(site.configuration + ": no UDP listener on an IPv4 address for the callers to call");
  if (site.handlers.empty())
    return tl::unexpected(site.configuration + ": no handler has a static phone that could be simulated");
  return {};
}

std::string read_file(const fs::path& path) {
  std::ifstream in(path);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

tl::expected<void, std::string> move_ports(DemoSite& site) {
  const auto ports = choose_ports(site);
  const auto copy = site.work / "config";
  std::error_code error;
  fs::create_directories(copy, error);
  for (const auto& entry : fs::directory_iterator(site.configuration, error)) {
    const auto to = copy / entry.path().filename();
    if (entry.path().extension() == ".toml") std::ofstream(to) << with_ports(read_file(entry.path()), ports);
    else if (entry.is_directory(error)) fs::create_directory_symlink(entry.path(), to, error);  // prompts
  }
  if (error) return tl::unexpected(fmt::format("{}: {}", copy.string(), error.message()));
  site.configuration = copy.string();
  site.own_ports = true;
  return load_into(site);
}

}  // namespace

std::string with_ports(const std::string& text, const SitePorts& ports) {
  const std::regex header(R"(^\s*\[.*)"), listener(R"(^\s*\[\[\s*sip\.listener\s*\]\].*)"), port(R"(^\s*port\s*=.*)");
  const std::regex grpc(R"re(^(\s*grpc_address\s*=\s*").*:\d+(".*)$)re"),
      http(R"re(^(\s*http_address\s*=\s*").*:\d+(".*)$)re");
  const auto ip = ports.phones_were.address().to_string();
  const auto before = "@" + load::host_port(ports.phones_were), after = fmt::format("@{}:{}", ip, ports.phones);
  std::istringstream in(text);
  std::string out;
  bool in_listener = false;
  for (std::string line; std::getline(in, line);) {
    if (std::regex_match(line, header)) in_listener = std::regex_match(line, listener);
    else if (in_listener && std::regex_match(line, port)) continue;
    line = std::regex_replace(line, grpc, fmt::format("$01{}:{}$2", ip, ports.grpc));
    line = std::regex_replace(line, http, fmt::format("$01{}:{}$2", ip, ports.http));
    if (const auto at = line.find(before); at != std::string::npos) line.replace(at, before.size(), after);
    out += line + "\n";
    if (in_listener && std::regex_match(line, listener)) out += fmt::format("port = {}\n", ports.sip);
  }
  return out;
}

tl::expected<DemoSite, std::string> prepare_site(const std::string& configuration, bool own_ports) {
  DemoSite site;
  std::error_code error;
  site.configuration = fs::absolute(configuration, error).lexically_normal().string();
  if (auto loaded = load_into(site); !loaded) return tl::unexpected(loaded.error());
  auto name = (fs::temp_directory_path(error) / "pledge-demo-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) return tl::unexpected(name + ": cannot be made");
  site.work = name;
  if (own_ports || !all_free(site))
    if (auto moved = move_ports(site); !moved) return tl::unexpected(moved.error());
  return site;
}

}  // namespace pledge
