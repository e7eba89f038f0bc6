// The handlers of SessionService, and what imports share with them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/rpc/context.h"
#include "common/sql/sql.h"
#include "equity/workshops/v1/sessions.pb.h"
#include "services/workshops/rules.h"
#include "services/workshops/sessions/store.h"

namespace equity::workshops {

absl::StatusOr<v1::ImportSessionsResponse> ImportSessions(rpc::WriteContext& context, sql::Transaction& transaction,
                                                          const v1::ImportSessionsRequest& request);
absl::StatusOr<v1::CreateSessionResponse> CreateSession(rpc::WriteContext& context, sql::Transaction& transaction,
                                                        const v1::CreateSessionRequest& request);
absl::StatusOr<v1::GetSessionResponse> GetSession(const rpc::Context& context, sql::ReadTransaction& transaction,
                                                  const v1::GetSessionRequest& request);
absl::StatusOr<v1::ListSessionsResponse> ListSessions(const rpc::Context& context, sql::ReadTransaction& transaction,
                                                      const v1::ListSessionsRequest& request);
absl::StatusOr<v1::ListPublicSessionsResponse> ListPublicSessions(const rpc::Context& context,
                                                                  sql::ReadTransaction& transaction,
                                                                  const v1::ListPublicSessionsRequest& request);
absl::StatusOr<v1::UpdateSessionResponse> UpdateSession(rpc::WriteContext& context, sql::Transaction& transaction,
                                                        const v1::UpdateSessionRequest& request);
absl::StatusOr<v1::CancelSessionResponse> CancelSession(rpc::WriteContext& context, sql::Transaction& transaction,
                                                        const v1::CancelSessionRequest& request);

// The zone of sessions that do not say otherwise.
inline constexpr char kDefaultTimeZone[] = "Europe/London";

// Adds a session whose times are resolved, and gives it an id. Returns it as stored.
store::Session AddSession(rpc::WriteContext& context, sql::Transaction& transaction, std::string_view workshop,
                          const v1::Session& session, const SessionTimes& times);

// Changes capacity, platform or both. Returns the bookings that got a place by it, by name. FAILED_PRECONDITION
// (SESSION_CANCELLED, SESSION_IN_PAST, CAPACITY_BELOW_TAKEN).
struct SessionChange {
  std::optional<int> capacity;
  std::optional<std::string> platform;
};
absl::StatusOr<std::vector<std::string>> ChangeSession(rpc::WriteContext& context, sql::Transaction& transaction,
                                                       const store::Session& session, const SessionChange& change);

}  // namespace equity::workshops
