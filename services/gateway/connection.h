// One connection of HTTP/1.1: reads a request, lets it be answered, and so on. With http_server.cc the only place that
// knows Boost.Beast.
#pragma once

#include <atomic>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "services/gateway/errors.h"
#include "services/gateway/http_server.h"

namespace equity::gateway {

class Connection;

// What all connections share.
struct Connections {
  Limits limits;
  HttpServer::Handler handler;
  std::function<void(int)> on_refused;
  std::set<Connection*> open;
  std::map<std::string, int> of_client;  // how many of an address are open
  std::atomic<int> exchanges = 0;
  bool draining = false;
};

// Everything happens on the server's thread. Lives until its last handler has run.
class Connection final : public Exchange, public std::enable_shared_from_this<Connection> {
 public:
  Connection(boost::asio::ip::tcp::socket socket, Connections& shared);
  ~Connection() override;

  void Start() { AwaitRequest(); }
  // How many connections its client has, this one included.
  int OfItsClient() const { return shared_.of_client.at(client_); }
  // Says why not, and closes.
  void Refuse(const Problem& problem);
  // The server is going: a reply in parts ends itself, and nobody waits for another request.
  void Drain();
  void Cut() { Gone(); }

  const Request& request() const override { return request_; }
  void Reply(Response response) override;
  void Begin(Response head, std::function<void()> next) override;
  void Write(std::string part, std::function<void()> next) override;
  void End() override;
  void Abort() override { Gone(); }
  void OnGone(std::function<void()> callback) override;
  void OnDrain(std::function<void()> callback) override;
  void After(absl::Duration time, std::function<void()> callback) override;
  void Post(std::function<void()> task) override;

 private:
  using Error = boost::system::error_code;

  std::shared_ptr<Connection> Self() { return shared_from_this(); }
  // A request, step by step.
  void AwaitRequest();
  void ReadHead();
  void ReadBody();
  void CannotRead(const Error& error);
  void Handle();
  void Watch();
  // What throws, such as for want of memory, fails its own request and no other.
  void Guard(const std::function<void()>& task);

  // A reply, step by step.
  std::string Head(const Response& response, bool in_parts = false) const;
  void Send(std::string text, std::function<void()> next);
  void Finished();
  void Linger();
  void Discard();

  void Gone();
  void Forget();
  void Inactive();
  bool StaysOpen() const { return keep_alive_ && !shared_.draining; }
  void Expire(absl::Duration time) { stream_.expires_after(absl::ToChronoNanoseconds(time)); }
  void Close();
  void Uncount();

  Connections& shared_;
  boost::beast::tcp_stream stream_;
  std::string client_;  // its address
  boost::asio::steady_timer timer_;
  boost::beast::flat_buffer buffer_{64 << 10};
  std::optional<boost::beast::http::request_parser<boost::beast::http::string_body>> parser_;
  Request request_;
  std::string out_;
  std::function<void()> on_gone_;
  std::function<void()> on_drain_;
  std::function<void()> on_time_;
  unsigned request_version_ = 11;
  int watch_ = 0;
  bool keep_alive_ = false;
  bool chunked_ = false;
  bool active_ = false;   // between the request and the end of its reply
  bool replied_ = false;  // its head is on its way
  bool idle_ = false;
};

}  // namespace equity::gateway
