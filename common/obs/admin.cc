#include "common/obs/admin.h"

#include <pthread.h>
#include <signal.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <chrono>
#include <exception>
#include <optional>
#include <string_view>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"

namespace equity::obs {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;
using Options = AdminServer::Options;

constexpr size_t kMaxRequestBytes = 16 << 10;
constexpr int kMaxConnections = 64;
constexpr std::chrono::seconds kTimeout(5);  // for the whole request, and again for the whole reply
constexpr std::chrono::milliseconds kAcceptPause(100);

struct Reply {
  http::status status;
  std::string body;
};

std::string Ask(const std::function<std::string()>& source) { return source ? source() : std::string(); }

Reply Probe(const std::function<std::string()>& what_is_wrong) {
  const std::string text = Ask(what_is_wrong);
  if (text.empty()) return {http::status::ok, "ok\n"};
  return {http::status::service_unavailable, text + "\n"};
}

Reply Page(const Options& options, std::string_view path, bool reading) {
  const bool known = path == "/metrics" || path == "/livez" || path == "/readyz";
  if (!known) return {http::status::not_found, "there are /metrics, /livez and /readyz\n"};
  if (!reading) return {http::status::method_not_allowed, "GET and HEAD only\n"};
  if (path == "/metrics") return {http::status::ok, Ask(options.metrics)};
  return Probe(path == "/livez" ? options.live : options.ready);
}

// What a page throws must not end the thread.
Reply SafePage(const Options& options, std::string_view path, bool reading) {
  try {
    return Page(options, path, reading);
  } catch (const std::exception&) {
    return {http::status::internal_server_error, "this page failed\n"};
  }
}

// The reply to a request that could not be read; nothing when the client has gone or was too slow.
std::optional<Reply> ReplyToBadRequest(const error_code& error) {
  if (error == http::error::header_limit) return Reply{http::status::request_header_fields_too_large, "too large\n"};
  if (error == http::error::body_limit) return Reply{http::status::payload_too_large, "too large\n"};
  if (error == http::error::end_of_stream || error == http::error::partial_message) return std::nullopt;
  if (error.category() != http::make_error_code(http::error::bad_method).category()) return std::nullopt;
  return Reply{http::status::bad_request, "this is not HTTP\n"};
}

// One connection, one request. Keeps itself alive until its last handler has run.
class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(tcp::socket socket, const Options& options, int* connections)
      : stream_(std::move(socket)), options_(options), connections_(*connections) {
    ++connections_;
    parser_.header_limit(kMaxRequestBytes);
    parser_.body_limit(kMaxRequestBytes);
  }
  ~Session() { --connections_; }

  void Start() {
    stream_.expires_after(kTimeout);
    http::async_read(stream_, buffer_, parser_,
                     [self = shared_from_this()](error_code error, size_t) { self->HasRead(error); });
  }

 private:
  void HasRead(error_code error) {
    if (!error) return Send(PageFor(parser_.get()));
    if (auto reply = ReplyToBadRequest(error)) Send(*std::move(reply));
  }

  Reply PageFor(const http::request<http::string_body>& request) {
    head_ = request.method() == http::verb::head;
    const std::string_view target(request.target().data(), request.target().size());
    return SafePage(options_, target.substr(0, target.find('?')), head_ || request.method() == http::verb::get);
  }

  void Send(Reply reply) {
    response_.version(11);
    response_.result(reply.status);
    response_.set(http::field::content_type, "text/plain; version=0.0.4; charset=utf-8");
    response_.set(http::field::cache_control, "no-store");
    if (reply.status == http::status::method_not_allowed) response_.set(http::field::allow, "GET, HEAD");
    response_.keep_alive(false);
    response_.content_length(reply.body.size());
    if (!head_) response_.body() = std::move(reply.body);
    stream_.expires_after(kTimeout);
    http::async_write(stream_, response_, [self = shared_from_this()](error_code, size_t) { self->Close(); });
  }

  void Close() {
    error_code ignored;
    stream_.socket().shutdown(tcp::socket::shutdown_send, ignored);
  }

  beast::tcp_stream stream_;
  beast::flat_buffer buffer_{2 * kMaxRequestBytes};
  http::request_parser<http::string_body> parser_;
  http::response<http::string_body> response_;
  const Options& options_;
  int& connections_;
  bool head_ = false;
};

absl::Status BindError(const error_code& error, const Options& options) {
  const std::string place = absl::StrCat("admin port ", options.port, " of ", options.address);
  if (error == asio::error::address_in_use) return absl::AlreadyExistsError(absl::StrCat(place, " is taken"));
  return absl::UnavailableError(absl::StrCat("cannot listen on ", place, ": ", error.message()));
}

}  // namespace

// Everything after Listen happens on one thread; what waits is the kernel, so that a slow client holds up nobody.
class AdminServer::Impl {
 public:
  explicit Impl(Options options) : options_(std::move(options)) {}

  ~Impl() {
    context_.stop();
    if (thread_.joinable()) thread_.join();
  }

  absl::Status Listen() {
    error_code error;
    const auto address = asio::ip::make_address(options_.address, error);
    if (error) return absl::InvalidArgumentError(absl::StrCat("not an IP address: ", options_.address));
    if (options_.port < 0 || options_.port > 65535) {
      return absl::InvalidArgumentError(absl::StrCat("not a port: ", options_.port));
    }
    const tcp::endpoint endpoint(address, static_cast<uint16_t>(options_.port));
    acceptor_.open(endpoint.protocol(), error);
    if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor_.bind(endpoint, error);
    if (!error) acceptor_.listen(tcp::acceptor::max_listen_connections, error);
    if (!error) port_ = acceptor_.local_endpoint(error).port();
    return error ? BindError(error, options_) : absl::OkStatus();
  }

  void Start() {
    Accept();
    thread_ = std::thread([this] { Run(); });
  }

  int port() const { return port_; }

 private:
  void Run() {
    sigset_t all;  // signals are for other threads
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, nullptr);
    while (!context_.stopped()) {
      try {
        context_.run();
      } catch (const std::exception&) {  // such as no memory for one connection: the others go on
      }
    }
  }

  void Accept() {
    acceptor_.async_accept([this](error_code error, tcp::socket socket) {
      if (error) return AcceptLater();
      if (connections_ < kMaxConnections) {
        std::make_shared<Session>(std::move(socket), options_, &connections_)->Start();
      }
      Accept();
    });
  }

  // Out of file descriptors, most likely: trying at once would only burn the processor.
  void AcceptLater() {
    pause_.expires_after(kAcceptPause);
    pause_.async_wait([this](error_code error) {
      if (!error) Accept();
    });
  }

  const Options options_;
  int connections_ = 0;  // before context_, which holds the sessions that count themselves
  asio::io_context context_{1};
  tcp::acceptor acceptor_{context_};
  asio::steady_timer pause_{context_};
  int port_ = 0;
  std::thread thread_;
};

AdminServer::AdminServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
AdminServer::~AdminServer() = default;

absl::StatusOr<std::unique_ptr<AdminServer>> AdminServer::Start(Options options) {
  auto impl = std::make_unique<Impl>(std::move(options));
  if (auto status = impl->Listen(); !status.ok()) return status;
  impl->Start();
  return std::unique_ptr<AdminServer>(new AdminServer(std::move(impl)));
}

int AdminServer::port() const { return impl_->port(); }

}  // namespace equity::obs
