#include "services/reference_group/moderation/store.h"

#include "services/reference_group/names.h"
#include "services/reference_group/values.h"

namespace equity::referencegroup::store {
namespace {

#define COMMENT_COLUMNS "number, id, item, author, body, visibility, revision, create_time, update_time"
#define FLAG_COLUMNS                                                                                       \
  "number, id, target, reason, note, state, action, hidden_by_rule, author, flagger, decider, appellant, " \
  "decision_note, appeal_note, appeal_decision_note, create_time, update_time"

const sql::Sql kFindComment{"comments.find", "SELECT " COMMENT_COLUMNS " FROM comments WHERE id = $1 AND deleted = 0"};
const sql::Sql kListComments{"comments.list", "SELECT " COMMENT_COLUMNS
                                              " FROM comments WHERE item = $1 AND number > $2 AND deleted = 0 ORDER BY "
                                              "number LIMIT $3"};
const sql::Sql kAuthors{"comments.authors",
                        "SELECT author FROM comments WHERE item = $1 GROUP BY author ORDER BY min(number)"};
const sql::Sql kInsertComment{"comments.insert",
                              "INSERT INTO comments (id, item, author, body, deleted, visibility, revision, "
                              "create_time, update_time) VALUES ($1, $2, $3, $4, 0, 0, 1, $5, $5)"};
const sql::Sql kUpdateComment{
    "comments.update", "UPDATE comments SET body = $2, update_time = $3, revision = revision + 1 WHERE number = $1"};
const sql::Sql kDeleteComment{"comments.delete",
                              "UPDATE comments SET body = '', deleted = 1, update_time = $2 WHERE number = $1"};
const sql::Sql kHideComment{"comments.hide", "UPDATE comments SET visibility = $2 WHERE id = $1"};
const sql::Sql kHideContribution{"contributions.hide", "UPDATE contributions SET visibility = $2 WHERE id = $1"};

const sql::Sql kFindFlag{"flags.find", "SELECT " FLAG_COLUMNS " FROM flags WHERE id = $1"};
const sql::Sql kListFlags{"flags.list", "SELECT " FLAG_COLUMNS
                                        " FROM flags WHERE number > $1 AND ($2 = '' OR instr($2, ',' || state || ',') "
                                        "> 0) ORDER BY number LIMIT $3"};
const sql::Sql kFlagsOf{"flags.of_target", "SELECT " FLAG_COLUMNS " FROM flags WHERE target = $1"};
const sql::Sql kInsertFlag{
    "flags.insert",
    "INSERT INTO flags (id, target, reason, note, state, action, hidden_by_rule, author, flagger, decider, appellant, "
    "decision_note, appeal_note, appeal_decision_note, create_time, update_time) VALUES ($1, $2, $3, $4, $5, 0, $6, "
    "$7, $8, '', '', '', '', '', $9, $9)"};
const sql::Sql kUpdateFlag{
    "flags.update",
    "UPDATE flags SET state = $2, action = $3, decider = $4, appellant = $5, decision_note = $6, appeal_note = $7, "
    "appeal_decision_note = $8, update_time = $9 WHERE number = $1"};

Comment ReadComment(const sql::Row& row) {
  Comment comment{.number = row.Int64(0), .id = row.Text(1), .item = row.Int64(2), .author = row.Text(3)};
  comment.message.set_body(row.Text(4));
  comment.visibility = row.Int(5);
  comment.message.set_hidden(comment.visibility > 0);
  comment.message.set_etag(row.Text(6));
  SetTime(*comment.message.mutable_create_time(), row.Time(7));
  SetTime(*comment.message.mutable_update_time(), row.Time(8));
  return comment;
}

Flag ReadFlag(const sql::Row& row) {
  Flag flag{.number = row.Int64(0)};
  v1::Flag& message = flag.message;
  message.set_name(Name(kFlags, row.Bytes(1)));
  message.set_target(row.Text(2));
  message.set_reason(static_cast<v1::Flag::Reason>(row.Int(3)));
  message.set_note(row.Text(4));
  message.set_state(static_cast<v1::Flag::State>(row.Int(5)));
  message.set_action(static_cast<v1::Flag::Action>(row.Int(6)));
  message.set_hidden_by_rule(row.Bool(7));
  flag.author = row.Text(8);
  flag.flagger = row.Text(9);
  flag.decider = row.Text(10);
  flag.appellant = row.Text(11);
  message.set_decision_note(row.Text(12));
  message.set_appeal_note(row.Text(13));
  message.set_appeal_decision_note(row.Text(14));
  SetTime(*message.mutable_create_time(), row.Time(15));
  SetTime(*message.mutable_update_time(), row.Time(16));
  return flag;
}

}  // namespace

std::optional<Comment> FindComment(sql::ReadTransaction& transaction, std::string_view id) {
  return transaction.One(kFindComment, {id}, ReadComment);
}

std::vector<Comment> ListComments(sql::ReadTransaction& transaction, int64_t item, int64_t after, int limit) {
  return transaction.All(kListComments, {item, after, limit}, ReadComment);
}

std::vector<std::string> CommentAuthors(sql::ReadTransaction& transaction, int64_t item) {
  return transaction.All(kAuthors, {item}, [](const sql::Row& row) { return row.Text(0); });
}

void InsertComment(sql::Transaction& transaction, const Comment& comment, absl::Time now) {
  transaction.Execute(kInsertComment, {comment.id, comment.item, comment.author, comment.message.body(), now});
}

void UpdateComment(sql::Transaction& transaction, int64_t number, std::string_view body, absl::Time now) {
  transaction.Execute(kUpdateComment, {number, body, now});
  transaction.ForgetTrace();
}

void DeleteComment(sql::Transaction& transaction, int64_t number, absl::Time now) {
  transaction.Execute(kDeleteComment, {number, now});
  transaction.ForgetTrace();
}

std::optional<Flag> FindFlag(sql::ReadTransaction& transaction, std::string_view id) {
  return transaction.One(kFindFlag, {id}, ReadFlag);
}

std::vector<Flag> ListFlags(sql::ReadTransaction& transaction, std::string_view states, int64_t after, int limit) {
  return transaction.All(kListFlags, {after, states, limit}, ReadFlag);
}

std::vector<Flag> FlagsOf(sql::ReadTransaction& transaction, std::string_view target) {
  return transaction.All(kFlagsOf, {target}, ReadFlag);
}

void InsertFlag(sql::Transaction& transaction, const Flag& flag, absl::Time now) {
  const v1::Flag& message = flag.message;
  transaction.Execute(kInsertFlag,
                      {Id(message.name()), message.target(), static_cast<int>(message.reason()), message.note(),
                       static_cast<int>(message.state()), message.hidden_by_rule(), flag.author, flag.flagger, now});
}

void UpdateFlag(sql::Transaction& transaction, const Flag& flag, absl::Time now) {
  const v1::Flag& message = flag.message;
  transaction.Execute(kUpdateFlag, {flag.number, static_cast<int>(message.state()), static_cast<int>(message.action()),
                                    flag.decider, flag.appellant, message.decision_note(), message.appeal_note(),
                                    message.appeal_decision_note(), now});
}

void SetCommentVisibility(sql::Transaction& transaction, std::string_view id, Visibility visibility) {
  transaction.Execute(kHideComment, {id, static_cast<int>(visibility)});
}

void SetContributionVisibility(sql::Transaction& transaction, std::string_view id, Visibility visibility) {
  transaction.Execute(kHideContribution, {id, static_cast<int>(visibility)});
}

}  // namespace equity::referencegroup::store
