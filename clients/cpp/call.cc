#include "clients/cpp/call.h"

#include <algorithm>
#include <cstdlib>
#include <random>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/ids/uuid.h"
#include "common/status/errors.h"
#include "common/status/grpc_status.h"
#include "google/protobuf/descriptor.pb.h"
#include "grpcpp/channel.h"
#include "grpcpp/impl/codegen/client_unary_call.h"
#include "grpcpp/impl/codegen/proto_utils.h"
#include "grpcpp/impl/codegen/rpc_method.h"

namespace equity::client {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
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

absl::Status Call(const std::shared_ptr<grpc::Channel>& channel, const CallOptions& options, Message& request,
                  Message* response) {
  using google::protobuf::MessageLite;
  const google::protobuf::MethodDescriptor& method = MethodOf(*request.GetDescriptor());
  const std::string path = absl::StrCat("/", method.service()->full_name(), "/", method.name());
  const grpc::internal::RpcMethod rpc(path.c_str(), grpc::internal::RpcMethod::NORMAL_RPC);
  FillRequestId(request);
  return CallWithRetries(method, options, [&](grpc::ClientContext& context) {
    response->Clear();
    return grpc::internal::BlockingUnaryCall<MessageLite, MessageLite, MessageLite, MessageLite>(
        channel.get(), rpc, &context, request, response);
  });
}

absl::Status ForEachPage(const std::shared_ptr<grpc::Channel>& channel, const CallOptions& options, Message& request,
                         Message* page, absl::FunctionRef<absl::Status()> visit) {
  const auto field = [](const Message& message, const char* name) {
    return message.GetDescriptor()->FindFieldByName(name);
  };
  const google::protobuf::Reflection& reflection = *request.GetReflection();
  const FieldDescriptor* size = field(request, "page_size");
  if (reflection.GetInt32(request, size) == 0) reflection.SetInt32(&request, size, kLargestPage);
  std::string token;
  do {
    RETURN_IF_ERROR(Call(channel, options, request, page));
    RETURN_IF_ERROR(visit());
    token = page->GetReflection()->GetString(*page, field(*page, "next_page_token"));
    reflection.SetString(&request, field(request, "page_token"), token);
  } while (!token.empty());
  return absl::OkStatus();
}

}  // namespace equity::client
