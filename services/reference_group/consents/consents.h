// Handlers of ConsentService.
#pragma once

#include "absl/status/statusor.h"
#include "common/rpc/context.h"
#include "common/sql/sql.h"
#include "equity/referencegroup/v1/consents.pb.h"

namespace equity::referencegroup {

absl::StatusOr<v1::GiveConsentResponse> GiveConsent(rpc::WriteContext& context, sql::Transaction& transaction,
                                                    const v1::GiveConsentRequest& request);
absl::StatusOr<v1::GetConsentResponse> GetConsent(const rpc::Context& context, sql::ReadTransaction& transaction,
                                                  const v1::GetConsentRequest& request);
absl::StatusOr<v1::ListConsentsResponse> ListConsents(const rpc::Context& context, sql::ReadTransaction& transaction,
                                                      const v1::ListConsentsRequest& request);
absl::StatusOr<v1::WithdrawConsentResponse> WithdrawConsent(rpc::WriteContext& context, sql::Transaction& transaction,
                                                            const v1::WithdrawConsentRequest& request);

}  // namespace equity::referencegroup
