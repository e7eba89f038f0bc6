// Who takes part: a small projection of participants, kept by its change feed and by registrations.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/rpc/context.h"
#include "common/sql/sql.h"
#include "equity/changes/v1/changes.pb.h"

namespace equity::workshops {

// The numbers are stored.
enum class PersonState { kUnknown = 0, kActive = 1, kLeft = 2, kMoved = 3 };

// Records what was told of a person at that time. False when something later is known: then nothing is changed.
bool RecordPerson(sql::Transaction& transaction, std::string_view organisation, std::string_view participant,
                  PersonState state, absl::Time as_of);

// What a change of the participants feed means here. A leaver's places in sessions to come are freed.
void ApplyChange(rpc::WriteContext& context, sql::Transaction& transaction, const changes::v1::Change& change);

std::vector<const sql::Sql*> PeopleStatements();

}  // namespace equity::workshops
