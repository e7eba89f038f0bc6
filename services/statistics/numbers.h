// The RPCs that answer with numbers.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "common/rpc/runtime.h"
#include "equity/statistics/v1/statistics.pb.h"
#include "services/statistics/tables/measures.h"

namespace equity::statistics {

// How exact a caller's numbers are, and of whom.
struct Admission {
  v1::Tier tier;
  std::string organisation;  // only people of this one, `organisations/{id}`; empty means all
};
// PERMISSION_DENIED (TIER_NOT_ALLOWED) for more than the caller may have.
absl::StatusOr<Admission> Admit(const auth::Principal& caller, v1::Tier asked);
// To a table: of a confidential measure, PERMISSION_DENIED (MEASURE_NOT_ALLOWED) for who may not read what it is of.
absl::StatusOr<Admission> AdmitToTable(const auth::Principal& caller, v1::Tier asked, const Measure& measure);

// Those that may wait for the change feed, on a thread of their own.
class Numbers {
 public:
  explicit Numbers(rpc::Runtime& runtime) : runtime_(runtime) {}

  absl::StatusOr<v1::GetSummaryResponse> GetSummary(const rpc::Context& context, const v1::GetSummaryRequest& request);
  absl::StatusOr<v1::QueryTableResponse> QueryTable(const rpc::Context& context, const v1::QueryTableRequest& request);

 private:
  // Until the position is counted; UNAVAILABLE (STATISTICS_BEHIND) when that takes too long.
  absl::Status WaitFor(const rpc::Context& context, const std::string& min_feed_position);

  rpc::Runtime& runtime_;
};

absl::StatusOr<v1::GetPublicSummaryResponse> GetPublicSummary(const rpc::Context& context,
                                                              sql::ReadTransaction& transaction,
                                                              const v1::GetPublicSummaryRequest& request);
absl::StatusOr<v1::QueryPublicTableResponse> QueryPublicTable(const rpc::Context& context,
                                                              sql::ReadTransaction& transaction,
                                                              const v1::QueryPublicTableRequest& request);
absl::StatusOr<v1::ListMeasuresResponse> ListMeasures(const rpc::Context& context, sql::ReadTransaction& transaction,
                                                      const v1::ListMeasuresRequest& request);

}  // namespace equity::statistics
