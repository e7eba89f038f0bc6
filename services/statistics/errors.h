// Every error that statistics answers with, beside those that are the same for all services (common/status/errors.h).
#pragma once

#include "absl/strings/str_cat.h"
#include "common/status/errors.h"

namespace equity::statistics {

// The caller may have numbers, but not as exact as that.
inline absl::Status TierNotAllowed() {
  return status::Error(absl::StatusCode::kPermissionDenied, "TIER_NOT_ALLOWED",
                       "Exact numbers are for the central team and, for its own people, a partner. Ask for "
                       "TIER_PUBLISHABLE, or leave the tier out.");
}

// A measure of feedback, to who may not read the feedback on a session.
inline absl::Status MeasureNotAllowed() {
  return status::Error(absl::StatusCode::kPermissionDenied, "MEASURE_NOT_ALLOWED",
                       "Numbers of feedback are for the central team, facilitators and analysts.");
}

// min_feed_position is not counted yet.
inline absl::Status StatisticsBehind() {
  return status::TryAgain("STATISTICS_BEHIND", "That position is not counted yet. Ask again.", absl::Seconds(1));
}

inline absl::Status RebuildRunning() {
  return status::Error(absl::StatusCode::kAborted, "REBUILD_RUNNING",
                       "The read model is being built anew already. Ask again when that has ended.");
}

// The feed ended before everything that is counted had been read again.
inline absl::Status RebuildInterrupted() {
  return status::TryAgain("REBUILD_INTERRUPTED",
                          "The change feed ended before everything was read; the model in use stays. Ask again.",
                          absl::Seconds(5));
}

inline absl::Status TableTooLarge(size_t cells, size_t most) {
  return status::Error(absl::StatusCode::kInvalidArgument, "TABLE_TOO_LARGE",
                       absl::StrCat("The table would have ", cells, " cells; the most is ", most,
                                    ". Ask by SECTOR or PLACE in place of ORGANISATION, or by one dimension."));
}

// What could tell an organisation from the others beside another table that is published.
inline absl::Status TableNotPublishable() {
  return status::Error(absl::StatusCode::kInvalidArgument, "TABLE_NOT_PUBLISHABLE",
                       "The publishable tier does not have this table; ListMeasures says which ones it has.");
}

}  // namespace equity::statistics
