// One call in progress, from its admission to its log line.
#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "absl/status/status.h"
#include "common/exec/job.h"
#include "common/exec/workers.h"
#include "common/rpc/context.h"
#include "common/rpc/method.h"
#include "grpcpp/server_context.h"

namespace equity::obs {
class Log;
}

namespace equity::rpc {

struct Shared;

// The trace that a call belongs to (W3C Trace Context).
struct Trace {
  std::string trace_id;  // 32 hexadecimal digits
  std::string span_id;   // 16, of this call
};
// Continues the caller's trace where `traceparent` is valid, else begins one.
Trace TraceFrom(std::string_view traceparent);

class Call {
 public:
  // Counts the call in. Keeps references to all three.
  Call(Shared& shared, const Method& method, const grpc::ServerContextBase& server);

  // Who is it, may they, is the request well-formed? In this order, so that nothing is learnt without a right to it.
  absl::Status Admit(const google::protobuf::Message& request);
  // The first two alone, for streams whose requests come later.
  absl::Status Authorise();
  // The tenant rule and the field rules of one request.
  absl::Status CheckRequest(const google::protobuf::Message& request) const;

  // What the caller gets: an INTERNAL error goes to the log and leaves without its cause.
  grpc::Status Answer(absl::Status status);
  // Counts and logs the call as it was answered.
  void Record(const google::protobuf::Message* response);
  // Both.
  grpc::Status Finish(absl::Status status, const google::protobuf::Message* response);

  const Method& method() const { return method_; }
  Context& context() { return context_; }
  absl::Time deadline() const { return deadline_; }
  // What the caller's idempotency keys are kept under.
  const std::string& tenant() const;
  void set_request_id(const std::string& id) { request_id_ = id; }
  const std::string& request_id() const { return request_id_; }

  // For whom a store's writer works, and in whose turn: the caller's organisation, or the one that a service acts for.
  // What a service asks for is a step of something that was begun, and nothing that could be refused.
  exec::Work work() const { return work_; }
  const std::string& organisation() const { return organisation_; }
  // Whether the caller has gone. Thread-safe, until the call is finished.
  bool IsCancelled() const { return server_.IsCancelled(); }
  // Begins it on a thread of its own. RESOURCE_EXHAUSTED where there is none left, or none for this organisation.
  absl::Status StartOn(exec::Workers& workers, std::function<void()> task) const;

 private:
  absl::Status Authenticate();

  Shared& shared_;
  const Method& method_;
  const grpc::ServerContextBase& server_;
  Context context_;
  Trace trace_;
  exec::Work work_ = exec::Work::kCall;
  std::string organisation_;
  std::string request_id_;
  absl::Time start_;
  absl::Time deadline_;
  std::chrono::steady_clock::time_point steady_start_;
  size_t request_bytes_ = 0;
  absl::Status answer_;
};

}  // namespace equity::rpc
