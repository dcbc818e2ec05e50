#pragma once
// A name server of the test's own (RFC 1035), on an ephemeral port of loopback: SRV and A records, nothing else.
// clang-format off
#include <utility>  // before Asio: g++ 12 with C++20 needs it
// clang-format on
#include <array>
#include <boost/asio.hpp>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace sip_test {

class NameServer {
 public:
  explicit NameServer(boost::asio::io_context& io);
  ~NameServer();
  NameServer(const NameServer&) = delete;
  NameServer& operator=(const NameServer&) = delete;

  void srv(const std::string& name, std::uint16_t priority, const std::string& target, std::uint16_t port);
  void a(const std::string& name, const std::string& address);
  // What the resolver is configured with: a file that names this server.
  std::string file() const { return file_; }

 private:
  void receive();
  std::string answer_to(const std::string& query) const;

  boost::asio::ip::udp::socket socket_;
  boost::asio::ip::udp::endpoint from_;
  std::array<char, 512> buffer_{};
  std::map<std::pair<std::string, int>, std::vector<std::string>> records_;  // by name and type: their data
  std::string file_;
};

}  // namespace sip_test
