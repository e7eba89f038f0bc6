// The handlers of PlanService and CardService.
#pragma once

#include "absl/status/statusor.h"
#include "common/rpc/context.h"
#include "common/sql/sql.h"
#include "equity/benefitplans/v1/plans.pb.h"

namespace equity::benefit_plans {

namespace v1 = ::equity::benefitplans::v1;

absl::StatusOr<v1::CreatePlanResponse> CreatePlan(rpc::WriteContext& context, sql::Transaction& transaction,
                                                  const v1::CreatePlanRequest& request);
absl::StatusOr<v1::GetPlanResponse> GetPlan(const rpc::Context& context, sql::ReadTransaction& transaction,
                                            const v1::GetPlanRequest& request);
absl::StatusOr<v1::ListPlansResponse> ListPlans(const rpc::Context& context, sql::ReadTransaction& transaction,
                                                const v1::ListPlansRequest& request);
absl::StatusOr<v1::UpdatePlanResponse> UpdatePlan(rpc::WriteContext& context, sql::Transaction& transaction,
                                                  const v1::UpdatePlanRequest& request);
absl::StatusOr<v1::AddMemberResponse> AddMember(rpc::WriteContext& context, sql::Transaction& transaction,
                                                const v1::AddMemberRequest& request);
absl::StatusOr<v1::RemoveMemberResponse> RemoveMember(rpc::WriteContext& context, sql::Transaction& transaction,
                                                      const v1::RemoveMemberRequest& request);
absl::StatusOr<v1::StartPlanResponse> StartPlan(rpc::WriteContext& context, sql::Transaction& transaction,
                                                const v1::StartPlanRequest& request);
absl::StatusOr<v1::PausePlanResponse> PausePlan(rpc::WriteContext& context, sql::Transaction& transaction,
                                                const v1::PausePlanRequest& request);
absl::StatusOr<v1::ResumePlanResponse> ResumePlan(rpc::WriteContext& context, sql::Transaction& transaction,
                                                  const v1::ResumePlanRequest& request);
absl::StatusOr<v1::BeginClosingResponse> BeginClosing(rpc::WriteContext& context, sql::Transaction& transaction,
                                                      const v1::BeginClosingRequest& request);
absl::StatusOr<v1::ClosePlanResponse> ClosePlan(rpc::WriteContext& context, sql::Transaction& transaction,
                                                const v1::ClosePlanRequest& request);
absl::StatusOr<v1::WithdrawPlanResponse> WithdrawPlan(rpc::WriteContext& context, sql::Transaction& transaction,
                                                      const v1::WithdrawPlanRequest& request);
absl::StatusOr<v1::ListDueResponse> ListDue(const rpc::Context& context, sql::ReadTransaction& transaction,
                                            const v1::ListDueRequest& request);
absl::StatusOr<v1::ListCodesResponse> ListCodes(const rpc::Context& context, sql::ReadTransaction& transaction,
                                                const v1::ListCodesRequest& request);
absl::StatusOr<v1::PublishCardResponse> PublishCard(rpc::WriteContext& context, sql::Transaction& transaction,
                                                    const v1::PublishCardRequest& request);
absl::StatusOr<v1::WithdrawCardResponse> WithdrawCard(rpc::WriteContext& context, sql::Transaction& transaction,
                                                      const v1::WithdrawCardRequest& request);
absl::StatusOr<v1::GetCardResponse> GetCard(const rpc::Context& context, sql::ReadTransaction& transaction,
                                            const v1::GetCardRequest& request);
absl::StatusOr<v1::ListCardsResponse> ListCards(const rpc::Context& context, sql::ReadTransaction& transaction,
                                                const v1::ListCardsRequest& request);

}  // namespace equity::benefit_plans
