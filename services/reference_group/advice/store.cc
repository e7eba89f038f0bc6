#include "services/reference_group/advice/store.h"

#include "services/reference_group/names.h"
#include "services/reference_group/values.h"

namespace equity::referencegroup::store {
namespace {

#define REQUEST_COLUMNS                                                                                           \
  "number, id, anonymous, asker, organisation, actor, plan, title, body, topics, dimensions, four_a, needed_by, " \
  "audience, state, assignees, waited, waiting_since, answer_time, expire_time, duplicate_of, redirected_to, "    \
  "visibility, revision, create_time, update_time"
#define CONTRIBUTION_COLUMNS \
  "id, kind, by_asker, member, actor, on_behalf_of_group, body, reference_list, accepted, visibility, create_time"

const sql::Sql kFindRequest{"requests.find", "SELECT " REQUEST_COLUMNS " FROM requests WHERE id = $1"};
// $1 is whether the reader is of the group, $2 the reader's organisation. Audiences: 2 own organisation, 3 everybody.
const sql::Sql kListRequests{
    "requests.list", "SELECT " REQUEST_COLUMNS
                     " FROM requests WHERE number > $3 AND ($1 = 1 OR ($2 <> '' AND organisation = $2) OR (audience = "
                     "3 AND visibility = 0)) AND ($4 = '' OR instr($4, ',' || state || ',') > 0) AND ($5 = '' OR "
                     "instr(assignees, $5) > 0) AND ($6 = 0 OR (answer_time IS NULL AND state IN (1, 2, 3, 4))) ORDER "
                     "BY number LIMIT $7"};
const sql::Sql kInsertRequest{
    "requests.insert",
    "INSERT INTO requests (id, anonymous, asker, organisation, actor, plan, title, body, topics, dimensions, four_a, "
    "needed_by, audience, state, assignees, waited, waiting_since, answer_time, expire_time, duplicate_of, "
    "redirected_to, visibility, revision, create_time, update_time) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, "
    "$11, $12, $13, $14, '', 0, $15, NULL, NULL, '', '', 0, 1, $16, $16) RETURNING number"};
const sql::Sql kUpdateRequest{
    "requests.update",
    "UPDATE requests SET title = $2, body = $3, topics = $4, dimensions = $5, state = $6, assignees = $7, waited = $8, "
    "waiting_since = $9, answer_time = $10, expire_time = $11, duplicate_of = $12, redirected_to = $13, visibility = "
    "$14, revision = revision + 1, update_time = $15 WHERE number = $1"};
const sql::Sql kContributions{"contributions.list",
                              "SELECT " CONTRIBUTION_COLUMNS " FROM contributions WHERE request = $1 ORDER BY number"};
const sql::Sql kInsertContribution{"contributions.insert", "INSERT INTO contributions (request, " CONTRIBUTION_COLUMNS
                                                           ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, 0, $10)"};
// Kinds 1 to 3 are answers.
const sql::Sql kAccept{"contributions.accept",
                       "UPDATE contributions SET accepted = 1 WHERE id = $2 AND request = $1 AND kind IN (1, 2, 3)"};
const sql::Sql kErase{"contributions.erase", "UPDATE contributions SET body = '' WHERE request = $1 AND by_asker = 1"};
const sql::Sql kToMoveOn{"requests.to_move_on",
                         "SELECT id FROM requests WHERE expire_time IS NOT NULL AND expire_time <= $1 ORDER BY "
                         "expire_time LIMIT $2"};
const sql::Sql kWaiting{
    "requests.waiting",
    "SELECT waited, waiting_since, answer_time IS NOT NULL FROM requests WHERE create_time >= $1 AND create_time < $2"};

Request ReadRequest(const sql::Row& row) {
  Request request;
  v1::AdviceRequest& message = request.message;
  request.number = row.Int64(0);
  request.id = row.Text(1);
  message.set_name(Name(kAdvice, request.id));
  message.set_anonymous(row.Bool(2));
  message.set_asker(row.Text(3));
  request.organisation = row.Text(4);
  request.actor = row.Text(5);
  message.set_plan(row.Text(6));
  message.set_title(row.Text(7));
  message.set_body(row.Text(8));
  ReadList(row.Bytes(9), *message.mutable_topics());
  ReadNumbers(row.Bytes(10), *message.mutable_dimensions());
  message.set_four_a(static_cast<v1::FourA>(row.Int(11)));
  message.set_needed_by(row.Text(12));
  message.set_audience(static_cast<v1::Audience>(row.Int(13)));
  message.set_state(static_cast<v1::AdviceRequest::State>(row.Int(14)));
  ReadList(row.Bytes(15), *message.mutable_assignees());
  request.waited = row.Int64(16);
  request.waiting_since = TimeOrNone(row, 17);
  request.answer_time = TimeOrNone(row, 18);
  request.expire_time = TimeOrNone(row, 19);
  message.set_duplicate_of(row.Text(20));
  message.set_redirected_to(row.Text(21));
  request.visibility = row.Int(22);
  message.set_hidden(request.visibility > 0);
  request.revision = row.Int64(23);
  message.set_etag(std::to_string(request.revision));
  request.create_time = row.Time(24);
  request.update_time = row.Time(25);
  return request;
}

Contribution ReadContribution(const sql::Row& row) {
  Contribution contribution;
  v1::Contribution& message = contribution.message;
  message.set_name(row.Text(0));  // the id; the list makes it a name
  message.set_kind(static_cast<v1::Contribution::Kind>(row.Int(1)));
  contribution.by_asker = row.Bool(2);
  message.set_member(row.Text(3));
  contribution.actor = row.Text(4);
  message.set_on_behalf_of_group(row.Bool(5));
  message.set_body(row.Text(6));
  ReadList(row.Bytes(7), *message.mutable_references(), '\n');
  message.set_accepted(row.Bool(8));
  contribution.visibility = row.Int(9);
  message.set_hidden(contribution.visibility > 0);
  contribution.create_time = row.Time(10);
  SetTime(*message.mutable_create_time(), contribution.create_time);
  return contribution;
}

}  // namespace

std::optional<Request> FindRequest(sql::ReadTransaction& transaction, std::string_view id) {
  return transaction.One(kFindRequest, {id}, ReadRequest);
}

std::vector<Request> ListRequests(sql::ReadTransaction& transaction, const Reader& reader, const RequestFilter& filter,
                                  int64_t after, int limit) {
  return transaction.All(
      kListRequests,
      {reader.group, reader.organisation, after, filter.states, filter.assignee, filter.only_waiting, limit},
      ReadRequest);
}

int64_t InsertRequest(sql::Transaction& transaction, const Request& request) {
  const v1::AdviceRequest& message = request.message;
  return *transaction.One(
      kInsertRequest,
      {request.id, message.anonymous(), message.asker(), request.organisation, request.actor, message.plan(),
       message.title(), message.body(), List(message.topics()), List(message.dimensions()),
       static_cast<int>(message.four_a()), message.needed_by(), static_cast<int>(message.audience()),
       static_cast<int>(message.state()), OrNull(request.waiting_since), request.create_time},
      [](const sql::Row& row) { return row.Int64(0); });
}

void UpdateRequest(sql::Transaction& transaction, Request& request) {
  v1::AdviceRequest& message = request.message;
  transaction.Execute(kUpdateRequest, {request.number, message.title(), message.body(), List(message.topics()),
                                       List(message.dimensions()), static_cast<int>(message.state()),
                                       List(message.assignees()), request.waited, OrNull(request.waiting_since),
                                       OrNull(request.answer_time), OrNull(request.expire_time), message.duplicate_of(),
                                       message.redirected_to(), request.visibility, request.update_time});
  message.set_etag(std::to_string(++request.revision));
}

std::vector<Contribution> Contributions(sql::ReadTransaction& transaction, int64_t request) {
  return transaction.All(kContributions, {request}, ReadContribution);
}

void InsertContribution(sql::Transaction& transaction, int64_t request, const Contribution& contribution) {
  const v1::Contribution& message = contribution.message;
  transaction.Execute(kInsertContribution,
                      {request, message.name(), static_cast<int>(message.kind()), contribution.by_asker,
                       message.member(), contribution.actor, message.on_behalf_of_group(), message.body(),
                       List(message.references(), "\n"), contribution.create_time});
}

bool AcceptResponse(sql::Transaction& transaction, int64_t request, std::string_view id) {
  return transaction.Execute(kAccept, {request, id}) > 0;
}

void EraseInformation(sql::Transaction& transaction, int64_t request) { transaction.Execute(kErase, {request}); }

std::vector<std::string> RequestsToMoveOn(sql::ReadTransaction& transaction, absl::Time now, int limit) {
  return transaction.All(kToMoveOn, {now, limit}, [](const sql::Row& row) { return row.Text(0); });
}

std::vector<WaitingRequest> WaitingRequests(sql::ReadTransaction& transaction, absl::Time from, absl::Time until) {
  return transaction.All(kWaiting, {from, until}, [](const sql::Row& row) {
    return WaitingRequest{row.Int64(0), TimeOrNone(row, 1), row.Bool(2)};
  });
}

}  // namespace equity::referencegroup::store
