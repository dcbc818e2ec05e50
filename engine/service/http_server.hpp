#pragma once
// A few pages over HTTP/1.1 on the loop: for Prometheus and for whoever restarts us. Bounded in connections, request
// size and time. Private to the service.
// clang-format off: Asio uses std::exchange without saying so
#include <utility>
// clang-format on
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <functional>
#include <memory>
#include <string>
#include <system_error>

#include "runtime/service_options.hpp"

namespace pledge::service {

struct HttpPage {
  unsigned status = 200;
  std::string type = "text/plain; charset=utf-8";
  std::string body;
};

class HttpServer : public std::enable_shared_from_this<HttpServer> {
 public:
  using Pages = std::function<HttpPage(const std::string& path)>;
  HttpServer(boost::asio::io_context& loop, const runtime::ServiceOptions& options, Pages pages)
      : acceptor_(loop), options_(options), pages_(std::move(pages)) {}

  std::error_code listen(const boost::asio::ip::tcp::endpoint& at);
  std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
  void stop();

 private:
  friend class HttpConnection;
  void accept();
  boost::asio::ip::tcp::acceptor acceptor_;
  const runtime::ServiceOptions& options_;
  Pages pages_;
  std::uint32_t open_ = 0;
};

}  // namespace pledge::service
