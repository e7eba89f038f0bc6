// How a service says which handler serves which RPC: one line each, in a class derived from rpc::Service.
//
//   class BookingMounts final : public rpc::Service<v1::BookingService> {
//    public:
//     using Service::Service;
//     EQUITY_READ(GetBooking, GetBooking)
//     EQUITY_WRITE(BookPlace, BookPlace)
//   };
//
// Handlers are plain functions:
//   absl::StatusOr<v1::GetBookingResponse> GetBooking(const rpc::Context&, sql::ReadTransaction&, const
//   v1::GetBookingRequest&); absl::StatusOr<v1::BookPlaceResponse> BookPlace(rpc::WriteContext&, sql::Transaction&,
//   const v1::BookPlaceRequest&);
#pragma once

#include "common/rpc/runtime.h"
#include "common/rpc/stream.h"

namespace equity::rpc {

template <class Generated>
class Service : public Generated::CallbackService {
 public:
  explicit Service(Runtime& runtime) : runtime_(runtime) {}

 protected:
  const Method& Mount(const char* name) { return runtime_.Mount(Generated::service_full_name(), name); }
  Runtime& runtime_;
};

}  // namespace equity::rpc

// Shared by the macros below: the override, which hands over to the runtime. `v1` is the package at hand.
#define EQUITY_UNARY_(Rpc, ...)                                                                           \
 private:                                                                                                 \
  const ::equity::rpc::Method& Rpc##_method_ = this->Mount(#Rpc);                                         \
                                                                                                          \
 public:                                                                                                  \
  ::grpc::ServerUnaryReactor* Rpc(::grpc::CallbackServerContext* server, const v1::Rpc##Request* request, \
                                  v1::Rpc##Response* response) override {                                 \
    return __VA_ARGS__;                                                                                   \
  }

// The call of a typed handler from an untyped one.
#define EQUITY_TYPED_(Rpc, call)                                       \
  {                                                                    \
    const auto& typed = static_cast<const v1::Rpc##Request&>(untyped); \
    ::absl::StatusOr<v1::Rpc##Response> result = (call);               \
    if (!result.ok()) return result.status();                          \
    static_cast<v1::Rpc##Response&>(answer) = *std::move(result);      \
    return ::absl::OkStatus();                                         \
  }

// A read: one consistent state of the store.
#define EQUITY_READ(Rpc, handler)                                                                                     \
  EQUITY_UNARY_(                                                                                                      \
      Rpc, this->runtime_.Read(server, Rpc##_method_, *request, *response,                                            \
                               [](const ::equity::rpc::Context& context, ::equity::sql::ReadTransaction& transaction, \
                                  const ::equity::rpc::Message& untyped, ::equity::rpc::Message& answer)              \
                                   -> ::absl::Status EQUITY_TYPED_(Rpc, handler(context, transaction, typed))))

#define EQUITY_WRITE_HANDLER_(Rpc, handler)                                           \
  [](::equity::rpc::WriteContext & context, ::equity::sql::Transaction & transaction, \
     const ::equity::rpc::Message& untyped,                                           \
     ::equity::rpc::Message& answer) -> ::absl::Status                                \
                                     EQUITY_TYPED_(Rpc, handler(context, transaction, typed))

// A write whose answer holds nothing about a person.
#define EQUITY_WRITE(Rpc, handler) \
  EQUITY_UNARY_(Rpc,               \
                this->runtime_.Write(server, Rpc##_method_, *request, *response, EQUITY_WRITE_HANDLER_(Rpc, handler)))

// A write whose answer does: `refill` reads it again for an answer that is repeated:
//   absl::Status Refill(const rpc::Context&, sql::ReadTransaction&, v1::RpcResponse&);
#define EQUITY_WRITE_PERSONAL(Rpc, handler, refill)                                                                    \
  EQUITY_UNARY_(                                                                                                       \
      Rpc, this->runtime_.Write(server, Rpc##_method_, *request, *response, EQUITY_WRITE_HANDLER_(Rpc, handler),       \
                                [](const ::equity::rpc::Context& context, ::equity::sql::ReadTransaction& transaction, \
                                   ::equity::rpc::Message& answer) -> ::absl::Status {                                 \
                                  return refill(context, transaction, static_cast<v1::Rpc##Response&>(answer));        \
                                }))

// A call with a thread of its own: `handler` is an expression that is called with (context, request), such as a lambda
// or a member function of this class: absl::StatusOr<v1::RpcResponse> Handler(const rpc::Context&, const
// v1::RpcRequest&).
#define EQUITY_FLOW(Rpc, handler)                                                                   \
  EQUITY_UNARY_(                                                                                    \
      Rpc, this->runtime_.Flow(                                                                     \
               server, Rpc##_method_, *request, *response,                                          \
               [this](const ::equity::rpc::Context& context, const ::equity::rpc::Message& untyped, \
                      ::equity::rpc::Message& answer) -> ::absl::Status EQUITY_TYPED_(Rpc, handler(context, typed))))

// A stream of answers: absl::Status Handler(const rpc::Context&, const v1::RpcRequest&, rpc::Sink<v1::RpcResponse>&).
#define EQUITY_SERVER_STREAM(Rpc, handler)                                                               \
 private:                                                                                                \
  const ::equity::rpc::Method& Rpc##_method_ = this->Mount(#Rpc);                                        \
                                                                                                         \
 public:                                                                                                 \
  ::grpc::ServerWriteReactor<v1::Rpc##Response>* Rpc(::grpc::CallbackServerContext* server,              \
                                                     const v1::Rpc##Request* request) override {         \
    return ::equity::rpc::StartSink<v1::Rpc##Request, v1::Rpc##Response>(                                \
        this->runtime_.shared(), Rpc##_method_, server, *request,                                        \
        [this](const ::equity::rpc::Context& context, const v1::Rpc##Request& typed,                     \
               ::equity::rpc::Sink<v1::Rpc##Response>& sink) { return handler(context, typed, sink); }); \
  }

// A stream both ways: absl::Status Handler(const rpc::Context&, rpc::Stream<v1::RpcRequest, v1::RpcResponse>&).
#define EQUITY_STREAM(Rpc, handler)                                                                           \
 private:                                                                                                     \
  const ::equity::rpc::Method& Rpc##_method_ = this->Mount(#Rpc);                                             \
                                                                                                              \
 public:                                                                                                      \
  ::equity::rpc::BidiReactor<v1::Rpc##Request, v1::Rpc##Response>* Rpc(::grpc::CallbackServerContext* server) \
      override {                                                                                              \
    return ::equity::rpc::StartStream<v1::Rpc##Request, v1::Rpc##Response>(                                   \
        this->runtime_.shared(), Rpc##_method_, server,                                                       \
        [this](const ::equity::rpc::Context& context,                                                         \
               ::equity::rpc::Stream<v1::Rpc##Request, v1::Rpc##Response>& stream) {                          \
          return handler(context, stream);                                                                    \
        });                                                                                                   \
  }
