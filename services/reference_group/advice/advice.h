// Handlers of AdviceService, and what they share with those of AnonymousAdviceService.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "common/rpc/context.h"
#include "common/sql/sql.h"
#include "common/status/errors.h"
#include "equity/referencegroup/v1/advice.pb.h"
#include "services/reference_group/advice/states.h"
#include "services/reference_group/advice/store.h"

namespace equity::referencegroup {

#define EQUITY_ADVICE_WRITE_(Rpc)                                                                  \
  absl::StatusOr<v1::Rpc##Response> Rpc(rpc::WriteContext& context, sql::Transaction& transaction, \
                                        const v1::Rpc##Request& request);
EQUITY_ADVICE_WRITE_(SubmitRequest)
EQUITY_ADVICE_WRITE_(UpdateRequest)
EQUITY_ADVICE_WRITE_(TriageRequest)
EQUITY_ADVICE_WRITE_(AssignRequest)
EQUITY_ADVICE_WRITE_(AskForInfo)
EQUITY_ADVICE_WRITE_(ProvideInfo)
EQUITY_ADVICE_WRITE_(Respond)
EQUITY_ADVICE_WRITE_(AcceptResponses)
EQUITY_ADVICE_WRITE_(ReopenRequest)
EQUITY_ADVICE_WRITE_(WithdrawRequest)
EQUITY_ADVICE_WRITE_(RedirectRequest)
EQUITY_ADVICE_WRITE_(MergeRequest)
#undef EQUITY_ADVICE_WRITE_

absl::StatusOr<v1::GetRequestResponse> GetRequest(const rpc::Context& context, sql::ReadTransaction& transaction,
                                                  const v1::GetRequestRequest& request);
absl::StatusOr<v1::ListRequestsResponse> ListRequests(const rpc::Context& context, sql::ReadTransaction& transaction,
                                                      const v1::ListRequestsRequest& request);
absl::StatusOr<v1::GetWaitingTimesResponse> GetWaitingTimes(const rpc::Context& context,
                                                            sql::ReadTransaction& transaction,
                                                            const v1::GetWaitingTimesRequest& request);

// What the asker does, known or not.
namespace asker {

// Fills and stores a new question; `id` names it.
void Submit(rpc::WriteContext& context, sql::Transaction& transaction, store::Request& request,
            const v1::AdviceRequest& wanted, std::string id);
std::vector<status::FieldFault> FaultsOf(const v1::AdviceRequest& wanted);
absl::Status Edit(rpc::WriteContext& context, sql::Transaction& transaction, store::Request& request,
                  const std::string& title, const std::string& body);
absl::Status ProvideInfo(rpc::WriteContext& context, sql::Transaction& transaction, store::Request& request,
                         const std::string& body);
absl::Status Accept(rpc::WriteContext& context, sql::Transaction& transaction, store::Request& request,
                    const google::protobuf::RepeatedPtrField<std::string>& responses);
absl::Status Reopen(rpc::WriteContext& context, sql::Transaction& transaction, store::Request& request,
                    const std::string& body);
absl::Status Withdraw(rpc::WriteContext& context, sql::Transaction& transaction, store::Request& request);

}  // namespace asker

// The way from one state to another, with clock, expiry and change feed; stores the question. WRONG_STATE where the
// table forbids it.
absl::Status Enter(rpc::WriteContext& context, sql::Transaction& transaction, store::Request& request,
                   RequestAction action);
// Now, or for an anonymous question the day.
absl::Time TimeFor(const store::Request& request, absl::Time now);

// The question as the reader may see it.
v1::AdviceRequest ViewOf(const rpc::Context& context, const store::Request& request, const Reader& reader);
// The same, with what was said.
v1::AdviceRequest WholeViewOf(const rpc::Context& context, sql::ReadTransaction& transaction,
                              const store::Request& request, const Reader& reader);
bool MayRead(const store::Request& request, const Reader& reader);

// Reads a question again for an answer that is repeated.
absl::Status RefillView(const rpc::Context& context, sql::ReadTransaction& transaction, v1::AdviceRequest& request);
template <class Response>
absl::Status RefillRequest(const rpc::Context& context, sql::ReadTransaction& transaction, Response& response) {
  return RefillView(context, transaction, *response.mutable_request());
}

}  // namespace equity::referencegroup
