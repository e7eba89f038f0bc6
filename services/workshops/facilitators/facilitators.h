// The handlers of FacilitatorService, and what the service does to facilitators by itself.
#pragma once

#include "absl/status/statusor.h"
#include "common/rpc/context.h"
#include "common/sql/sql.h"
#include "equity/workshops/v1/facilitators.pb.h"

namespace equity::workshops {

absl::StatusOr<v1::CreateFacilitatorResponse> CreateFacilitator(rpc::WriteContext& context,
                                                                sql::Transaction& transaction,
                                                                const v1::CreateFacilitatorRequest& request);
absl::StatusOr<v1::GetFacilitatorResponse> GetFacilitator(const rpc::Context& context,
                                                          sql::ReadTransaction& transaction,
                                                          const v1::GetFacilitatorRequest& request);
absl::StatusOr<v1::ListFacilitatorsResponse> ListFacilitators(const rpc::Context& context,
                                                              sql::ReadTransaction& transaction,
                                                              const v1::ListFacilitatorsRequest& request);
absl::StatusOr<v1::ListPublicFacilitatorsResponse> ListPublicFacilitators(
    const rpc::Context& context, sql::ReadTransaction& transaction, const v1::ListPublicFacilitatorsRequest& request);
absl::StatusOr<v1::UpdateFacilitatorResponse> UpdateFacilitator(rpc::WriteContext& context,
                                                                sql::Transaction& transaction,
                                                                const v1::UpdateFacilitatorRequest& request);
absl::StatusOr<v1::GiveConsentResponse> GiveConsent(rpc::WriteContext& context, sql::Transaction& transaction,
                                                    const v1::GiveConsentRequest& request);
absl::StatusOr<v1::WithdrawConsentResponse> WithdrawConsent(rpc::WriteContext& context, sql::Transaction& transaction,
                                                            const v1::WithdrawConsentRequest& request);

// An answer that is repeated has the texts that may be shown now, not those that were then.
absl::Status RefillTexts(const rpc::Context& context, sql::ReadTransaction& transaction, v1::Facilitator& facilitator);
template <class Response>
absl::Status RefillFacilitator(const rpc::Context& context, sql::ReadTransaction& transaction, Response& response) {
  return RefillTexts(context, transaction, *response.mutable_facilitator());
}

// By the participants feed, with the person's name.
void FacilitatorLeft(rpc::WriteContext& context, sql::Transaction& transaction, const std::string& participant);
// The consent of the facilitator with this id ended: as if it had been withdrawn.
void EndConsent(rpc::WriteContext& context, sql::Transaction& transaction, const std::string& id);

}  // namespace equity::workshops
