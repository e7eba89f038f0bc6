// The handlers of FeedbackService, and what time does to feedback.
#pragma once

#include "absl/status/statusor.h"
#include "common/rpc/context.h"
#include "common/sql/sql.h"
#include "equity/workshops/v1/feedback.pb.h"

namespace equity::workshops {

absl::StatusOr<v1::GiveFeedbackResponse> GiveFeedback(rpc::WriteContext& context, sql::Transaction& transaction,
                                                      const v1::GiveFeedbackRequest& request);
absl::StatusOr<v1::WithdrawQuoteResponse> WithdrawQuote(rpc::WriteContext& context, sql::Transaction& transaction,
                                                        const v1::WithdrawQuoteRequest& request);
absl::StatusOr<v1::GetFeedbackSummaryResponse> GetFeedbackSummary(const rpc::Context& context,
                                                                  sql::ReadTransaction& transaction,
                                                                  const v1::GetFeedbackSummaryRequest& request);
absl::StatusOr<v1::ListFeedbackCommentsResponse> ListFeedbackComments(const rpc::Context& context,
                                                                      sql::ReadTransaction& transaction,
                                                                      const v1::ListFeedbackCommentsRequest& request);

// The session (its number) takes no more feedback: says so in the feed, and forgets who answered.
void TellFeedback(rpc::WriteContext& context, sql::Transaction& transaction, int64_t session);

}  // namespace equity::workshops
