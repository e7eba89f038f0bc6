// Members in the store.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/sql/sql.h"
#include "equity/referencegroup/v1/members.pb.h"

namespace equity::referencegroup::store {

struct Member {
  v1::Member message;
  int64_t number = 0;
};

// `week` is its Monday, for the questions that were given to the member in it.
std::optional<Member> FindMember(sql::ReadTransaction& transaction, std::string_view id, std::string_view week);
std::vector<Member> ListMembers(sql::ReadTransaction& transaction, std::string_view expertise, bool retired,
                                std::string_view week, int64_t after, int limit);
bool IsMember(sql::ReadTransaction& transaction, std::string_view participant);
void InsertMember(sql::Transaction& transaction, const v1::Member& member, absl::Time now);
void UpdateMember(sql::Transaction& transaction, int64_t number, const v1::Member& member, absl::Time now);

void InsertAssignment(sql::Transaction& transaction, std::string_view member, std::string_view week, int64_t request);

}  // namespace equity::referencegroup::store
