// The one way from gRPC to a handler and back. A service declares its RPCs with the macros of service.h; everything
// that is the same for all of them happens here, in this order: deadline, trace, who is it, may they (scope, tenant),
// fields, and for a write: hand-off to the store's writer, answered before?, the handler, audit row, feed rows, stored
// answer, COMMIT; then status, metrics, log line.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "common/exec/store.h"
#include "common/once/once.h"
#include "common/rpc/call.h"
#include "common/rpc/context.h"
#include "common/rpc/method.h"
#include "common/rpc/shared.h"
#include "grpcpp/support/server_callback.h"

namespace equity::rpc {

using google::protobuf::Message;

// A handler with its types taken away.
using ReadHandler = absl::Status (*)(const Context&, sql::ReadTransaction&, const Message& request, Message& response);
using WriteHandler = absl::Status (*)(WriteContext&, sql::Transaction&, const Message& request, Message& response);
// Fills the personal fields of an answer that was remembered without them.
using Refill = absl::Status (*)(const Context&, sql::ReadTransaction&, Message& response);
// A handler on a thread of its own, which may block and call other services.
using FlowHandler = std::function<absl::Status(const Context&, const Message& request, Message& response)>;

class Runtime {
 public:
  // `store` may be null for services that keep nothing; `belongings` is for the handlers.
  Runtime(Shared& shared, exec::Store* store, const Belongings* belongings = nullptr);

  // Registers an RPC of a service by name; the result lives as long as the runtime. Ends the process when the contract
  // of the RPC is not whole: such a server must not start.
  const Method& Mount(const char* service, const char* name);
  // The RPCs of this service that were declared in the contract but not mounted.
  std::vector<std::string> Unmounted() const;

  grpc::ServerUnaryReactor* Read(grpc::CallbackServerContext* server, const Method& method, const Message& request,
                                 Message& response, ReadHandler handler);
  grpc::ServerUnaryReactor* Write(grpc::CallbackServerContext* server, const Method& method, const Message& request,
                                  Message& response, WriteHandler handler, Refill refill = nullptr);
  grpc::ServerUnaryReactor* Flow(grpc::CallbackServerContext* server, const Method& method, const Message& request,
                                 Message& response, FlowHandler handler);

  // A write that no RPC asked for by itself: a step of a flow, or what a consumer of a feed does. With audit and feed
  // rows, like any other. Blocks until it is committed.
  struct Actor {
    std::string name;          // for the audit trail
    std::string organisation;  // id, or empty
    std::string trace_id;
    std::string request_id;
    exec::Work work = exec::Work::kOwn;            // for whom: kFlow for a step of a caller's
    absl::Time deadline = absl::InfiniteFuture();  // after which it is not begun
  };
  absl::Status WriteAs(const Actor& actor, const std::string& what,
                       std::function<absl::Status(WriteContext&, sql::Transaction&)> body);
  absl::Status Read(absl::FunctionRef<absl::Status(sql::ReadTransaction&)> body) { return store_->Read(body); }

  Shared& shared() { return shared_; }
  exec::Store* store() { return store_; }
  once::Requests& requests() { return requests_; }
  const Belongings* belongings() const { return belongings_; }

 private:
  Shared& shared_;
  exec::Store* store_;
  const Belongings* belongings_;
  once::Requests requests_;  // the writer thread's
  std::vector<std::unique_ptr<Method>> methods_;
};

}  // namespace equity::rpc
