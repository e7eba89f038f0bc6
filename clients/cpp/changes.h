// Client of the change feed; see protos/equity/changes/v1.
#pragma once

#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "clients/cpp/call.h"
#include "equity/changes/v1/changes.grpc.pb.h"

namespace equity::client {

class ChangesClient : public ServiceClient<changes::v1::ChangesService> {
 public:
  using ServiceClient::ServiceClient;

  absl::StatusOr<changes::v1::GetFeedPositionResponse> GetFeedPosition(changes::v1::GetFeedPositionRequest request,
                                                                       const Options& options = {}) {
    return Call(&Stub::GetFeedPosition, std::move(request), options);
  }

  // Visits the messages of the feed, each change once, until `visit` returns false (then the result is OK). A stream
  // that breaks is resumed from the last token; the result is an error when that fails for good, or when no server
  // answered for `patience`. The message without changes that says "caught up" is visited the first time only.
  absl::Status WatchChanges(changes::v1::WatchChangesRequest request,
                            absl::FunctionRef<bool(const changes::v1::WatchChangesResponse&)> visit,
                            absl::Duration patience = absl::Minutes(1));
};

}  // namespace equity::client
