// The cells of one measure by at most two dimensions.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/sql/sql.h"
#include "equity/statistics/v1/statistics.pb.h"
#include "services/statistics/tables/measures.h"

namespace equity::statistics {

// More is neither readable nor fits a message.
inline constexpr size_t kMostCells = 20000;

struct Challenge {
  int64_t id;
  std::string name;
};
// An empty name means the only one. NOT_FOUND, or INVALID_ARGUMENT where there are several to choose from.
absl::StatusOr<Challenge> FindChallenge(sql::ReadTransaction& transaction, int64_t generation, const std::string& name);

struct Session {
  int64_t id;
  std::string name;
  std::string date;
  int64_t capacity;
  bool cancelled;
};
// Of a challenge, by name.
std::vector<Session> SessionsOf(sql::ReadTransaction& transaction, int64_t generation, const Challenge& challenge);

struct Question {
  int64_t generation;
  Challenge challenge;
  const Measure* measure;
  std::vector<v1::Dimension> dimensions;
  v1::Tier tier;
  std::string organisation;          // only people of this one, `organisations/{id}`; empty means all
  absl::Time now;                    // by the business clock
  std::string hierarchy_as_of = "";  // the sectors and places of this day, YYYY-MM-DD; empty means those of now
};

// INVALID_ARGUMENT for a measure that is not known, or dimensions that it does not have.
absl::StatusOr<const Measure*> CheckQuestion(const std::string& measure,
                                             const google::protobuf::RepeatedField<int>& dimensions);

// INVALID_ARGUMENT for a table that is too large (TABLE_TOO_LARGE), or that the publishable tier does not have
// (TABLE_NOT_PUBLISHABLE).
absl::StatusOr<std::vector<v1::Cell>> Tabulate(sql::ReadTransaction& transaction, const Question& question);

}  // namespace equity::statistics
