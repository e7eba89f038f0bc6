#include "clients/cpp/call.h"

#include <algorithm>
#include <cstdlib>
#include <random>
#include <string>

#include "absl/time/clock.h"
#include "common/ids/uuid.h"
#include "common/status/errors.h"
#include "common/status/grpc_status.h"
#include "google/protobuf/descriptor.pb.h"

namespace equity::client {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::MethodOptions;

double Uniform(double least, double most) {
  thread_local std::minstd_rand random(std::random_device{}());
  return std::uniform_real_distribution<double>(least, most)(random);
}

bool IsIdempotent(const google::protobuf::MethodDescriptor& method) {
  return method.options().idempotency_level() != MethodOptions::IDEMPOTENCY_UNKNOWN;
}

}  // namespace

absl::Duration Backoff::Next(const absl::Status& status) {
  const absl::Duration own = pause_ * Uniform(0.5, 1.0);
  pause_ = std::min(pause_ * 2, kLongest);
  const absl::Duration asked = status::RetryAfter(status);
  return asked > absl::ZeroDuration() ? asked * Uniform(1.0, 1.25) : own;
}

bool IsTransient(const absl::Status& status) {
  // No call of ours is cancelled by us: a server that is going cancels what arrives in its last moment.
  return absl::IsUnavailable(status) || absl::IsCancelled(status) ||
         (absl::IsResourceExhausted(status) && status::RetryAfter(status) > absl::ZeroDuration());
}

void Prepare(grpc::ClientContext& context, const CallOptions& options, absl::Time deadline) {
  context.set_deadline(absl::ToChronoTime(deadline));
  if (!options.bearer_token.empty()) context.AddMetadata("authorization", "Bearer " + options.bearer_token);
  if (!options.actor.empty()) context.AddMetadata("equity-actor", options.actor);
  if (!options.traceparent.empty()) context.AddMetadata("traceparent", options.traceparent);
}

void FillRequestId(google::protobuf::Message& request) {
  const FieldDescriptor* field = request.GetDescriptor()->FindFieldByName("request_id");
  if (field == nullptr || field->cpp_type() != FieldDescriptor::CPPTYPE_STRING) return;
  const auto* reflection = request.GetReflection();
  if (reflection->GetString(request, field).empty()) {
    reflection->SetString(&request, field, NewUuidV7(absl::Now()));
  }
}

const google::protobuf::MethodDescriptor& MethodOf(const google::protobuf::Descriptor& request) {
  const google::protobuf::FileDescriptor& file = *request.file();
  for (int i = 0; i < file.service_count(); ++i) {
    for (int j = 0; j < file.service(i)->method_count(); ++j) {
      if (file.service(i)->method(j)->input_type() == &request) return *file.service(i)->method(j);
    }
  }
  std::abort();  // a type that no RPC of its file takes is a mistake in this library
}

absl::Status CallWithRetries(const google::protobuf::MethodDescriptor& method, const CallOptions& options,
                             absl::FunctionRef<grpc::Status(grpc::ClientContext&)> attempt) {
  const absl::Time deadline = absl::Now() + options.deadline;
  Backoff backoff;
  for (int tries = 1;; ++tries) {
    grpc::ClientContext context;
    Prepare(context, options, deadline);
    const absl::Status status = status::FromGrpc(attempt(context));
    if (status.ok() || !IsTransient(status) || !IsIdempotent(method) || tries == options.max_tries) return status;
    const absl::Duration pause = backoff.Next(status);
    if (absl::Now() + pause >= deadline) return status;
    absl::SleepFor(pause);
  }
}

}  // namespace equity::client
