// Handlers of SafeguardingService.
#pragma once

#include "absl/status/statusor.h"
#include "common/rpc/context.h"
#include "common/sql/sql.h"
#include "equity/referencegroup/v1/safeguarding.pb.h"

namespace equity::referencegroup {

absl::StatusOr<v1::ProposeRevealResponse> ProposeReveal(rpc::WriteContext& context, sql::Transaction& transaction,
                                                        const v1::ProposeRevealRequest& request);
absl::StatusOr<v1::ConfirmRevealResponse> ConfirmReveal(rpc::WriteContext& context, sql::Transaction& transaction,
                                                        const v1::ConfirmRevealRequest& request);
absl::StatusOr<v1::ReadRevealResponse> ReadReveal(rpc::WriteContext& context, sql::Transaction& transaction,
                                                  const v1::ReadRevealRequest& request);
absl::StatusOr<v1::ListRevealsResponse> ListReveals(const rpc::Context& context, sql::ReadTransaction& transaction,
                                                    const v1::ListRevealsRequest& request);

// What a repeated answer leaves out and reads again. Who it is, is told to those two people alone.
absl::Status RefillReveal(const rpc::Context& context, sql::ReadTransaction& transaction,
                          v1::ProposeRevealResponse& response);
absl::Status RefillReveal(const rpc::Context& context, sql::ReadTransaction& transaction,
                          v1::ConfirmRevealResponse& response);
absl::Status RefillReveal(const rpc::Context& context, sql::ReadTransaction& transaction,
                          v1::ReadRevealResponse& response);

}  // namespace equity::referencegroup
