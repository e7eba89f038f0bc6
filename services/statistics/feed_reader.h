// Reads what a service said so far, from its change feed.
#pragma once

#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "equity/changes/v1/changes.pb.h"
#include "services/statistics/consumer.h"

namespace equity::statistics {

// From the token on, batch by batch, until `read` says no or there is no more. UNAVAILABLE where the feed ended before,
// or it took longer than `limit`.
absl::Status ReadFeed(const Consumer::Source& source, const std::string& resume_token,
                      const std::function<absl::StatusOr<bool>(const changes::v1::WatchChangesResponse&)>& read,
                      absl::Duration limit = absl::InfiniteDuration());

}  // namespace equity::statistics
