// The handlers of OrganisationService.
#pragma once

#include "absl/status/statusor.h"
#include "common/rpc/context.h"
#include "common/sql/sql.h"
#include "equity/participants/v1/organisations.pb.h"

namespace equity::participants::organisations {

absl::StatusOr<v1::ImportOrganisationsResponse> Import(rpc::WriteContext& context, sql::Transaction& transaction,
                                                       const v1::ImportOrganisationsRequest& request);
absl::StatusOr<v1::GetOrganisationResponse> Get(const rpc::Context& context, sql::ReadTransaction& transaction,
                                                const v1::GetOrganisationRequest& request);
absl::StatusOr<v1::ListOrganisationsResponse> List(const rpc::Context& context, sql::ReadTransaction& transaction,
                                                   const v1::ListOrganisationsRequest& request);
absl::StatusOr<v1::UpdateOrganisationResponse> Update(rpc::WriteContext& context, sql::Transaction& transaction,
                                                      const v1::UpdateOrganisationRequest& request);

}  // namespace equity::participants::organisations
