// A gRPC server with everything that is the same for all: limits, health, reflection, drain.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/rpc/acceptor.h"
#include "common/rpc/runtime.h"
#include "common/rpc/shared.h"
#include "common/rpc/tls.h"
#include "grpcpp/server.h"

namespace equity::rpc {

struct ServerOptions {
  std::string address = "127.0.0.1";                   // loopback unless told otherwise
  int port = 0;                                        // 0 takes a free one
  std::optional<TlsFiles> tls;                         // without, it speaks clear text
  int connections_per_client = kConnectionsPerClient;  // 0 for no limit
};

class Server {
 public:
  // Starts to serve. FAILED_PRECONDITION when an RPC of the contract is not mounted; ALREADY_EXISTS when the port is
  // taken, naming it and the way out.
  static absl::StatusOr<std::unique_ptr<Server>> Start(Shared& shared, const std::vector<Runtime*>& runtimes,
                                                       const std::vector<grpc::Service*>& services,
                                                       ServerOptions options);
  ~Server();

  int port() const { return acceptor_->port(); }
  std::string target() const;
  // Channels to this server for who is in the same process. The caller is nobody until it sends a credential.
  // The first never leaves the process, and has no bound on its streams. But in gRPC 1.51 a stream of it that is
  // cancelled while it is written to sometimes never ends, and the server's end then waits for it for ever: for those
  // that are cancelled as a rule there is the second, a connection by a socket without a file.
  std::shared_ptr<grpc::Channel> InProcessChannel();
  std::shared_ptr<grpc::Channel> Connect() const;
  // Whether a new connection from outside is served: what is wrong, or nothing.
  std::string NotAnswering() const { return acceptor_->NotAnswering(); }
  // Health answers NOT_SERVING, no connection is accepted, streams end, calls in progress get `patience` to end.
  // Idempotent.
  void Drain(absl::Duration patience);

 private:
  Server(Shared& shared, std::unique_ptr<grpc::Server> server, std::unique_ptr<Acceptor> acceptor,
         std::string own_address, std::string address);

  Shared& shared_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<Acceptor> acceptor_;
  const std::string own_address_;
  std::string address_;
  bool drained_ = false;
};

}  // namespace equity::rpc
