#include "clients/cpp/changes.h"

#include "clients/cpp/watch.h"

namespace equity::client {

using changes::v1::WatchChangesRequest;
using changes::v1::WatchChangesResponse;

absl::Status ChangesClient::WatchChanges(WatchChangesRequest request,
                                         absl::FunctionRef<bool(const WatchChangesResponse&)> visit,
                                         absl::Duration patience) {
  bool caught_up = false;
  const auto remember = [](const WatchChangesResponse& response, WatchChangesRequest& next) {
    if (response.resume_token().empty()) return;
    next.set_resume_token(response.resume_token());
    next.set_only_new(false);  // it would win over the token
  };
  const auto visit_once = [&](const WatchChangesResponse& response) {
    return (response.changes().empty() && std::exchange(caught_up, true)) || visit(response);
  };
  return Watch<Stub, WatchChangesRequest, WatchChangesResponse>(stub(), options(), &Stub::WatchChanges,
                                                                std::move(request), remember, visit_once, patience);
}

}  // namespace equity::client
