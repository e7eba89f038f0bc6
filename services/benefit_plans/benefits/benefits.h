// The handlers of BenefitService and ActivityService.
#pragma once

#include "absl/status/statusor.h"
#include "common/rpc/context.h"
#include "common/sql/sql.h"
#include "equity/benefitplans/v1/benefits.pb.h"

namespace equity::benefit_plans {

namespace v1 = ::equity::benefitplans::v1;

absl::StatusOr<v1::CreateBenefitResponse> CreateBenefit(rpc::WriteContext& context, sql::Transaction& transaction,
                                                        const v1::CreateBenefitRequest& request);
absl::StatusOr<v1::GetBenefitResponse> GetBenefit(const rpc::Context& context, sql::ReadTransaction& transaction,
                                                  const v1::GetBenefitRequest& request);
absl::StatusOr<v1::ListBenefitsResponse> ListBenefits(const rpc::Context& context, sql::ReadTransaction& transaction,
                                                      const v1::ListBenefitsRequest& request);
absl::StatusOr<v1::UpdateBenefitResponse> UpdateBenefit(rpc::WriteContext& context, sql::Transaction& transaction,
                                                        const v1::UpdateBenefitRequest& request);
absl::StatusOr<v1::AgreeBenefitResponse> AgreeBenefit(rpc::WriteContext& context, sql::Transaction& transaction,
                                                      const v1::AgreeBenefitRequest& request);
absl::StatusOr<v1::AddEvidenceResponse> AddEvidence(rpc::WriteContext& context, sql::Transaction& transaction,
                                                    const v1::AddEvidenceRequest& request);
absl::StatusOr<v1::RealiseBenefitResponse> RealiseBenefit(rpc::WriteContext& context, sql::Transaction& transaction,
                                                          const v1::RealiseBenefitRequest& request);
absl::StatusOr<v1::DropBenefitResponse> DropBenefit(rpc::WriteContext& context, sql::Transaction& transaction,
                                                    const v1::DropBenefitRequest& request);
absl::StatusOr<v1::ReopenBenefitResponse> ReopenBenefit(rpc::WriteContext& context, sql::Transaction& transaction,
                                                        const v1::ReopenBenefitRequest& request);
absl::StatusOr<v1::CreateActivityResponse> CreateActivity(rpc::WriteContext& context, sql::Transaction& transaction,
                                                          const v1::CreateActivityRequest& request);
absl::StatusOr<v1::GetActivityResponse> GetActivity(const rpc::Context& context, sql::ReadTransaction& transaction,
                                                    const v1::GetActivityRequest& request);
absl::StatusOr<v1::ListActivitiesResponse> ListActivities(const rpc::Context& context,
                                                          sql::ReadTransaction& transaction,
                                                          const v1::ListActivitiesRequest& request);
absl::StatusOr<v1::UpdateActivityResponse> UpdateActivity(rpc::WriteContext& context, sql::Transaction& transaction,
                                                          const v1::UpdateActivityRequest& request);
absl::StatusOr<v1::AgreeActivityResponse> AgreeActivity(rpc::WriteContext& context, sql::Transaction& transaction,
                                                        const v1::AgreeActivityRequest& request);
absl::StatusOr<v1::StartActivityResponse> StartActivity(rpc::WriteContext& context, sql::Transaction& transaction,
                                                        const v1::StartActivityRequest& request);
absl::StatusOr<v1::DeliverActivityResponse> DeliverActivity(rpc::WriteContext& context, sql::Transaction& transaction,
                                                            const v1::DeliverActivityRequest& request);
absl::StatusOr<v1::CancelActivityResponse> CancelActivity(rpc::WriteContext& context, sql::Transaction& transaction,
                                                          const v1::CancelActivityRequest& request);

}  // namespace equity::benefit_plans
