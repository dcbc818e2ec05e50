#include "service/http_server.hpp"

#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

namespace pledge::service {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using Error = boost::system::error_code;

namespace {
constexpr std::uint32_t largest_header = 8'192;
}

// One connection: requests one after another until it closes, errs or takes too long.
class HttpConnection : public std::enable_shared_from_this<HttpConnection> {
 public:
  HttpConnection(asio::ip::tcp::socket socket, std::shared_ptr<HttpServer> server)
      : stream_(std::move(socket)), server_(std::move(server)) {
    ++server_->open_;
  }
  ~HttpConnection() { --server_->open_; }

  void read() {
    parser_.emplace();
    parser_->header_limit(largest_header);
    parser_->body_limit(0);
    stream_.expires_after(server_->options_.http_timeout);
    http::async_read(stream_, buffer_, *parser_, [self = shared_from_this()](Error error, std::size_t) {
      if (!error) self->answer();
    });
  }

 private:
  void answer() {
    const auto& request = parser_->get();
    response_ = {};
    response_.version(request.version());
    response_.keep_alive(request.keep_alive() && server_->pages_);
    fill(request);
    response_.prepare_payload();
    if (request.method() == http::verb::head) response_.body().clear();
    http::async_write(stream_, response_, [self = shared_from_this()](Error error, std::size_t) {
      if (error) return;
      if (self->response_.keep_alive()) return self->read();
      Error ignored;
      self->stream_.socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
    });
  }

  void fill(const http::request<http::empty_body>& request) {
    HttpPage page;
    if (request.method() != http::verb::get && request.method() != http::verb::head)
      page = {405, {}, "only GET and HEAD\n"};
    else if (server_->pages_)
      page = server_->pages_(std::string{request.target().substr(0, request.target().find('?'))});
    else page = {503, {}, "shutting down\n"};
    response_.result(page.status);
    response_.set(http::field::content_type, page.type.empty() ? "text/plain; charset=utf-8" : page.type);
    response_.body() = std::move(page.body);
  }

  beast::tcp_stream stream_;
  std::shared_ptr<HttpServer> server_;
  beast::flat_buffer buffer_{largest_header};
  std::optional<http::request_parser<http::empty_body>> parser_;
  http::response<http::string_body> response_;
};

std::error_code HttpServer::listen(const asio::ip::tcp::endpoint& at) {
  Error error;
  acceptor_.open(at.protocol(), error);
  if (!error) acceptor_.set_option(asio::socket_base::reuse_address{true}, error);
  if (!error) acceptor_.bind(at, error);
  if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
  if (!error) accept();
  return error;
}

void HttpServer::accept() {
  acceptor_.async_accept([self = shared_from_this()](Error error, asio::ip::tcp::socket socket) {
    if (!self->acceptor_.is_open() || error == asio::error::operation_aborted) return;
    if (!error && self->open_ < self->options_.http_connections) {
      std::make_shared<HttpConnection>(std::move(socket), self)->read();
    }
    self->accept();
  });
}

void HttpServer::stop() {
  Error ignored;
  acceptor_.close(ignored);
  pages_ = nullptr;
}

}  // namespace pledge::service
