// The handlers of WorkshopService.
#pragma once

#include "absl/status/statusor.h"
#include "common/rpc/context.h"
#include "common/sql/sql.h"
#include "equity/workshops/v1/workshops.pb.h"

namespace equity::workshops {

absl::StatusOr<v1::CreateChallengeResponse> CreateChallenge(rpc::WriteContext& context, sql::Transaction& transaction,
                                                            const v1::CreateChallengeRequest& request);
absl::StatusOr<v1::GetChallengeResponse> GetChallenge(const rpc::Context& context, sql::ReadTransaction& transaction,
                                                      const v1::GetChallengeRequest& request);
absl::StatusOr<v1::ListChallengesResponse> ListChallenges(const rpc::Context& context,
                                                          sql::ReadTransaction& transaction,
                                                          const v1::ListChallengesRequest& request);
absl::StatusOr<v1::CreateWorkshopResponse> CreateWorkshop(rpc::WriteContext& context, sql::Transaction& transaction,
                                                          const v1::CreateWorkshopRequest& request);
absl::StatusOr<v1::GetWorkshopResponse> GetWorkshop(const rpc::Context& context, sql::ReadTransaction& transaction,
                                                    const v1::GetWorkshopRequest& request);
absl::StatusOr<v1::ListWorkshopsResponse> ListWorkshops(const rpc::Context& context, sql::ReadTransaction& transaction,
                                                        const v1::ListWorkshopsRequest& request);
absl::StatusOr<v1::UpdateWorkshopResponse> UpdateWorkshop(rpc::WriteContext& context, sql::Transaction& transaction,
                                                          const v1::UpdateWorkshopRequest& request);

// How long a session lasts where nobody said.
inline constexpr int kDurationMinutes = 150;

// Opens a challenge, or adds a workshop, as filled in by the caller but for defaults; for imports too.
void AddChallenge(rpc::WriteContext& context, sql::Transaction& transaction, std::string_view id,
                  v1::Challenge& challenge);
void AddWorkshop(rpc::WriteContext& context, sql::Transaction& transaction, std::string_view id,
                 v1::Workshop& workshop);

}  // namespace equity::workshops
