#include "services/workshops/feedback/store.h"

namespace equity::workshops::store {
namespace {

const sql::Sql kFindGiven{"feedback_given.find",
                          "SELECT 1 FROM feedback_given WHERE session = $1 AND participant = $2"};
const sql::Sql kInsertGiven{"feedback_given.insert",
                            "INSERT INTO feedback_given (session, participant) VALUES ($1, $2)"};
const sql::Sql kForgetGiven{"feedback_given.forget", "DELETE FROM feedback_given WHERE session = $1"};

const sql::Sql kFindFeedback{"feedback_answers.find",
                             "SELECT 1 FROM feedback_answers WHERE session = $1 AND secret_hash = $2"};
const sql::Sql kStoreFeedback{
    "feedback_answers.store",
    "INSERT INTO feedback_answers (session, secret_hash, rating, recommend, comment, may_quote) VALUES ($1, $2, $3, "
    "$4, $5, $6) ON CONFLICT (session, secret_hash) DO UPDATE SET rating = excluded.rating, recommend = "
    "excluded.recommend, comment = excluded.comment, may_quote = excluded.may_quote"};
const sql::Sql kEraseComment{
    "feedback_answers.erase_comment",
    "UPDATE feedback_answers SET comment = '', may_quote = 0 WHERE session = $1 AND secret_hash = $2"};
const sql::Sql kFeedbackOf{"feedback_answers.of_session",
                           "SELECT rating, recommend FROM feedback_answers WHERE session = $1"};
const sql::Sql kListComments{"feedback_answers.comments",
                             "SELECT secret_hash, comment, may_quote FROM feedback_answers WHERE session = $1 AND "
                             "secret_hash > $2 AND comment <> '' AND may_quote >= $3 ORDER BY secret_hash LIMIT $4"};

const sql::Sql kOpenWindow{
    "feedback_windows.open",
    "INSERT INTO feedback_windows (session, close_time, told) VALUES ($1, $2, 0) ON CONFLICT DO NOTHING"};
const sql::Sql kDueWindows{
    "feedback_windows.due",
    "SELECT session FROM feedback_windows WHERE told = 0 AND close_time <= $1 ORDER BY close_time LIMIT $2"};
const sql::Sql kCloseWindow{"feedback_windows.close",
                            "UPDATE feedback_windows SET told = 1 WHERE session = $1 AND told = 0"};

}  // namespace

bool HasGivenFeedback(sql::ReadTransaction& transaction, int64_t session, std::string_view participant) {
  return transaction.Exists(kFindGiven, {session, participant});
}

void RecordFeedbackGiven(sql::Transaction& transaction, int64_t session, std::string_view participant) {
  transaction.Execute(kInsertGiven, {session, participant});
}

bool HasFeedbackAnswer(sql::ReadTransaction& transaction, int64_t session, std::string_view secret_hash) {
  return transaction.Exists(kFindFeedback, {session, secret_hash});
}

void StoreFeedbackAnswer(sql::Transaction& transaction, int64_t session, std::string_view secret_hash,
                         const v1::GiveFeedbackRequest& answer) {
  transaction.Execute(kStoreFeedback, {session, secret_hash, answer.rating(), static_cast<int>(answer.recommend()),
                                       answer.comment(), answer.may_quote()});
}

void EraseFeedbackComment(sql::Transaction& transaction, int64_t session, std::string_view secret_hash) {
  transaction.Execute(kEraseComment, {session, secret_hash});
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

void OpenFeedbackWindow(sql::Transaction& transaction, int64_t session, absl::Time close_time) {
  transaction.Execute(kOpenWindow, {session, close_time});
}

std::vector<int64_t> FeedbackToTell(sql::ReadTransaction& transaction, absl::Time now, int limit) {
  return transaction.All(kDueWindows, {now, limit}, [](const sql::Row& row) { return row.Int64(0); });
}

bool CloseFeedbackWindow(sql::Transaction& transaction, int64_t session) {
  if (transaction.Execute(kCloseWindow, {session}) == 0) return false;
  transaction.Execute(kForgetGiven, {session});
  return true;
}

std::vector<const sql::Sql*> FeedbackStatements() {
  return {&kFindGiven,  &kInsertGiven,  &kForgetGiven, &kFindFeedback, &kStoreFeedback, &kEraseComment,
          &kFeedbackOf, &kListComments, &kOpenWindow,  &kDueWindows,   &kCloseWindow};
}

}  // namespace equity::workshops::store
