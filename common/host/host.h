// A process that serves: what the mains have in common. A main adds its services and runs it.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/auth/authenticator.h"
#include "common/exec/store.h"
#include "common/obs/admin.h"
#include "common/rpc/runtime.h"
#include "common/rpc/server.h"
#include "common/rpc/shared.h"

namespace equity::host {

using rpc::Runtime;
using rpc::Server;
using rpc::ServerOptions;
using rpc::Shared;

// How a service reaches the others: channels, and the credential it sends.
struct Peers {
  std::shared_ptr<grpc::Channel> participants;
  std::shared_ptr<grpc::Channel> workshops;
  std::string bearer;
};

// A service, to the process that hosts it.
class HostedService {
 public:
  virtual ~HostedService() = default;
  virtual Runtime& runtime() = 0;
  virtual std::vector<grpc::Service*> mounts() = 0;
  // Begins what runs by itself, such as following a feed. The server serves by now.
  virtual void Start(const Peers&) {}
  // Ends it; returns when it has ended.
  virtual void Stop() {}
};

struct HostOptions {
  std::string data_folder;
  ServerOptions server;
  int admin_port = 0;
  std::string jwks_file;  // whose tokens are accepted; with `dev_issuer` this may be empty
  std::string issuer;
  bool dev_issuer = false;  // make and trust a development issuer in {data_folder}/dev-issuer; loopback only
  absl::Time demo_now = absl::InfinitePast();  // start the business clock here; loopback only
  int log_fd = 2;
  // Applied to each store's options, for tests and measurements.
  std::function<void(exec::StoreOptions&)> tune_store;
  // Called when a store must not go on; the default ends the process with exit code 70.
  std::function<void(const std::string& why)> on_fatal;
};

class Host {
 public:
  static absl::StatusOr<std::unique_ptr<Host>> Create(HostOptions options);
  ~Host();

  // Opens a service: `open` gets what it needs and returns it or why not.
  using Open = std::function<absl::StatusOr<std::unique_ptr<HostedService>>(Shared&, exec::StoreOptions)>;
  absl::Status Add(const std::string& name, const Open& open);

  // Serves, together with the change feed and operations of the services that were added.
  absl::Status Start();
  // The way to the services of this process, for their clients.
  Peers InProcessPeers();

  // Not ready, streams end, calls end, background work ends. Idempotent.
  void Stop(absl::Duration patience);

  int port() const { return server_->port(); }
  int admin_port() const { return admin_->port(); }
  const std::string& data_folder() const { return options_.data_folder; }
  std::string dev_issuer_folder() const { return options_.data_folder + "/dev-issuer"; }
  Shared& shared() { return shared_; }
  Server& server() { return *server_; }

 private:
  explicit Host(HostOptions options);
  absl::Status Authenticators();
  absl::Status AddJwt(std::vector<std::unique_ptr<auth::Authenticator>>& members, std::string jwks_file,
                      std::string issuer);
  std::string NotReady() const;

  HostOptions options_;
  std::unique_ptr<exec::DataFolder> folder_;
  std::unique_ptr<obs::Log> log_;
  std::unique_ptr<obs::Metrics> metrics_;
  Shared shared_;
  std::string bearer_;
  std::vector<std::unique_ptr<HostedService>> services_;
  std::vector<exec::Store*> stores_;
  std::unique_ptr<Runtime> own_runtime_;
  std::vector<std::unique_ptr<grpc::Service>> own_services_;
  std::unique_ptr<Server> server_;
  std::unique_ptr<obs::AdminServer> admin_;
  bool started_ = false;
  bool stopped_ = false;
};

}  // namespace equity::host
