// A gRPC server with everything that is the same for all: limits, health, reflection, drain.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/rpc/runtime.h"
#include "common/rpc/shared.h"
#include "common/rpc/tls.h"
#include "grpcpp/server.h"

namespace equity::rpc {

struct ServerOptions {
  std::string address = "127.0.0.1";  // loopback unless told otherwise
  int port = 0;                       // 0 takes a free one
  std::optional<TlsFiles> tls;        // without, it speaks clear text
};

class Server {
 public:
  // Starts to serve. FAILED_PRECONDITION when an RPC of the contract is not mounted; ALREADY_EXISTS when the port is
  // taken, naming it and the way out.
  static absl::StatusOr<std::unique_ptr<Server>> Start(Shared& shared, const std::vector<Runtime*>& runtimes,
                                                       const std::vector<grpc::Service*>& services,
                                                       ServerOptions options);
  ~Server();

  int port() const { return port_; }
  std::string target() const;
  // A channel to this server that leaves the process never. The caller is nobody until it sends a credential.
  std::shared_ptr<grpc::Channel> InProcessChannel();
  // Health answers NOT_SERVING, streams end, calls in progress get `patience` to end. Idempotent.
  void Drain(absl::Duration patience);

 private:
  Server(Shared& shared, std::unique_ptr<grpc::Server> server, std::string address, int port);

  Shared& shared_;
  std::unique_ptr<grpc::Server> server_;
  std::string address_;
  int port_;
  bool drained_ = false;
};

}  // namespace equity::rpc
