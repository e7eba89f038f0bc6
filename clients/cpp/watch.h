// The one way in which a stream of answers is read: it outlives broken connections.
#pragma once

#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/time/clock.h"
#include "clients/cpp/call.h"
#include "common/status/grpc_status.h"
#include "grpcpp/support/sync_stream.h"

namespace equity::client {

// Visits the messages of a stream until `visit` returns false (then the result is OK). A stream that breaks is begun
// again; `remember` puts into the request, by what was just read, where to go on. The result is an error when that
// fails for good, or when no server answered for `patience`.
template <class Stub, class Request, class Response>
absl::Status Watch(Stub& stub, const CallOptions& options,
                   std::unique_ptr<grpc::ClientReader<Response>> (Stub::*rpc)(grpc::ClientContext*, const Request&),
                   Request request, absl::FunctionRef<void(const Response&, Request&)> remember,
                   absl::FunctionRef<bool(const Response&)> visit, absl::Duration patience) {
  // A stream is given up and begun again after this time, as every call has a deadline.
  constexpr absl::Duration kLongestStream = absl::Hours(1);
  Backoff backoff;
  absl::Time failing_since = absl::Now();
  while (true) {
    grpc::ClientContext context;
    Prepare(context, options, absl::Now() + kLongestStream);
    const auto stream = (stub.*rpc)(&context, request);
    Response response;
    bool answered = false;
    while (stream->Read(&response)) {
      answered = true;
      remember(response, request);
      if (!visit(response)) {
        context.TryCancel();
        while (stream->Read(&response)) continue;
        stream->Finish();
        return absl::OkStatus();
      }
    }
    const absl::Status status = status::FromGrpc(stream->Finish());
    // A server that shuts down may end the stream without an error.
    if (!status.ok() && !IsTransient(status) && !absl::IsDeadlineExceeded(status)) return status;
    if (answered) {
      backoff.Reset();
      failing_since = absl::Now();
    }
    const absl::Duration pause = backoff.Next(status);
    if (absl::Now() + pause - failing_since > patience) {
      return status.ok() ? absl::UnavailableError("The server ended the stream and did not take it up again.") : status;
    }
    absl::SleepFor(pause);
  }
}

}  // namespace equity::client
