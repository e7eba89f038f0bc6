// A process that serves: what the mains have in common. A main adds its services and runs it.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/auth/authenticator.h"
#include "common/auth/token_file.h"
#include "common/exec/store.h"
#include "common/host/peers.h"
#include "common/obs/admin.h"
#include "common/rpc/runtime.h"
#include "common/rpc/server.h"
#include "common/rpc/shared.h"

namespace equity::host {

using rpc::Runtime;
using rpc::Server;
using rpc::ServerOptions;
using rpc::Shared;

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
  std::string backup_folder;  // where backups go, and what must outlast them; empty for {data_folder}/backups
  std::string admin_address = "127.0.0.1";
  int admin_port = 0;
  // The services of other processes: name -> host:port. They are reached with the certificate of `server.tls` and the
  // token in `token_file`, whose subject the certificate names.
  std::map<std::string, std::string> peers;
  std::string token_file;
  // This process has no services, and answers for its peers what every process answers for itself. It needs no token.
  bool relays = false;
  std::string jwks_file;  // whose tokens are accepted; with `dev_issuer` this may be empty
  std::string issuer;
  bool dev_issuer = false;  // make and trust a development issuer in {data_folder}/dev-issuer; loopback only
  absl::Time demo_now = absl::InfinitePast();  // start the business clock here; loopback only
  int log_fd = 2;
  // For tests of too much load: so many jobs a second for each store's writer, and no more; loopback only.
  int writer_pace = 0;
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
  // The way to every service there is: to those of this process without leaving it. Once it serves.
  Peers AllPeers();

  // Not ready, streams end, calls end, background work ends. Idempotent.
  void Stop(absl::Duration patience);

  int port() const { return server_->port(); }
  bool HasPeer(const std::string& service) const { return options_.peers.contains(service); }

  int admin_port() const { return admin_->port(); }
  const std::string& data_folder() const { return options_.data_folder; }
  std::string dev_issuer_folder() const { return options_.data_folder + "/dev-issuer"; }
  Shared& shared() { return shared_; }
  Server& server() { return *server_; }

 private:
  explicit Host(HostOptions options);
  absl::Status Authenticators();
  absl::Status OpenBackupFolder();
  absl::Status CheckPeers();
  absl::Status AddJwt(std::vector<std::unique_ptr<auth::Authenticator>>& members, std::string jwks_file,
                      std::string issuer);
  std::string NotReady() const;

  HostOptions options_;
  std::unique_ptr<exec::DataFolder> folder_;
  std::unique_ptr<obs::Log> log_;
  std::unique_ptr<obs::Metrics> metrics_;
  Shared shared_;
  std::string bearer_;
  std::unique_ptr<auth::TokenFile> token_;  // to send to other processes
  std::vector<std::unique_ptr<HostedService>> services_;
  std::vector<std::string> names_;  // of those
  std::vector<exec::Store*> stores_;
  Peers relayed_;
  std::unique_ptr<Runtime> own_runtime_;
  std::vector<std::unique_ptr<grpc::Service>> own_services_;
  std::unique_ptr<Server> server_;
  std::unique_ptr<obs::AdminServer> admin_;
  bool started_ = false;
  bool stopped_ = false;
};

}  // namespace equity::host
