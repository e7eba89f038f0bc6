// The load: a fixed number of unary calls in flight, each answer followed by the next call, driven by one thread.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/status/grpc_status.h"
#include "google/protobuf/descriptor.h"
#include "grpcpp/generic/generic_stub.h"
#include "grpcpp/grpcpp.h"
#include "tests/bench/child.h"

namespace equity::bench {

using LoadClock = std::chrono::steady_clock;

// A call that is made again and again.
class Slot {
 public:
  virtual ~Slot() = default;
  // The slot is the tag under which the queue says that the answer is here.
  virtual void Start(grpc::CompletionQueue& queue) = 0;
  virtual absl::Status Check() = 0;
  std::chrono::milliseconds deadline{10'000};
  LoadClock::time_point began;
  LoadClock::time_point due;  // when it was to begin, where that was set beforehand
};

struct Window {
  absl::Duration length;
  int in_flight = 64;
};

struct Rate {
  double per_second;
  double p50_ms;
  double p99_ms;
  double cpu_us;  // of the server, per call
};

// Runs the slots for a while unmeasured and then for `length`. The first call that fails ends it.
absl::StatusOr<Rate> Drive(const std::vector<std::unique_ptr<Slot>>& slots, absl::Duration length, const Child& server);

// Waits until a server has caught up with what it does by itself, such as statistics, so that one measurement does not
// pay for another.
void Settle(const Child& server);

// Channels with a connection each.
std::vector<std::shared_ptr<grpc::Channel>> OpenConnections(const std::string& target, int count = 4);

// Reorders the values. 0 of none.
double Quantile(std::vector<double>& values, double part);
double Milliseconds(LoadClock::duration duration);

// Where requests of this type go, such as /equity.workshops.v1.BookingService/BookPlace.
std::string PathOf(const google::protobuf::Descriptor& request);

// What is called, by the type of its request: `fill` makes the next one, `check` judges its answer.
template <class RequestType, class ResponseType>
struct Workload {
  using Request = RequestType;
  using Response = ResponseType;
  std::function<void(Request&, grpc::ClientContext&)> fill;
  std::function<absl::Status(const Response&)> check;
  std::string path;  // where its type does not say it
};

template <class Request, class Response>
class UnarySlot final : public Slot {
 public:
  UnarySlot(const std::shared_ptr<grpc::Channel>& channel, const Workload<Request, Response>& workload)
      : stub_(channel),
        path_(workload.path.empty() ? PathOf(*Request::descriptor()) : workload.path),
        workload_(workload) {}

  void Start(grpc::CompletionQueue& queue) override {
    context_.emplace();
    workload_.fill(request_, *context_);
    began = LoadClock::now();
    context_->set_deadline(std::chrono::system_clock::now() + deadline);
    reader_ = stub_.PrepareUnaryCall(&*context_, path_, request_, &queue);
    reader_->StartCall();
    reader_->Finish(&response_, &status_, this);
  }

  absl::Status Check() override { return status_.ok() ? workload_.check(response_) : status::FromGrpc(status_); }

 private:
  grpc::TemplatedGenericStub<Request, Response> stub_;
  const std::string path_;
  const Workload<Request, Response>& workload_;
  std::optional<grpc::ClientContext> context_;
  Request request_;
  Response response_;
  grpc::Status status_;
  std::unique_ptr<grpc::ClientAsyncResponseReader<Response>> reader_;
};

// Measures a workload with new connections.
template <class Request, class Response>
absl::StatusOr<Rate> Measure(const Child& server, const Window& window, const Workload<Request, Response>& workload) {
  const auto channels = OpenConnections(server.target());
  std::vector<std::unique_ptr<Slot>> slots;
  for (int i = 0; i < window.in_flight; ++i) {
    slots.push_back(std::make_unique<UnarySlot<Request, Response>>(channels[i % channels.size()], workload));
  }
  return Drive(slots, window.length, server);
}

}  // namespace equity::bench
