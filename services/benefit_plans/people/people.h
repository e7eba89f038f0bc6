// What this service knows of people, sessions and attendance: projections of the feeds of participants and workshops.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "common/rpc/context.h"
#include "common/sql/sql.h"
#include "equity/changes/v1/changes.pb.h"

namespace equity::benefit_plans::people {

// OK for somebody who takes part; PARTICIPANT_NOT_ACTIVE for who left; UNAVAILABLE with RetryInfo for whom the feed has
// not told of.
absl::Status CheckActive(sql::ReadTransaction& transaction, std::string_view participant);

// OK for an organisation or a challenge that there is; UNAVAILABLE with RetryInfo for one that no feed has told of.
absl::Status CheckKnown(sql::ReadTransaction& transaction, const std::string& name);

// The day, YYYY-MM-DD, of the first session of the challenge that the person attended.
std::optional<std::string> FirstAttendance(sql::ReadTransaction& transaction, std::string_view participant,
                                           std::string_view challenge);

// What a change of another service's feed means here. When an owner leaves or comes back, plans are told of it.
void ApplyChange(rpc::WriteContext& context, sql::Transaction& transaction, const changes::v1::Change& change);

std::vector<const sql::Sql*> PeopleStatements();

}  // namespace equity::benefit_plans::people
