// The handlers of consents.
#pragma once

#include "absl/status/statusor.h"
#include "common/rpc/context.h"
#include "common/sql/sql.h"
#include "equity/participants/v1/participants.pb.h"

namespace equity::participants::consents {

absl::StatusOr<v1::GiveConsentResponse> Give(rpc::WriteContext& context, sql::Transaction& transaction,
                                             const v1::GiveConsentRequest& request);
absl::StatusOr<v1::WithdrawConsentResponse> Withdraw(rpc::WriteContext& context, sql::Transaction& transaction,
                                                     const v1::WithdrawConsentRequest& request);
absl::StatusOr<v1::ListConsentsResponse> List(const rpc::Context& context, sql::ReadTransaction& transaction,
                                              const v1::ListConsentsRequest& request);

}  // namespace equity::participants::consents
