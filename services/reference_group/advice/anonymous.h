// Handlers of AnonymousAdviceService. The runtime keeps the caller out of log, audit trail and remembered answers, as
// the contract says `sealed`; nothing here may look at the caller, nor store what leads to whoever asks.
#pragma once

#include "absl/status/statusor.h"
#include "common/rpc/context.h"
#include "common/sql/sql.h"
#include "equity/referencegroup/v1/anonymous.pb.h"

namespace equity::referencegroup {

absl::StatusOr<v1::SubmitAnonymousRequestResponse> SubmitAnonymousRequest(
    rpc::WriteContext& context, sql::Transaction& transaction, const v1::SubmitAnonymousRequestRequest& request);
absl::StatusOr<v1::GetAnonymousRequestResponse> GetAnonymousRequest(const rpc::Context& context,
                                                                    sql::ReadTransaction& transaction,
                                                                    const v1::GetAnonymousRequestRequest& request);
absl::StatusOr<v1::ActOnAnonymousRequestResponse> ActOnAnonymousRequest(
    rpc::WriteContext& context, sql::Transaction& transaction, const v1::ActOnAnonymousRequestRequest& request);

absl::Status RefillAnonymous(const rpc::Context& context, sql::ReadTransaction& transaction,
                             v1::SubmitAnonymousRequestResponse& response);
absl::Status RefillAnonymous(const rpc::Context& context, sql::ReadTransaction& transaction,
                             v1::ActOnAnonymousRequestResponse& response);

}  // namespace equity::referencegroup
