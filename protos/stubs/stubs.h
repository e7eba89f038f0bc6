// What the classes that generate.cc writes stand on: with the types of the messages taken away, all unary calls of all
// services are one template of gRPC, where its own plugin makes several per call.
#pragma once

#include <grpcpp/completion_queue.h>
#include <grpcpp/impl/codegen/channel_interface.h>
#include <grpcpp/impl/codegen/method_handler.h>
#include <grpcpp/impl/codegen/proto_utils.h>
#include <grpcpp/impl/codegen/rpc_method.h>
#include <grpcpp/impl/codegen/rpc_service_method.h>
#include <grpcpp/impl/codegen/service_type.h>
#include <grpcpp/support/server_callback.h>
#include <grpcpp/support/sync_stream.h>

#include <memory>
#include <vector>

#include "google/protobuf/message.h"

namespace grpc {
template <class Response>
class ClientReadReactor;  // in grpcpp/support/client_callback.h, for who takes a stream's answers by one
}

namespace equity::stubs {

using google::protobuf::Message;
using Kind = grpc::internal::RpcMethod::RpcType;

struct Path {
  const char* text;  // such as /equity.workshops.v1.BookingService/BookPlace
  Kind kind;
};

// A message of a stream as it came. Bytes that are no such message must not look like the stream's end, which is what
// gRPC's reactors make of them.
template <class T>
struct Received {
  T message;
  bool malformed = false;
};

// What a caller is told whose request cannot be read; gRPC itself would say UNIMPLEMENTED.
grpc::Status NoMessageOfThisCall();

// Refuses such a request of a stream of answers.
template <class Reactor>
class Refusal final : public Reactor {
 public:
  Refusal() { this->Finish(NoMessageOfThisCall()); }
  void OnDone() override { delete this; }
};

// A client of one service. Thread-safe.
class Stub {
 public:
  Stub(const Stub&) = delete;
  Stub& operator=(const Stub&) = delete;

 protected:
  Stub(std::shared_ptr<grpc::ChannelInterface> channel, const std::vector<Path>& paths);
  ~Stub() = default;

  grpc::Status Unary(int method, grpc::ClientContext* context, const Message& request, Message* response);
  grpc::ChannelInterface* channel() { return channel_.get(); }
  const grpc::internal::RpcMethod& method(int index) const { return methods_[index]; }

 private:
  std::shared_ptr<grpc::ChannelInterface> channel_;
  std::vector<grpc::internal::RpcMethod> methods_;
};

// A server's side of one service. What a derived class does not override answers UNIMPLEMENTED.
class Service : public grpc::Service {
 public:
  struct Unary {
    const char* path;
    const Message& request;  // an empty one of each type
    const Message& response;
    grpc::ServerUnaryReactor* (*serve)(Service*, grpc::CallbackServerContext*, const Message*, Message*);
  };

 protected:
  void Add(const Unary& unary);
  // For streams: gRPC's handler of that kind.
  void Add(Path path, grpc::internal::MethodHandler* handler);

  static grpc::ServerUnaryReactor* Unimplemented(grpc::CallbackServerContext* context);

 private:
  int methods_ = 0;
};

}  // namespace equity::stubs

namespace grpc {

template <class T>
class SerializationTraits<equity::stubs::Received<T>, void> {
 public:
  static Status Deserialize(ByteBuffer* from, equity::stubs::Received<T>* to) {
    to->malformed = !GenericDeserialize<ProtoBufferReader, T>(from, &to->message).ok();
    return Status::OK;
  }
};

}  // namespace grpc
