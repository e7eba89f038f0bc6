// The tables `challenges` and `workshops`.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/sql/sql.h"
#include "equity/workshops/v1/workshops.pb.h"

namespace equity::workshops::store {

std::optional<v1::Challenge> FindChallenge(sql::ReadTransaction& transaction, std::string_view id);
// By id, after the one given.
std::vector<v1::Challenge> ListChallenges(sql::ReadTransaction& transaction, std::string_view after, int limit);
// The one that was opened last.
std::optional<std::string> NewestChallenge(sql::ReadTransaction& transaction);
void InsertChallenge(sql::Transaction& transaction, std::string_view id, const v1::Challenge& challenge,
                     absl::Time now);

std::optional<v1::Workshop> FindWorkshop(sql::ReadTransaction& transaction, std::string_view id);
std::vector<v1::Workshop> ListWorkshops(sql::ReadTransaction& transaction, std::string_view after, int limit);
void InsertWorkshop(sql::Transaction& transaction, std::string_view id, const v1::Workshop& workshop, absl::Time now);
// Stores all but name, challenge and create_time; the etag becomes another one.
void UpdateWorkshop(sql::Transaction& transaction, std::string_view id, const v1::Workshop& workshop, absl::Time now);

std::vector<const sql::Sql*> ProgrammeStatements();

}  // namespace equity::workshops::store
