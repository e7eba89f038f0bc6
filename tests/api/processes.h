// Every service in a process of its own, over mutual TLS, as they are run apart.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "clients/cpp/options.h"
#include "tests/faults/server_process.h"

namespace equity::api {

class Processes {
 public:
  // Makes certificates, an issuer and tokens in `folder` and starts all services and the gateway, at 20 July 2021 09:00
  // in London. `program` is equityd. Ends this process where that fails.
  Processes(std::string program, std::string folder);

  const std::vector<std::string>& services() const { return services_; }
  // How a client reaches a service, with the certificate of that name. The tokens of role `service` that tests mint are
  // for `service-test`, so this is the one that may send them.
  client::Target TargetOf(const std::string& service, const std::string& certificate = "service-test") const;
  std::string dev_issuer_folder() const { return folder_ + "/dev-issuer"; }

  // The gateway in front of them, as HTTP, and its metrics.
  int http_port() const { return http_port_; }
  int gateway_admin_port() const { return gateway_admin_port_; }

  // How equityd is called for a service, or for the gateway.
  std::vector<std::string> CommandOf(const std::string& service) const;
  void Start(const std::string& service);
  // SIGTERM; the exit code, or nothing when it does not end in 20 s.
  std::optional<int> Stop(const std::string& service);
  // New certificates of a new authority for everybody.
  void RenewCertificates();

 private:
  void MakeTokens();

  const std::string program_;
  const std::string folder_;
  std::vector<std::string> services_;
  std::map<std::string, int> ports_;
  const int http_port_;
  const int gateway_admin_port_;
  std::map<std::string, std::unique_ptr<faults::ServerProcess>> running_;
};

}  // namespace equity::api
