// The one way in which every unary call is made: deadline, credential, request_id, retries, errors.
#pragma once

#include <optional>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "clients/cpp/options.h"
#include "common/status/macros.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "grpcpp/client_context.h"
#include "grpcpp/support/status.h"

namespace equity::client {

// Pauses between tries: they double from 0.1 s to 2 s, with jitter so that callers do not come back all at once.
class Backoff {
 public:
  // How long to wait after this status; the server's RetryInfo decides where it has one.
  absl::Duration Next(const absl::Status& status);
  void Reset() { pause_ = kFirst; }

 private:
  static constexpr absl::Duration kFirst = absl::Milliseconds(100);
  static constexpr absl::Duration kLongest = absl::Seconds(2);
  absl::Duration pause_ = kFirst;
};

// Whether the same request may fare better later: UNAVAILABLE, CANCELLED, or RESOURCE_EXHAUSTED with RetryInfo.
bool IsTransient(const absl::Status& status);

// Puts deadline, credential, actor and trace into the context of one try.
void Prepare(grpc::ClientContext& context, const CallOptions& options, absl::Time deadline);

// Gives the request a new request_id where its type has one and it is empty.
void FillRequestId(google::protobuf::Message& request);

// The RPC that takes requests of this type: in our contracts each RPC has a request type of its own.
const google::protobuf::MethodDescriptor& MethodOf(const google::protobuf::Descriptor& request);

// Makes tries until one succeeds, fails for good, or no time is left. Only a method that declares itself idempotent is
// tried more than once.
absl::Status CallWithRetries(const google::protobuf::MethodDescriptor& method, const CallOptions& options,
                             absl::FunctionRef<grpc::Status(grpc::ClientContext&)> attempt);

// Makes the RPC that takes this request, of whichever service, and fills an empty request_id. `response` is of the type
// that the contract gives this RPC. For who would use a class per service only to name the types.
absl::Status Call(const std::shared_ptr<grpc::Channel>& channel, const CallOptions& options,
                  google::protobuf::Message& request, google::protobuf::Message* response);

// Makes such calls until the list is read or `visit`, which finds each page in `page`, fails.
absl::Status ForEachPage(const std::shared_ptr<grpc::Channel>& channel, const CallOptions& options,
                         google::protobuf::Message& request, google::protobuf::Message* page,
                         absl::FunctionRef<absl::Status()> visit);

// The most that a server gives at once.
inline constexpr int kLargestPage = 1'000;

// Sees each item of a list; the first error ends the list.
template <class Item>
using Visit = absl::FunctionRef<absl::Status(const Item&)>;

// A service's client: the stub and the options of its calls.
template <class Service>
class ServiceClient {
 public:
  // The options of one call, in place of the client's own.
  using Options = std::optional<CallOptions>;
  // Such as equity.workshops.v1.BookingService.
  static constexpr const char* service_full_name() { return Service::service_full_name(); }

  explicit ServiceClient(const std::shared_ptr<grpc::Channel>& channel, CallOptions options = {})
      : stub_(Service::NewStub(channel)), options_(std::move(options)) {}

 protected:
  using Stub = typename Service::Stub;

  template <class Request, class Response>
  absl::StatusOr<Response> Call(grpc::Status (Stub::*rpc)(grpc::ClientContext*, const Request&, Response*),
                                Request request, const Options& options) {
    static const auto& method = MethodOf(*Request::descriptor());
    FillRequestId(request);
    Response response;
    const absl::Status status = CallWithRetries(method, options.value_or(options_), [&](grpc::ClientContext& context) {
      response.Clear();
      return (*stub_.*rpc)(&context, request, &response);
    });
    if (!status.ok()) return status;
    return response;
  }

  // Visits the items of every page until a visit or a page fails.
  template <class Request, class Response, class Item>
  absl::Status ForEachItem(grpc::Status (Stub::*rpc)(grpc::ClientContext*, const Request&, Response*), Request request,
                           const google::protobuf::RepeatedPtrField<Item>& (Response::*items)() const,
                           Visit<Item> visit, const Options& options) {
    if (request.page_size() == 0) request.set_page_size(kLargestPage);
    do {
      ASSIGN_OR_RETURN(const auto page, Call(rpc, request, options));
      for (const Item& item : (page.*items)()) RETURN_IF_ERROR(visit(item));
      request.set_page_token(page.next_page_token());
    } while (!request.page_token().empty());
    return absl::OkStatus();
  }

  Stub& stub() { return *stub_; }
  const CallOptions& options() const { return options_; }

 private:
  std::unique_ptr<Stub> stub_;
  CallOptions options_;
};

}  // namespace equity::client
