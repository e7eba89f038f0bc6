#include "protos/stubs/stubs.h"

#include <grpcpp/impl/codegen/client_unary_call.h>
#include <grpcpp/impl/codegen/server_callback_handlers.h>
#include <grpcpp/support/message_allocator.h>

#include <utility>

namespace equity::stubs {

// A message whose type only its prototype knows.
struct Untyped {
  std::unique_ptr<Message> message;
  bool malformed = false;
};

}  // namespace equity::stubs

namespace grpc {

template <>
class SerializationTraits<equity::stubs::Untyped> {
 public:
  static Status Serialize(const equity::stubs::Untyped& from, ByteBuffer* to, bool* own_buffer) {
    return GenericSerialize<ProtoBufferWriter, google::protobuf::Message>(*from.message, to, own_buffer);
  }
  static Status Deserialize(ByteBuffer* from, equity::stubs::Untyped* to) {
    to->malformed = !GenericDeserialize<ProtoBufferReader, google::protobuf::Message>(from, to->message.get()).ok();
    return Status::OK;
  }
};

}  // namespace grpc

namespace equity::stubs {
namespace {

using UnaryHandler = grpc::internal::CallbackUnaryHandler<Untyped, Untyped>;

grpc::ServerUnaryReactor* Refuse(grpc::CallbackServerContext* context) {
  auto* reactor = context->DefaultReactor();
  reactor->Finish(NoMessageOfThisCall());
  return reactor;
}

class Pair final : public grpc::MessageHolder<Untyped, Untyped> {
 public:
  explicit Pair(const Service::Unary& unary)
      : request_{.message = std::unique_ptr<Message>(unary.request.New())},
        response_{.message = std::unique_ptr<Message>(unary.response.New())} {
    set_request(&request_);
    set_response(&response_);
  }
  void Release() override { delete this; }

 private:
  Untyped request_;
  Untyped response_;
};

class Pairs final : public grpc::MessageAllocator<Untyped, Untyped> {
 public:
  explicit Pairs(const Service::Unary& unary) : unary_(unary) {}
  grpc::MessageHolder<Untyped, Untyped>* AllocateMessages() override { return new Pair(unary_); }

 private:
  const Service::Unary unary_;
};

// With the allocator that it needs for as long as it lives.
class OwningHandler final : public grpc::internal::MethodHandler {
 public:
  OwningHandler(Service* service, const Service::Unary& unary)
      : pairs_(unary),
        inner_([service, serve = unary.serve](grpc::CallbackServerContext* context, const Untyped* request,
                                              Untyped* response) {
          if (request->malformed) return Refuse(context);
          return serve(service, context, request->message.get(), response->message.get());
        }) {
    inner_.SetMessageAllocator(&pairs_);
  }
  void RunHandler(const HandlerParameter& parameter) override { inner_.RunHandler(parameter); }
  void* Deserialize(grpc_call* call, grpc_byte_buffer* request, grpc::Status* status, void** data) override {
    return inner_.Deserialize(call, request, status, data);
  }

 private:
  Pairs pairs_;
  UnaryHandler inner_;
};

}  // namespace

grpc::Status NoMessageOfThisCall() {
  return {grpc::StatusCode::INVALID_ARGUMENT,
          "The request is not a message of this call's type. Encode it as the contract says, text as UTF-8."};
}

Stub::Stub(std::shared_ptr<grpc::ChannelInterface> channel, const std::vector<Path>& paths)
    : channel_(std::move(channel)) {
  methods_.reserve(paths.size());
  for (const Path& path : paths) methods_.emplace_back(path.text, path.kind, channel_);
}

grpc::Status Stub::Unary(int method, grpc::ClientContext* context, const Message& request, Message* response) {
  using google::protobuf::MessageLite;
  return grpc::internal::BlockingUnaryCall<MessageLite, MessageLite, MessageLite, MessageLite>(
      channel_.get(), methods_[method], context, request, response);
}

void Service::Add(const Unary& unary) { Add({unary.path, Kind::NORMAL_RPC}, new OwningHandler(this, unary)); }

void Service::Add(Path path, grpc::internal::MethodHandler* handler) {
  AddMethod(new grpc::internal::RpcServiceMethod(path.text, path.kind, nullptr));
  MarkMethodCallback(methods_++, handler);
}

grpc::ServerUnaryReactor* Service::Unimplemented(grpc::CallbackServerContext* context) {
  auto* reactor = context->DefaultReactor();
  reactor->Finish(grpc::Status(grpc::StatusCode::UNIMPLEMENTED, ""));
  return reactor;
}

}  // namespace equity::stubs
