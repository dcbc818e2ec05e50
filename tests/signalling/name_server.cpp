#include "signalling/name_server.hpp"

#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace sip_test {
namespace {

namespace asio = boost::asio;
constexpr int type_a = 1, type_srv = 33;
constexpr std::size_t header_size = 12;

std::string two_bytes(unsigned value) {
  return {static_cast<char>(value >> 8), static_cast<char>(value & 0xff)};
}

std::string encoded(const std::string& name) {
  std::string out;
  for (std::size_t at = 0; at < name.size();) {
    const auto end = std::min(name.find('.', at), name.size());
    out += static_cast<char>(end - at);
    out += name.substr(at, end - at);
    at = end + 1;
  }
  return out + '\0';
}

}  // namespace

NameServer::NameServer(asio::io_context& io)
    : socket_(io, {asio::ip::make_address("127.0.0.1"), 0}),
      file_((std::filesystem::temp_directory_path() /
             ("pledge-resolv-" + std::to_string(getpid()) + "-" + std::to_string(socket_.local_endpoint().port())))
                .string()) {
  std::ofstream(file_) << "nameserver 127.0.0.1\nport " << socket_.local_endpoint().port() << "\n";
  receive();
}

NameServer::~NameServer() {
  std::error_code ignored;
  std::filesystem::remove(file_, ignored);
}

void NameServer::srv(const std::string& name, std::uint16_t priority, const std::string& target, std::uint16_t port) {
  records_[{name, type_srv}].push_back(two_bytes(priority) + two_bytes(0) + two_bytes(port) + encoded(target));
}

void NameServer::a(const std::string& name, const std::string& address) {
  const auto bytes = asio::ip::make_address_v4(address).to_bytes();
  records_[{name, type_a}].emplace_back(bytes.begin(), bytes.end());
}

void NameServer::receive() {
  socket_.async_receive_from(asio::buffer(buffer_), from_,
                             [this](const boost::system::error_code& fault, std::size_t n) {
                               if (fault) return;
                               socket_.send_to(asio::buffer(answer_to(std::string(buffer_.data(), n))), from_);
                               receive();
                             });
}

std::string NameServer::answer_to(const std::string& query) const {
  std::string name;
  std::size_t at = header_size;
  while (at < query.size() && query[at] != 0) {
    const auto length = static_cast<unsigned char>(query[at]);
    name += (name.empty() ? "" : ".") + query.substr(at + 1, length);
    at += length + 1u;
  }
  const int type = static_cast<unsigned char>(query.at(at + 2));
  const std::string question = query.substr(header_size, at + 5 - header_size);
  const auto found = records_.find({name, type});
  const auto count = found == records_.end() ? 0 : found->second.size();
  const bool exists = count > 0 || records_.lower_bound({name, 0}) != records_.lower_bound({name, 1000});
  std::string out = query.substr(0, 2) + two_bytes(exists ? 0x8580 : 0x8583) + two_bytes(1) +
                    two_bytes(static_cast<unsigned>(count)) + two_bytes(0) + two_bytes(0) + question;
  for (std::size_t i = 0; i < count; ++i) {
    const auto& data = found->second[i];
    out += two_bytes(0xc000 + header_size) + two_bytes(static_cast<unsigned>(type)) + two_bytes(1) + two_bytes(0) +
           two_bytes(60) + two_bytes(static_cast<unsigned>(data.size())) + data;
  }
  return out;
}

}  // namespace sip_test
