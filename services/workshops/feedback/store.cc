#include "services/workshops/feedback/store.h"

#include <algorithm>

namespace equity::workshops::store {
namespace {

const sql::Sql kFindGiven{"feedback_given.find",
                          "SELECT 1 FROM feedback_given WHERE session = $1 AND participant = $2"};
const sql::Sql kInsertGiven{"feedback_given.insert",
                            "INSERT INTO feedback_given (session, participant) VALUES ($1, $2)"};
const sql::Sql kTakeGiven{"feedback_given.take", "DELETE FROM feedback_given WHERE session = $1 RETURNING participant"};

const sql::Sql kFindFeedback{"feedback_answers.find",
                             "SELECT 1 FROM feedback_answers WHERE session = $1 AND secret_hash = $2"};
const sql::Sql kInsertFeedback{
    "feedback_answers.insert",
    "INSERT INTO feedback_answers (session, secret_hash, rating, recommend, comment, may_quote) VALUES ($1, $2, $3, "
    "$4, $5, $6)"};
const sql::Sql kTakeFeedback{"feedback_answers.take",
                             "DELETE FROM feedback_answers WHERE session = $1 RETURNING secret_hash, rating, "
                             "recommend, comment, may_quote"};
const sql::Sql kEraseComment{
    "feedback_answers.erase_comment",
    "UPDATE feedback_answers SET comment = '', may_quote = 0 WHERE session = $1 AND secret_hash = $2"};
const sql::Sql kFeedbackOf{"feedback_answers.of_session",
                           "SELECT rating, recommend FROM feedback_answers WHERE session = $1"};
const sql::Sql kListComments{"feedback_answers.comments",
                             "SELECT secret_hash, comment, may_quote FROM feedback_answers WHERE session = $1 AND "
                             "secret_hash > $2 AND comment <> '' AND may_quote >= $3 ORDER BY secret_hash LIMIT $4"};

const sql::Sql kToTell{"sessions.feedback_to_tell",
                       "SELECT number FROM sessions WHERE feedback_told = 0 AND cancelled = 0 AND date < $1 ORDER BY "
                       "date LIMIT $2"};
const sql::Sql kTold{"sessions.feedback_told",
                     "UPDATE sessions SET feedback_told = 1 WHERE number = $1 AND feedback_told = 0 AND cancelled = 0"};

struct Answer {
  std::string secret_hash;
  int rating = 0;
  int recommend = 0;
  std::string comment;
  bool may_quote = false;
};

Answer ReadAnswer(const sql::Row& row) {
  return {.secret_hash = row.Text(0),
          .rating = row.Int(1),
          .recommend = row.Int(2),
          .comment = row.Text(3),
          .may_quote = row.Bool(4)};
}

}  // namespace

bool HasGivenFeedback(sql::ReadTransaction& transaction, int64_t session, std::string_view participant) {
  return transaction.Exists(kFindGiven, {session, participant});
}

// The rows of the session are written anew, in the order of their names: on its pages the engine keeps rows in the
// order in which they came, which would tell whose answer is whose.
void RecordFeedbackGiven(sql::Transaction& transaction, int64_t session, std::string_view participant) {
  auto people = transaction.All(kTakeGiven, {session}, [](const sql::Row& row) { return row.Text(0); });
  people.emplace_back(participant);
  std::sort(people.begin(), people.end());
  for (const std::string& each : people) transaction.Execute(kInsertGiven, {session, each});
}

bool HasFeedbackAnswer(sql::ReadTransaction& transaction, int64_t session, std::string_view secret_hash) {
  return transaction.Exists(kFindFeedback, {session, secret_hash});
}

// Written anew like those who gave them.
void StoreFeedbackAnswer(sql::Transaction& transaction, int64_t session, std::string_view secret_hash,
                         const v1::GiveFeedbackRequest& answer) {
  auto answers = transaction.All(kTakeFeedback, {session}, ReadAnswer);
  std::erase_if(answers, [&](const Answer& each) { return each.secret_hash == secret_hash; });
  answers.push_back({std::string(secret_hash), answer.rating(), static_cast<int>(answer.recommend()), answer.comment(),
                     answer.may_quote()});
  std::sort(answers.begin(), answers.end(),
            [](const Answer& one, const Answer& other) { return one.secret_hash < other.secret_hash; });
  for (const Answer& each : answers) {
    transaction.Execute(kInsertFeedback,
                        {session, each.secret_hash, each.rating, each.recommend, each.comment, each.may_quote});
  }
  transaction.ForgetTrace();
}

void EraseFeedbackComment(sql::Transaction& transaction, int64_t session, std::string_view secret_hash) {
  transaction.Execute(kEraseComment, {session, secret_hash});
  transaction.ForgetTrace();
}

FeedbackCounts CountFeedback(sql::ReadTransaction& transaction, int64_t session) {
  FeedbackCounts counts;
  transaction.Each(kFeedbackOf, {session}, [&](const sql::Row& row) {
    ++counts.ratings.at(row.Int(0) - 1);
    if (row.Int(1) == v1::GiveFeedbackRequest::RECOMMEND_YES) ++counts.would_recommend;
    if (row.Int(1) == v1::GiveFeedbackRequest::RECOMMEND_NO) ++counts.would_not_recommend;
  });
  return counts;
}

std::vector<FeedbackComment> ListFeedbackComments(sql::ReadTransaction& transaction, int64_t session,
                                                  bool only_quotable, std::string_view after, int limit) {
  return transaction.All(kListComments, {session, after, only_quotable, limit}, [](const sql::Row& row) {
    FeedbackComment comment{.secret_hash = row.Text(0)};
    comment.message.set_comment(row.Text(1));
    comment.message.set_may_quote(row.Bool(2));
    return comment;
  });
}

std::vector<int64_t> FeedbackToTell(sql::ReadTransaction& transaction, const std::string& before, int limit) {
  return transaction.All(kToTell, {before, limit}, [](const sql::Row& row) { return row.Int64(0); });
}

bool CloseFeedback(sql::Transaction& transaction, int64_t session) {
  if (transaction.Execute(kTold, {session}) == 0) return false;
  transaction.Execute(kTakeGiven, {session});
  transaction.ForgetTrace();
  return true;
}

std::vector<const sql::Sql*> FeedbackStatements() {
  return {&kFindGiven,  &kInsertGiven,  &kTakeGiven, &kFindFeedback, &kInsertFeedback, &kTakeFeedback,
          &kFeedbackOf, &kListComments, &kToTell,    &kTold,         &kEraseComment};
}

}  // namespace equity::workshops::store
