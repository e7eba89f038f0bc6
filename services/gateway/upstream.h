// Calls to the services, by gRPC, with messages as bytes. Cancelled with the object that a call returns.
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include "absl/time/time.h"
#include "grpcpp/generic/generic_stub.h"

namespace equity::gateway {

struct Outgoing {
  std::string path;  // /equity.workshops.v1.SessionService/GetSession
  std::string request;
  std::string authorization;  // as the client sent it, or empty
  std::string traceparent;
  absl::Time deadline = absl::InfiniteFuture();
};

// Where the services are: by the second part of their package, such as `benefitplans`, and where all the others are.
struct Backends {
  Backends(std::shared_ptr<grpc::Channel> others) : others(std::move(others)) {}  // NOLINT: one channel is a way to all

  std::shared_ptr<grpc::Channel> others;
  std::map<std::string, std::shared_ptr<grpc::Channel>, std::less<>> by_package;
};

class UnaryCall {
 public:
  virtual ~UnaryCall() = default;
  virtual void Cancel() = 0;
};

class StreamCall {
 public:
  virtual ~StreamCall() = default;
  // Asks for the next message. Once after each that came, and once at the beginning.
  virtual void Next() = 0;
  // Ends it; what was on its way is dropped.
  virtual void Cancel() = 0;
};

class Upstream {
 public:
  explicit Upstream(const Backends& backends);
  ~Upstream() { WaitUntilIdle(); }

  // The callbacks run on threads of gRPC's; `done` once, and last.
  using Done = std::function<void(grpc::Status, std::string response)>;
  std::shared_ptr<UnaryCall> Unary(const Outgoing& outgoing, Done done);
  using OnMessage = std::function<void(std::string message)>;
  using OnEnd = std::function<void(grpc::Status)>;
  std::shared_ptr<StreamCall> Stream(const Outgoing& outgoing, OnMessage on_message, OnEnd on_end);

  // Until no call is on its way: gRPC must not be taken down before.
  void WaitUntilIdle();

 private:
  void Count(int change);
  // Of the service that serves the path.
  grpc::GenericStub& StubFor(std::string_view path);

  grpc::GenericStub others_;
  std::map<std::string, grpc::GenericStub, std::less<>> by_package_;
  std::mutex mutex_;
  std::condition_variable idle_;
  int calls_ = 0;
};

}  // namespace equity::gateway
