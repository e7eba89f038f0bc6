// Handlers of ModerationService.
#pragma once

#include "absl/status/statusor.h"
#include "common/rpc/context.h"
#include "common/sql/sql.h"
#include "equity/referencegroup/v1/moderation.pb.h"

namespace equity::referencegroup {

#define EQUITY_MODERATION_WRITE_(Rpc)                                                              \
  absl::StatusOr<v1::Rpc##Response> Rpc(rpc::WriteContext& context, sql::Transaction& transaction, \
                                        const v1::Rpc##Request& request);
EQUITY_MODERATION_WRITE_(AddComment)
EQUITY_MODERATION_WRITE_(UpdateComment)
EQUITY_MODERATION_WRITE_(DeleteComment)
EQUITY_MODERATION_WRITE_(FlagContent)
EQUITY_MODERATION_WRITE_(DecideFlag)
EQUITY_MODERATION_WRITE_(AppealFlag)
EQUITY_MODERATION_WRITE_(DecideAppeal)
#undef EQUITY_MODERATION_WRITE_

absl::StatusOr<v1::ListCommentsResponse> ListComments(const rpc::Context& context, sql::ReadTransaction& transaction,
                                                      const v1::ListCommentsRequest& request);
absl::StatusOr<v1::ListFlagsResponse> ListFlags(const rpc::Context& context, sql::ReadTransaction& transaction,
                                                const v1::ListFlagsRequest& request);

// What a repeated answer leaves out and reads again.
absl::Status RefillText(const rpc::Context& context, sql::ReadTransaction& transaction, v1::Comment& comment);
absl::Status RefillText(const rpc::Context& context, sql::ReadTransaction& transaction, v1::Flag& flag);

template <class Response>
absl::Status RefillComment(const rpc::Context& context, sql::ReadTransaction& transaction, Response& response) {
  return RefillText(context, transaction, *response.mutable_comment());
}
template <class Response>
absl::Status RefillFlag(const rpc::Context& context, sql::ReadTransaction& transaction, Response& response) {
  return RefillText(context, transaction, *response.mutable_flag());
}

}  // namespace equity::referencegroup
