// The handlers of ParticipantService that concern people; those of consents are in consents.h.
#pragma once

#include "absl/status/statusor.h"
#include "common/rpc/context.h"
#include "common/sql/sql.h"
#include "common/status/macros.h"
#include "equity/participants/v1/participants.pb.h"

namespace equity::participants::people {

absl::StatusOr<v1::RegisterParticipantResponse> Register(rpc::WriteContext& context, sql::Transaction& transaction,
                                                         const v1::RegisterParticipantRequest& request);
absl::StatusOr<v1::GetParticipantResponse> Get(const rpc::Context& context, sql::ReadTransaction& transaction,
                                               const v1::GetParticipantRequest& request);
absl::StatusOr<v1::ListParticipantsResponse> List(const rpc::Context& context, sql::ReadTransaction& transaction,
                                                  const v1::ListParticipantsRequest& request);
absl::StatusOr<v1::UpdateParticipantResponse> Update(rpc::WriteContext& context, sql::Transaction& transaction,
                                                     const v1::UpdateParticipantRequest& request);
absl::StatusOr<v1::DeactivateParticipantResponse> Deactivate(rpc::WriteContext& context, sql::Transaction& transaction,
                                                             const v1::DeactivateParticipantRequest& request);
absl::StatusOr<v1::MoveParticipantResponse> Move(rpc::WriteContext& context, sql::Transaction& transaction,
                                                 const v1::MoveParticipantRequest& request);

// The person as is now, by the name in an answer that was remembered.
absl::StatusOr<v1::Participant> Current(sql::ReadTransaction& transaction, const std::string& name);

// Fills the person into an answer that is repeated.
template <class Response>
absl::Status Refill(const rpc::Context&, sql::ReadTransaction& transaction, Response& response) {
  ASSIGN_OR_RETURN(*response.mutable_participant(), Current(transaction, response.participant().name()));
  return absl::OkStatus();
}

}  // namespace equity::participants::people
