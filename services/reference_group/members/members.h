// Handlers of MemberService.
#pragma once

#include "absl/status/statusor.h"
#include "common/rpc/context.h"
#include "common/sql/sql.h"
#include "equity/referencegroup/v1/members.pb.h"

namespace equity::referencegroup {

// The Monday of the week, by which the capacity of members is counted.
std::string WeekOf(absl::Time now);

absl::StatusOr<v1::CreateMemberResponse> CreateMember(rpc::WriteContext& context, sql::Transaction& transaction,
                                                      const v1::CreateMemberRequest& request);
absl::StatusOr<v1::GetMemberResponse> GetMember(const rpc::Context& context, sql::ReadTransaction& transaction,
                                                const v1::GetMemberRequest& request);
absl::StatusOr<v1::ListMembersResponse> ListMembers(const rpc::Context& context, sql::ReadTransaction& transaction,
                                                    const v1::ListMembersRequest& request);
absl::StatusOr<v1::UpdateMemberResponse> UpdateMember(rpc::WriteContext& context, sql::Transaction& transaction,
                                                      const v1::UpdateMemberRequest& request);

}  // namespace equity::referencegroup
