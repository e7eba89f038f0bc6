// The tables of feedback. Who answered and what was answered are written here, and never read together.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "common/sql/sql.h"
#include "equity/workshops/v1/feedback.pb.h"

namespace equity::workshops::store {

bool HasGivenFeedback(sql::ReadTransaction& transaction, int64_t session, std::string_view participant);
void RecordFeedbackGiven(sql::Transaction& transaction, int64_t session, std::string_view participant);

bool HasFeedbackAnswer(sql::ReadTransaction& transaction, int64_t session, std::string_view secret_hash);
// Takes the place of the answer with the same hash.
void StoreFeedbackAnswer(sql::Transaction& transaction, int64_t session, std::string_view secret_hash,
                         const v1::GiveFeedbackRequest& answer);
void EraseFeedbackComment(sql::Transaction& transaction, int64_t session, std::string_view secret_hash);

struct FeedbackCounts {
  std::array<int, 5> ratings = {};
  int would_recommend = 0;
  int would_not_recommend = 0;

  int answers() const { return ratings[0] + ratings[1] + ratings[2] + ratings[3] + ratings[4]; }
};
FeedbackCounts CountFeedback(sql::ReadTransaction& transaction, int64_t session);

struct FeedbackComment {
  std::string secret_hash;
  v1::FeedbackComment message;
};
// By hash, after the one given.
std::vector<FeedbackComment> ListFeedbackComments(sql::ReadTransaction& transaction, int64_t session,
                                                  bool only_quotable, std::string_view after, int limit);

// Sessions of dates before this one of which it was not told that they take no more feedback; with or without answers.
std::vector<int64_t> FeedbackToTell(sql::ReadTransaction& transaction, const std::string& before, int limit);
// False where it was told already, or where the session was cancelled. Forgets who answered.
bool CloseFeedback(sql::Transaction& transaction, int64_t session);

std::vector<const sql::Sql*> FeedbackStatements();

}  // namespace equity::workshops::store
