#include "clients/cpp/changes.h"

#include <algorithm>

#include "absl/time/clock.h"
#include "common/status/grpc_status.h"

namespace equity::client {
namespace {

using changes::v1::WatchChangesRequest;
using changes::v1::WatchChangesResponse;

// A stream is given up and resumed after this time, as every call has a deadline.
constexpr absl::Duration kLongestStream = absl::Hours(1);

}  // namespace

absl::Status ChangesClient::WatchChanges(WatchChangesRequest request,
                                         absl::FunctionRef<bool(const WatchChangesResponse&)> visit,
                                         absl::Duration patience) {
  Backoff backoff;
  absl::Time failing_since = absl::Now();
  bool caught_up = false;
  while (true) {
    grpc::ClientContext context;
    Prepare(context, options(), absl::Now() + kLongestStream);
    const auto stream = stub().WatchChanges(&context, request);
    WatchChangesResponse response;
    bool answered = false;
    while (stream->Read(&response)) {
      answered = true;
      if (!response.resume_token().empty()) {
        request.set_resume_token(response.resume_token());
        request.set_only_new(false);  // it would win over the token
      }
      if (response.changes().empty() && std::exchange(caught_up, true)) continue;
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
