// The handlers of ReviewService.
#pragma once

#include "absl/status/statusor.h"
#include "common/rpc/context.h"
#include "common/sql/sql.h"
#include "equity/benefitplans/v1/reviews.pb.h"

namespace equity::benefit_plans {

namespace v1 = ::equity::benefitplans::v1;

absl::StatusOr<v1::HoldReviewResponse> HoldReview(rpc::WriteContext& context, sql::Transaction& transaction,
                                                  const v1::HoldReviewRequest& request);
absl::StatusOr<v1::ListReviewsResponse> ListReviews(const rpc::Context& context, sql::ReadTransaction& transaction,
                                                    const v1::ListReviewsRequest& request);
absl::StatusOr<v1::RaiseBarrierResponse> RaiseBarrier(rpc::WriteContext& context, sql::Transaction& transaction,
                                                      const v1::RaiseBarrierRequest& request);
absl::StatusOr<v1::CommitBarrierResponse> CommitBarrier(rpc::WriteContext& context, sql::Transaction& transaction,
                                                        const v1::CommitBarrierRequest& request);
absl::StatusOr<v1::ResolveBarrierResponse> ResolveBarrier(rpc::WriteContext& context, sql::Transaction& transaction,
                                                          const v1::ResolveBarrierRequest& request);
absl::StatusOr<v1::GetBarrierResponse> GetBarrier(const rpc::Context& context, sql::ReadTransaction& transaction,
                                                  const v1::GetBarrierRequest& request);
absl::StatusOr<v1::ListBarriersResponse> ListBarriers(const rpc::Context& context, sql::ReadTransaction& transaction,
                                                      const v1::ListBarriersRequest& request);
absl::StatusOr<v1::CheckInResponse> CheckIn(rpc::WriteContext& context, sql::Transaction& transaction,
                                            const v1::CheckInRequest& request);
absl::StatusOr<v1::ListCheckInsResponse> ListCheckIns(const rpc::Context& context, sql::ReadTransaction& transaction,
                                                      const v1::ListCheckInsRequest& request);

}  // namespace equity::benefit_plans
