#include "common/rpc/runtime.h"

#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/audit/audit.h"
#include "common/feed/feed.h"
#include "common/status/errors.h"
#include "common/status/macros.h"

namespace equity::rpc {
namespace {

// The first resource name of the request, for the audit trail.
std::string NameIn(const Message& request) {
  const auto* descriptor = request.GetDescriptor();
  for (int i = 0; i < descriptor->field_count(); ++i) {
    const auto* field = descriptor->field(i);
    if (field->is_repeated()) continue;
    if (!field->options().GetExtension(common::v1::rules).resource().empty()) {
      return request.GetReflection()->GetString(request, field);
    }
    if (field->message_type() != nullptr && request.GetReflection()->HasField(request, field)) {
      if (std::string name = NameIn(request.GetReflection()->GetMessage(request, field)); !name.empty()) return name;
    }
  }
  return "";
}

void StoreTraces(sql::Transaction& transaction, const WriteContext& context, const std::string& organisation,
                 const std::string& method, const std::string& resource, const std::string& request_id) {
  audit::Append(transaction, {.time = absl::Now(),
                              .actor = context.actor(),
                              .organisation = organisation,
                              .method = method,
                              .resource = resource,
                              .request_id = request_id,
                              .trace_id = context.trace_id()});
  for (const auto& change : context.changes_) feed::Append(transaction, context.now(), change);
}

// Without what is sealed: with the rest of the request at hand, a hash would tell which of a list of names it was.
std::string HashOf(const Method& method, const Message& request) {
  if (!method.request.HasSealed()) return once::Hash(method.full_name, request.SerializeAsString());
  const std::unique_ptr<Message> open(request.New());
  open->CopyFrom(request);
  method.request.ClearSealed(*open);
  return once::Hash(method.full_name, open->SerializeAsString());
}

// A write RPC as a job of the writer. Request and response are gRPC's, and live until Finish.
class WriteJob final : public exec::Job {
 public:
  WriteJob(Runtime& runtime, std::unique_ptr<Call> call, grpc::ServerUnaryReactor* reactor, const Message& request,
           Message& response, WriteHandler handler, Refill refill)
      : runtime_(runtime),
        call_(std::move(call)),
        reactor_(reactor),
        request_(request),
        response_(response),
        handler_(handler),
        refill_(refill) {
    deadline = call_->deadline();
    work = call_->work();
    organisation = call_->organisation();
    if (call_->method().request_id == nullptr) return;
    key_ = {call_->tenant(), call_->request_id(), HashOf(call_->method(), request)};
  }

  absl::Status Run(sql::Transaction& transaction) override {
    response_.Clear();
    WriteContext context;
    static_cast<Context&>(context) = call_->context();
    context.belongings_ = runtime_.belongings();
    context.now_ = runtime_.shared().clock.Now();
    if (!key_.request_id.empty()) {
      ASSIGN_OR_RETURN(const auto answer, runtime_.requests().Find(transaction, key_));
      if (answer) return Replay(context, transaction, *answer);
    }
    RETURN_IF_ERROR(handler_(context, transaction, request_, response_));
    StoreTraces(transaction, context, call_->tenant(), call_->method().full_name,
                context.resource_.empty() ? NameIn(request_) : context.resource_,
                call_->method().is_sealed ? std::string() : key_.request_id);
    if (!key_.request_id.empty()) Remember(transaction);
    return absl::OkStatus();
  }

  void Done(const absl::Status& status) override { reactor_->Finish(call_->Finish(status, &response_)); }
  bool IsWanted() const override { return !call_->IsCancelled(); }

 private:
  absl::Status Replay(const Context& context, sql::Transaction& transaction, const std::string& answer) {
    response_.ParseFromString(answer);
    return refill_ == nullptr ? absl::OkStatus() : refill_(context, transaction, response_);
  }

  void Remember(sql::Transaction& transaction) {
    const MessageRules& rules = call_->method().response;
    if (!rules.HasPersonal()) {
      runtime_.requests().Remember(transaction, key_, response_.SerializeAsString());
      return;
    }
    const std::unique_ptr<Message> impersonal(response_.New());
    impersonal->CopyFrom(response_);
    rules.ClearPersonal(*impersonal);
    runtime_.requests().Remember(transaction, key_, impersonal->SerializeAsString());
  }

  Runtime& runtime_;
  const std::unique_ptr<Call> call_;
  grpc::ServerUnaryReactor* const reactor_;  // asked for once: a second DefaultReactor() would undo the first
  const Message& request_;
  Message& response_;
  const WriteHandler handler_;
  const Refill refill_;
  once::Key key_;
};

absl::Status Guarded(absl::FunctionRef<absl::Status()> body) {
  // gRPC turns an exception into UNIMPLEMENTED, which would be a lie.
  try {
    return body();
  } catch (const std::exception& error) {
    return absl::InternalError(error.what());
  }
}

}  // namespace

Runtime::Runtime(Shared& shared, exec::Store* store, const Belongings* belongings)
    : shared_(shared), store_(store), belongings_(belongings) {
  if (store_ == nullptr) return;
  store_->SetDailyTask([this](sql::Transaction& transaction, int64_t day) { requests_.StartDay(transaction, day); });
}

const Method& Runtime::Mount(const char* service, const char* name) {
  const std::string full_name = absl::StrCat(service, ".", name);
  const auto* descriptor = google::protobuf::DescriptorPool::generated_pool()->FindMethodByName(full_name);
  auto method =
      descriptor == nullptr ? absl::NotFoundError(full_name + " is not in the contract") : Method::Of(descriptor);
  if (!method.ok()) {
    std::fprintf(stderr, "cannot start: %s\n", std::string(method.status().message()).c_str());
    std::abort();
  }
  (*method)->metrics = shared_.metrics->ForMethod(descriptor);
  methods_.push_back(*std::move(method));
  return *methods_.back();
}

std::vector<std::string> Runtime::Unmounted() const {
  std::set<const google::protobuf::MethodDescriptor*> mounted;
  std::set<const google::protobuf::ServiceDescriptor*> services;
  for (const auto& method : methods_) {
    mounted.insert(method->descriptor);
    services.insert(method->descriptor->service());
  }
  std::vector<std::string> unmounted;
  for (const auto* service : services) {
    for (int i = 0; i < service->method_count(); ++i) {
      if (!mounted.contains(service->method(i))) unmounted.push_back(service->method(i)->full_name());
    }
  }
  return unmounted;
}

grpc::ServerUnaryReactor* Runtime::Read(grpc::CallbackServerContext* server, const Method& method,
                                        const Message& request, Message& response, ReadHandler handler) {
  auto* reactor = server->DefaultReactor();
  Call call(shared_, method, *server);
  absl::Status status = Guarded([&]() -> absl::Status {
    call.context().belongings_ = belongings_;
    RETURN_IF_ERROR(call.Admit(request));
    return store_->Read(
        [&](sql::ReadTransaction& transaction) { return handler(call.context(), transaction, request, response); });
  });
  reactor->Finish(call.Finish(std::move(status), &response));
  return reactor;
}

grpc::ServerUnaryReactor* Runtime::Write(grpc::CallbackServerContext* server, const Method& method,
                                         const Message& request, Message& response, WriteHandler handler,
                                         Refill refill) {
  auto* reactor = server->DefaultReactor();
  auto call = std::make_unique<Call>(shared_, method, *server);
  absl::Status status = Guarded([&] { return call->Admit(request); });
  if (!status.ok()) {
    reactor->Finish(call->Finish(std::move(status), nullptr));
    return reactor;
  }
  // From here on the call may end on another thread at any moment: nothing of it is touched after Submit.
  store_->Submit(std::make_unique<WriteJob>(*this, std::move(call), reactor, request, response, handler, refill));
  return reactor;
}

grpc::ServerUnaryReactor* Runtime::Flow(grpc::CallbackServerContext* server, const Method& method,
                                        const Message& request, Message& response, FlowHandler handler) {
  auto* reactor = server->DefaultReactor();
  auto call = std::make_shared<Call>(shared_, method, *server);
  absl::Status status = Guarded([&] { return call->Admit(request); });
  if (status.ok()) {
    status = call->StartOn(shared_.workers, [reactor, call, handler = std::move(handler), &request, &response] {
      absl::Status result = Guarded([&] { return handler(call->context(), request, response); });
      reactor->Finish(call->Finish(std::move(result), &response));
    });
    if (status.ok()) return reactor;
  }
  reactor->Finish(call->Finish(std::move(status), nullptr));
  return reactor;
}

absl::Status Runtime::WriteAs(const Actor& actor, const std::string& what,
                              std::function<absl::Status(WriteContext&, sql::Transaction&)> body) {
  const auto write = [&](sql::Transaction& transaction) -> absl::Status {
    WriteContext context;
    context.caller_ = std::make_shared<auth::Principal>();
    context.belongings_ = belongings_;
    context.actor_ = actor.name;
    context.trace_id_ = actor.trace_id;
    context.now_ = shared_.clock.Now();
    RETURN_IF_ERROR(body(context, transaction));
    // A consumer that found nothing to do leaves no trace.
    if (context.changes_.empty() && context.resource_.empty()) return absl::OkStatus();
    StoreTraces(transaction, context, actor.organisation, what, context.resource_, actor.request_id);
    return absl::OkStatus();
  };
  return store_->Write(write, actor.work, actor.organisation, actor.deadline);
}

}  // namespace equity::rpc
