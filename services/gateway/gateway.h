// The HTTP door: one port in front of the services, which it reaches by gRPC like anybody else.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "grpcpp/channel.h"
#include "services/gateway/application.h"
#include "services/gateway/http_server.h"

namespace equity::gateway {

class Gateway {
 public:
  struct Options {
    HttpServer::Options http;
    Application::Options application;
  };
  // `channel` leads to the services: those of this process, or a server elsewhere.
  static absl::StatusOr<std::unique_ptr<Gateway>> Start(const Backends& backends, Options options);
  ~Gateway();

  int port() const { return server_->port(); }
  // Replies that are on their way get `patience`, streams are told to come again. Before the services go. Idempotent.
  void Stop(absl::Duration patience);

 private:
  explicit Gateway(std::unique_ptr<Application> application) : application_(std::move(application)) {}

  std::unique_ptr<Application> application_;
  std::unique_ptr<HttpServer> server_;
  bool stopped_ = false;
};

}  // namespace equity::gateway
