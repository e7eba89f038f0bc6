#include "services/gateway/http_server.h"

#include <pthread.h>
#include <signal.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <future>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "services/gateway/connection.h"

namespace equity::gateway {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

constexpr absl::Duration kAcceptPause = absl::Milliseconds(100);
// Connections over the limit that are told so; still more are dropped.
constexpr int kRefusedAtOnce = 32;

absl::Status BindError(const error_code& error, const HttpServer::Options& options) {
  const std::string place = absl::StrCat("HTTP port ", options.port, " of ", options.address);
  if (error == asio::error::address_in_use) {
    return absl::AlreadyExistsError(absl::StrCat(
        place, " is taken. Stop who has it, or choose another one with --http-port (0 takes a free one)."));
  }
  return absl::UnavailableError(absl::StrCat("cannot listen on ", place, ": ", error.message()));
}

}  // namespace

// Everything after Listen happens on one thread; what waits is the kernel.
class HttpServer::Impl {
 public:
  Impl(Options options, Handler handler) : options_(std::move(options)) {
    shared_.limits = options_.limits;
    shared_.handler = std::move(handler);
    shared_.on_refused = options_.on_refused;
  }
  ~Impl() {
    context_.stop();
    if (thread_.joinable()) thread_.join();
  }

  absl::Status Listen() {
    error_code error;
    const auto address = asio::ip::make_address(options_.address, error);
    if (error) return absl::InvalidArgumentError(absl::StrCat("not an IP address: ", options_.address));
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

  void Drain(absl::Duration patience) {
    OnThread([this] {
      error_code ignored;
      acceptor_.close(ignored);
      shared_.draining = true;
      for (const auto& connection : Open()) connection->Drain();
    });
    const absl::Time last = absl::Now() + patience;
    while (shared_.exchanges > 0 && absl::Now() < last) absl::SleepFor(absl::Milliseconds(5));
    OnThread([this] {
      for (const auto& connection : Open()) connection->Cut();
    });
  }

 private:
  // They stay until all have been told.
  std::vector<std::shared_ptr<Connection>> Open() const {
    std::vector<std::shared_ptr<Connection>> connections;
    for (Connection* connection : shared_.open) connections.push_back(connection->shared_from_this());
    return connections;
  }

  // Runs it on the server's thread, and returns when it has run.
  void OnThread(std::function<void()> task) {
    std::promise<void> done;
    asio::post(context_, [&] {
      task();
      done.set_value();
    });
    done.get_future().wait();
  }

  void Run() {
    sigset_t all;  // signals are for other threads
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, nullptr);
    const auto work = asio::make_work_guard(context_);
    while (!context_.stopped()) {
      try {
        context_.run();
      } catch (const std::exception&) {  // such as no memory for one connection: the others go on
      }
    }
  }

  void Accept() {
    acceptor_.async_accept([this](error_code error, tcp::socket socket) {
      if (shared_.draining) return;
      if (error) return AcceptLater();
      socket.non_blocking(true, error);
      socket.set_option(tcp::no_delay(true), error);
      Take(std::move(socket));
      Accept();
    });
  }

  void Take(tcp::socket socket) {
    const int open = static_cast<int>(shared_.open.size());
    if (open >= shared_.limits.connections + kRefusedAtOnce) return;
    const auto connection = std::make_shared<Connection>(std::move(socket), shared_);
    const int most = shared_.limits.connections_per_client;
    if (open >= shared_.limits.connections || (most > 0 && connection->OfItsClient() > most)) {
      return connection->Refuse(TooManyConnections());
    }
    connection->Start();
  }

  // Out of file descriptors, most likely: trying at once would only burn the processor.
  void AcceptLater() {
    pause_.expires_after(absl::ToChronoNanoseconds(kAcceptPause));
    pause_.async_wait([this](error_code error) {
      if (!error) Accept();
    });
  }

  const Options options_;
  Connections shared_;  // before context_, which holds the connections that are counted there
  asio::io_context context_{1};
  tcp::acceptor acceptor_{context_};
  asio::steady_timer pause_{context_};
  int port_ = 0;
  std::thread thread_;
};

HttpServer::HttpServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
HttpServer::~HttpServer() = default;

absl::StatusOr<std::unique_ptr<HttpServer>> HttpServer::Start(Options options, Handler handler) {
  if (options.port < 0 || options.port > 65535) {
    return absl::InvalidArgumentError(absl::StrCat("not a port: ", options.port));
  }
  auto impl = std::make_unique<Impl>(std::move(options), std::move(handler));
  if (auto status = impl->Listen(); !status.ok()) return status;
  impl->Start();
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(impl)));
}

int HttpServer::port() const { return impl_->port(); }
void HttpServer::Drain(absl::Duration patience) { impl_->Drain(patience); }

}  // namespace equity::gateway
