#include "services/workshops/sessions/store.h"

#include "services/workshops/names.h"
#include "services/workshops/timestamps.h"

namespace equity::workshops::store {
namespace {

#define SESSION_SELECT                                                                                                 \
  "SELECT p.capacity, p.taken, p.waiting, p.next_ticket, p.version, s.number, s.workshop, s.id, s.date, s.starts, "    \
  "s.ends, s.time_zone, s.platform, s.start_time, s.end_time, s.cancelled, s.revision, s.create_time, s.update_time, " \
  "w.challenge, w.display_name "                                                                                       \
  "FROM sessions s JOIN session_places p ON p.session = s.number JOIN workshops w ON w.id = s.workshop "
#define OFFER_SELECT                                                                                      \
  "SELECT p.capacity, p.taken, p.waiting, p.next_ticket, p.version, s.number, s.workshop, s.id, s.date, " \
  "s.start_time, s.cancelled "                                                                            \
  "FROM sessions s JOIN session_places p ON p.session = s.number "

const sql::Sql kFindSession{"sessions.find", SESSION_SELECT "WHERE s.workshop = $1 AND s.id = $2"};
const sql::Sql kFindByNumber{"sessions.find_by_number", SESSION_SELECT "WHERE s.number = $1"};
const sql::Sql kFindAt{
    "sessions.find_at",
    SESSION_SELECT "WHERE s.date = $2 AND s.workshop = $1 AND s.starts = $3 AND s.cancelled = $4 ORDER BY s.number"};
const sql::Sql kIdTaken{"sessions.id_taken", "SELECT 1 FROM sessions WHERE workshop = $1 AND id = $2"};
const sql::Sql kList{"sessions.list", SESSION_SELECT
                     "WHERE (s.start_time, s.number) > ($1, $2) ORDER BY s.start_time, s.number LIMIT $3"};
const sql::Sql kListOfWorkshop{"sessions.list_of_workshop", SESSION_SELECT
                               "WHERE s.workshop = $4 AND (s.start_time, s.number) > ($1, $2) "
                               "ORDER BY s.start_time, s.number LIMIT $3"};
const sql::Sql kInsertSession{
    "sessions.insert",
    "INSERT INTO sessions (workshop, id, date, starts, ends, time_zone, start_time, end_time, platform, cancelled, "
    "revision, create_time, update_time) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, 1, $10, $10) RETURNING number"};
const sql::Sql kInsertPlaces{"session_places.insert",
                             "INSERT INTO session_places (session, capacity, taken, waiting, next_ticket, version) "
                             "VALUES ($1, $2, 0, 0, 1, 1)"};
const sql::Sql kTouch{"sessions.touch",
                      "UPDATE sessions SET platform = $2, cancelled = $3, revision = revision + 1, update_time = $4 "
                      "WHERE number = $1"};

const sql::Sql kFindOffer{"offers.find", OFFER_SELECT "WHERE s.workshop = $1 AND s.id = $2"};
const sql::Sql kOffersOnDate{"offers.on_date", OFFER_SELECT "WHERE s.date = $1"};
const sql::Sql kOffersOnDateOfWorkshop{"offers.on_date_of_workshop",
                                       OFFER_SELECT "WHERE s.date = $1 AND s.workshop = $2"};
const sql::Sql kOffersAfter{"offers.after", OFFER_SELECT
                            "WHERE s.workshop = $1 AND s.start_time > $2 AND s.cancelled = 0 "
                            "ORDER BY s.start_time, s.number"};
const sql::Sql kFindPlaces{
    "session_places.find",
    "SELECT capacity, taken, waiting, next_ticket, version FROM session_places WHERE session = $1"};

// The places are the first columns of every statement.
Places ReadPlaces(const sql::Row& row) {
  return {.capacity = row.Int(0),
          .taken = row.Int(1),
          .waiting = row.Int(2),
          .next_ticket = row.Int(3),
          .version = row.Int(4)};
}

Session ReadSession(const sql::Row& row) {
  Session session;
  session.places = ReadPlaces(row);
  session.number = row.Int64(5);
  session.workshop = row.Text(6);
  session.start = row.Time(13);
  session.cancelled = row.Bool(15);
  session.challenge = ChallengeName(row.Bytes(19));
  session.workshop_display_name = row.Text(20);
  v1::Session& message = session.message;
  message.set_name(SessionName(session.workshop, row.Bytes(7)));
  message.set_date(row.Text(8));
  message.set_start(row.Text(9));
  message.set_end(row.Text(10));
  message.set_time_zone(row.Text(11));
  message.set_platform(row.Text(12));
  message.set_capacity(session.places.capacity);
  message.set_places_taken(session.places.taken);
  message.set_waiting(session.places.waiting);
  message.set_version(session.places.version);
  SetTime(*message.mutable_start_time(), session.start);
  SetTime(*message.mutable_end_time(), row.Time(14));
  message.set_etag(std::to_string(row.Int64(16)));
  SetTime(*message.mutable_create_time(), row.Time(17));
  SetTime(*message.mutable_update_time(), row.Time(18));
  return session;
}

Offer ReadOffer(const sql::Row& row) {
  return {.session = row.Int64(5),
          .name = SessionName(row.Bytes(6), row.Bytes(7)),
          .date = row.Text(8),
          .start = row.Time(9),
          .cancelled = row.Bool(10),
          .places = ReadPlaces(row)};
}

}  // namespace

std::optional<Session> FindSession(sql::ReadTransaction& transaction, std::string_view workshop, std::string_view id) {
  return transaction.One(kFindSession, {workshop, id}, ReadSession);
}

std::optional<Session> FindSession(sql::ReadTransaction& transaction, int64_t number) {
  return transaction.One(kFindByNumber, {number}, ReadSession);
}

std::optional<Session> FindSessionAt(sql::ReadTransaction& transaction, std::string_view workshop,
                                     std::string_view date, std::string_view start, bool cancelled) {
  return transaction.One(kFindAt, {workshop, date, start, cancelled}, ReadSession);
}

bool SessionIdTaken(sql::ReadTransaction& transaction, std::string_view workshop, std::string_view id) {
  return transaction.Exists(kIdTaken, {workshop, id});
}

std::vector<Session> ListSessions(sql::ReadTransaction& transaction, std::string_view workshop, const SessionKey& after,
                                  int limit) {
  if (workshop.empty()) return transaction.All(kList, {after.start, after.number, limit}, ReadSession);
  return transaction.All(kListOfWorkshop, {after.start, after.number, limit, workshop}, ReadSession);
}

void InsertSession(sql::Transaction& transaction, std::string_view workshop, std::string_view id,
                   const v1::Session& session, const SessionTimes& times, absl::Time now) {
  const auto number = transaction.One(kInsertSession,
                                      {workshop, id, session.date(), session.start(), times.end_of_day,
                                       session.time_zone(), times.start, times.end, session.platform(), now},
                                      [](const sql::Row& row) { return row.Int64(0); });
  transaction.Execute(kInsertPlaces, {*number, session.capacity()});
}

void TouchSession(sql::Transaction& transaction, int64_t number, std::string_view platform, bool cancelled,
                  absl::Time now) {
  transaction.Execute(kTouch, {number, platform, cancelled, now});
}

std::optional<Offer> FindOffer(sql::ReadTransaction& transaction, std::string_view workshop, std::string_view id) {
  return transaction.One(kFindOffer, {workshop, id}, ReadOffer);
}

std::vector<Offer> OffersOnDate(sql::ReadTransaction& transaction, std::string_view date, std::string_view workshop) {
  if (workshop.empty()) return transaction.All(kOffersOnDate, {date}, ReadOffer);
  return transaction.All(kOffersOnDateOfWorkshop, {date, workshop}, ReadOffer);
}

std::vector<Offer> OffersAfter(sql::ReadTransaction& transaction, std::string_view workshop, absl::Time start) {
  return transaction.All(kOffersAfter, {workshop, start}, ReadOffer);
}

Places FindPlaces(sql::ReadTransaction& transaction, int64_t session) {
  return transaction.One(kFindPlaces, {session}, ReadPlaces).value_or(Places{});
}

std::vector<const sql::Sql*> SessionStatements() {
  return {&kFindSession,    &kFindByNumber,           &kFindAt,      &kIdTaken,      &kList,
          &kListOfWorkshop, &kInsertSession,          &kTouch,       &kInsertPlaces, &kFindOffer,
          &kOffersOnDate,   &kOffersOnDateOfWorkshop, &kOffersAfter, &kFindPlaces};
}

}  // namespace equity::workshops::store
