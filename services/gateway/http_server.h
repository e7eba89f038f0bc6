// HTTP/1.1 on a port: connections, limits, timeouts, and nothing of what is said over it. Boost.Beast stays in
// connection.cc and http_server.cc.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/gateway/http.h"

namespace equity::gateway {

// Each with its reason.
struct Limits {
  uint32_t header_bytes = 8 << 10;           // what gRPC takes as metadata
  uint64_t body_bytes = 1 << 20;             // what gRPC takes as a message
  int connections = 512;                     // a browser opens six
  int connections_per_client = 128;          // of one address, so that nobody takes them all; 0 for no limit of its own
  absl::Duration idle = absl::Seconds(75);   // between two requests
  absl::Duration head = absl::Seconds(10);   // for a whole head, however slowly it drips
  absl::Duration body = absl::Seconds(30);   // for a whole body
  absl::Duration write = absl::Seconds(30);  // for each part of a reply
};

class HttpServer {
 public:
  struct Options {
    std::string address = "127.0.0.1";
    int port = 0;  // 0 takes a free one
    Limits limits;
    std::function<void(int http_status)> on_refused;  // of what never became a request; may be null
  };
  // Gets each request, on the server's one thread, and must not block it.
  using Handler = std::function<void(const ExchangePtr&)>;

  // ALREADY_EXISTS when the port is taken, naming it.
  static absl::StatusOr<std::unique_ptr<HttpServer>> Start(Options options, Handler handler);
  ~HttpServer();  // after Drain, and when nobody Posts any more

  int port() const;
  // No new connections and requests; replies in parts end themselves; the rest gets `patience`, and is then cut off.
  void Drain(absl::Duration patience);

 private:
  class Impl;
  explicit HttpServer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace equity::gateway
