#include "clients/cpp/delivery.h"

#include "clients/cpp/watch.h"

namespace equity::client {

using workshops::v1::WatchQuizResultsRequest;
using workshops::v1::WatchQuizResultsResponse;

absl::Status ExercisesClient::WatchQuizResults(WatchQuizResultsRequest request,
                                               absl::FunctionRef<bool(const WatchQuizResultsResponse&)> visit,
                                               absl::Duration patience) {
  const auto remember = [](const WatchQuizResultsResponse& response, WatchQuizResultsRequest& next) {
    next.set_resume_token(response.resume_token());
  };
  return Watch<Stub, WatchQuizResultsRequest, WatchQuizResultsResponse>(stub(), options(), &Stub::WatchQuizResults,
                                                                        std::move(request), remember, visit, patience);
}

}  // namespace equity::client
