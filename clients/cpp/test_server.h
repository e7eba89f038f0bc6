// A server within a test, at a port that is free.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "clients/cpp/channel.h"
#include "grpcpp/server.h"
#include "grpcpp/server_builder.h"

namespace equity::client {

class TestServer {
 public:
  explicit TestServer(grpc::Service& service, int port = 0) : TestServer(std::vector{&service}, port) {}
  explicit TestServer(const std::vector<grpc::Service*>& services, int port = 0) : port_(port) {
    grpc::ServerBuilder builder;
    builder.AddListeningPort(address(), grpc::InsecureServerCredentials(), &port_);
    for (grpc::Service* service : services) builder.RegisterService(service);
    server_ = builder.BuildAndStart();
  }
  ~TestServer() { server_->Shutdown(absl::ToChronoTime(absl::Now())); }

  int port() const { return port_; }
  std::string address() const { return absl::StrCat("127.0.0.1:", port_); }
  std::shared_ptr<grpc::Channel> Connect() const { return client::Connect({address()}); }

 private:
  int port_;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace equity::client
