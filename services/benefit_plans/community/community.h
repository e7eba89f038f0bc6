// The handlers of CommunityService.
#pragma once

#include "absl/status/statusor.h"
#include "common/rpc/context.h"
#include "common/sql/sql.h"
#include "equity/benefitplans/v1/community.pb.h"

namespace equity::benefit_plans {

namespace v1 = ::equity::benefitplans::v1;

absl::StatusOr<v1::AddPartnerResponse> AddPartner(rpc::WriteContext& context, sql::Transaction& transaction,
                                                  const v1::AddPartnerRequest& request);
absl::StatusOr<v1::GetPartnerResponse> GetPartner(const rpc::Context& context, sql::ReadTransaction& transaction,
                                                  const v1::GetPartnerRequest& request);
absl::StatusOr<v1::ListPartnersResponse> ListPartners(const rpc::Context& context, sql::ReadTransaction& transaction,
                                                      const v1::ListPartnersRequest& request);
absl::StatusOr<v1::UpdatePartnerResponse> UpdatePartner(rpc::WriteContext& context, sql::Transaction& transaction,
                                                        const v1::UpdatePartnerRequest& request);
absl::StatusOr<v1::RecordEngagementResponse> RecordEngagement(rpc::WriteContext& context, sql::Transaction& transaction,
                                                              const v1::RecordEngagementRequest& request);
absl::StatusOr<v1::GetEngagementResponse> GetEngagement(const rpc::Context& context, sql::ReadTransaction& transaction,
                                                        const v1::GetEngagementRequest& request);
absl::StatusOr<v1::ListEngagementsResponse> ListEngagements(const rpc::Context& context,
                                                            sql::ReadTransaction& transaction,
                                                            const v1::ListEngagementsRequest& request);

}  // namespace equity::benefit_plans
