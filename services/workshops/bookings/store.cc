#include "services/workshops/bookings/store.h"

#include <algorithm>
#include <map>
#include <set>

#include "services/workshops/names.h"
#include "services/workshops/timestamps.h"

namespace equity::workshops::store {
namespace {

// `state <= 2`, written so wherever it is meant, is what the partial indexes of live bookings know.
#define BOOKING_SELECT_WITH(position)                                                                               \
  "SELECT b.id, b.organisation, b.participant, s.workshop, s.id, r.workshop, r.id, s.date, b.state, b.attendance, " \
  "b.version, b.create_time, b.update_time, b.session, b.requested_session, s.start_time, b.rule, " position        \
  " "                                                                                                               \
  "FROM bookings b JOIN sessions s ON s.number = b.session JOIN sessions r ON r.number = b.requested_session "
#define BOOKING_SELECT                                                                             \
  BOOKING_SELECT_WITH(                                                                             \
      "CASE b.state WHEN 2 THEN (SELECT count(*) FROM bookings w WHERE w.session = b.session AND " \
      "w.state = 2 AND w.ticket <= b.ticket) ELSE 0 END")
// For bookings that are about to change their state, and for lists, which count those who wait once a page.
#define BOOKING_SELECT_TO_CHANGE BOOKING_SELECT_WITH("0")

const sql::Sql kFindBooking{"bookings.find", BOOKING_SELECT "WHERE b.id = $1 AND b.organisation = $2"};
const sql::Sql kFindReasons{"bookings.reasons",
                            "SELECT rule, policy, seen_capacity, seen_taken, seen_waiting, made_for IS NOT NULL "
                            "FROM bookings WHERE id = $1"};
const sql::Sql kFindLive{"bookings.find_live", BOOKING_SELECT "WHERE b.participant = $1 AND b.live = $2"};
const sql::Sql kFindByRequest{"bookings.find_by_request",
                              BOOKING_SELECT "WHERE b.request_id = $2 AND coalesce(b.made_for, b.participant) = $1"};
const sql::Sql kFirstWaiting{"bookings.first_waiting", BOOKING_SELECT_TO_CHANGE
                             "WHERE b.session = $1 AND b.state = 2 ORDER BY b.ticket LIMIT $2"};
const sql::Sql kLiveOfSession{"bookings.live_of_session",
                              BOOKING_SELECT_TO_CHANGE "WHERE b.session = $1 AND b.state <= 2 ORDER BY b.id"};
const sql::Sql kLiveOfPerson{"bookings.live_of_person", BOOKING_SELECT_TO_CHANGE
                             "WHERE b.participant = $1 AND b.live IS NOT NULL ORDER BY b.live"};

// A list for each thing that it can be narrowed by, as each has an index of its own; the others are checked on the way.
#define BOOKING_LIST_END                                                                                             \
  " AND b.id > $1 AND ($2 = 1 OR b.state <= 2) AND ($3 = '' OR b.organisation = $3) AND ($4 = 0 OR b.session = $4) " \
  "ORDER BY b.id LIMIT $5"
const sql::Sql kListAll{"bookings.list", BOOKING_SELECT_TO_CHANGE "WHERE true" BOOKING_LIST_END};
const sql::Sql kListOfOrganisation{"bookings.list_of_organisation",
                                   BOOKING_SELECT_TO_CHANGE "WHERE b.organisation = $3" BOOKING_LIST_END};
const sql::Sql kListOfSession{"bookings.list_of_session",
                              BOOKING_SELECT_TO_CHANGE "WHERE b.session = $4" BOOKING_LIST_END};
const sql::Sql kListOfPerson{"bookings.list_of_person",
                             BOOKING_SELECT_TO_CHANGE "WHERE b.participant = $6" BOOKING_LIST_END};

// Who waits for a session, in order: one look for all of a page, where a look for each would be as many as those
// before.
const sql::Sql kWaitingOrder{"bookings.waiting_order",
                             "SELECT id FROM bookings WHERE session = $1 AND state = 2 ORDER BY ticket"};

const sql::Sql kInsertBooking{
    "bookings.insert",
    "INSERT INTO bookings (id, organisation, participant, session, live, requested_session, state, ticket, attendance, "
    "version, create_time, update_time, rule, policy, seen_capacity, seen_taken, seen_waiting, request_id) "
    "VALUES ($1, $2, $3, $4, $4, $5, $6, $7, 0, $8, $9, $9, $10, $11, $12, $13, $14, $15)"};
const sql::Sql kSetState{"bookings.set_state",
                         "UPDATE bookings SET state = $2, live = CASE WHEN $2 <= 2 THEN session END, version = $3, "
                         "update_time = $4 WHERE id = $1"};
const sql::Sql kCancelOfSession{
    "bookings.cancel_of_session",
    "UPDATE bookings SET state = 4, live = NULL, version = $2, update_time = $3 WHERE session = $1 AND state <= 2"};
const sql::Sql kSetParticipant{"bookings.set_participant",
                               "UPDATE bookings SET made_for = coalesce(made_for, participant), participant = $2, "
                               "version = $3, update_time = $4 WHERE id = $1"};
const sql::Sql kSetAttendance{"bookings.set_attendance",
                              "UPDATE bookings SET attendance = $2, update_time = $3 WHERE id = $1"};

const sql::Sql kFindPerson{"local_people.state",
                           "SELECT state FROM local_people WHERE participant = $1 AND organisation = $2"};
// The bookings of somebody who moved are found under the new name too: the last part of the name stays. What was asked
// for elsewhere comes first, and again in the other half, which reads an index alone.
const sql::Sql kFindHeld{"bookings.held",
                         "SELECT session, requested_session FROM bookings "
                         "WHERE participant = $1 AND state <= 2 AND requested_session <> session "
                         "UNION ALL SELECT live, live FROM bookings WHERE participant = $1 AND live IS NOT NULL"};

Booking ReadBooking(const sql::Row& row) {
  Booking booking;
  booking.session = row.Int64(13);
  booking.requested_session = row.Int64(14);
  booking.start = row.Time(15);
  booking.rule = static_cast<Rule>(row.Int(16));
  v1::Booking& message = booking.message;
  message.set_name(BookingName(row.Bytes(1), row.Bytes(0)));
  message.set_participant(ParticipantName(row.Bytes(1), row.Bytes(2)));
  message.set_session(SessionName(row.Bytes(3), row.Bytes(4)));
  message.set_requested_session(SessionName(row.Bytes(5), row.Bytes(6)));
  message.set_session_date(row.Text(7));
  message.set_state(static_cast<v1::Booking::State>(row.Int(8)));
  message.set_attendance(static_cast<v1::Booking::Attendance>(row.Int(9)));
  message.set_version(row.Int(10));
  SetTime(*message.mutable_create_time(), row.Time(11));
  SetTime(*message.mutable_update_time(), row.Time(12));
  message.set_waiting_position(row.Int(17));
  return booking;
}

}  // namespace

std::optional<Booking> FindBooking(sql::ReadTransaction& transaction, std::string_view organisation,
                                   std::string_view id) {
  return transaction.One(kFindBooking, {id, organisation}, ReadBooking);
}

Reasons FindReasons(sql::ReadTransaction& transaction, std::string_view id) {
  const auto found = transaction.One(kFindReasons, {id}, [](const sql::Row& row) {
    return Reasons{.rule = static_cast<Rule>(row.Int(0)),
                   .policy = row.Int(1),
                   .seen_capacity = row.Int(2),
                   .seen_taken = row.Int(3),
                   .seen_waiting = row.Int(4),
                   .handed_over = row.Bool(5)};
  });
  return found.value_or(Reasons());
}

std::optional<Booking> FindLiveBooking(sql::ReadTransaction& transaction, std::string_view participant,
                                       int64_t session) {
  return transaction.One(kFindLive, {participant, session}, ReadBooking);
}

std::optional<Booking> FindBookingByRequest(sql::ReadTransaction& transaction, std::string_view participant,
                                            std::string_view request_id) {
  return transaction.One(kFindByRequest, {participant, request_id}, ReadBooking);
}

std::vector<Booking> FirstWaiting(sql::ReadTransaction& transaction, int64_t session, int count) {
  return transaction.All(kFirstWaiting, {session, count}, ReadBooking);
}

std::vector<Booking> LiveBookingsOfSession(sql::ReadTransaction& transaction, int64_t session) {
  return transaction.All(kLiveOfSession, {session}, ReadBooking);
}

std::vector<Booking> LiveBookingsOfPerson(sql::ReadTransaction& transaction, std::string_view participant) {
  return transaction.All(kLiveOfPerson, {participant}, ReadBooking);
}

namespace {

std::vector<Booking> ListWithoutPositions(sql::ReadTransaction& transaction, const BookingFilter& filter,
                                          std::string_view after, int limit) {
  if (!filter.participant.empty()) {
    return transaction.All(
        kListOfPerson, {after, filter.show_cancelled, filter.organisation, filter.session, limit, filter.participant},
        ReadBooking);
  }
  const sql::Sql& sql = filter.session != 0            ? kListOfSession
                        : !filter.organisation.empty() ? kListOfOrganisation
                                                       : kListAll;
  return transaction.All(sql, {after, filter.show_cancelled, filter.organisation, filter.session, limit}, ReadBooking);
}

// Fills in the positions of those who wait.
void FillPositions(sql::ReadTransaction& transaction, std::vector<Booking>& bookings) {
  std::set<int64_t> sessions;
  std::map<std::string_view, Booking*> waiting;
  for (Booking& booking : bookings) {
    if (booking.message.state() != v1::Booking::STATE_WAITING) continue;
    sessions.insert(booking.session);
    waiting[ChildId(booking.message.name())] = &booking;
  }
  for (const int64_t session : sessions) {
    int position = 0;
    transaction.Each(kWaitingOrder, {session}, [&](const sql::Row& row) {
      ++position;
      const auto found = waiting.find(row.Bytes(0));
      if (found != waiting.end()) found->second->message.set_waiting_position(position);
    });
  }
}

}  // namespace

std::vector<Booking> ListBookings(sql::ReadTransaction& transaction, const BookingFilter& filter,
                                  std::string_view after, int limit) {
  std::vector<Booking> bookings = ListWithoutPositions(transaction, filter, after, limit);
  FillPositions(transaction, bookings);
  return bookings;
}

void InsertBooking(sql::Transaction& transaction, const NewBooking& booking) {
  const v1::Booking& message = booking.message;
  const Decision& decision = booking.decision;
  transaction.Execute(
      kInsertBooking,
      {ChildId(message.name()), OrganisationId(message.name()), ChildId(message.participant()), decision.offer->session,
       decision.asked->session, static_cast<int>(message.state()), booking.ticket, message.version(), booking.now,
       static_cast<int>(decision.rule), kPolicy, decision.before.capacity, decision.before.taken,
       decision.before.waiting, booking.request_id.empty() ? sql::Value(nullptr) : sql::Value(booking.request_id)});
}

void SetBookingState(sql::Transaction& transaction, std::string_view id, v1::Booking::State state, int version,
                     absl::Time now) {
  transaction.Execute(kSetState, {id, static_cast<int>(state), version, now});
}

void CancelBookingsOfSession(sql::Transaction& transaction, int64_t session, int version, absl::Time now) {
  transaction.Execute(kCancelOfSession, {session, version, now});
}

void SetBookingParticipant(sql::Transaction& transaction, std::string_view id, std::string_view participant,
                           int version, absl::Time now) {
  transaction.Execute(kSetParticipant, {id, participant, version, now});
}

void SetAttendance(sql::Transaction& transaction, std::string_view id, v1::Booking::Attendance attendance,
                   absl::Time now) {
  transaction.Execute(kSetAttendance, {id, static_cast<int>(attendance), now});
}

Person FindPerson(sql::ReadTransaction& transaction, std::string_view organisation, std::string_view participant) {
  Person person;
  transaction.Each(kFindPerson, {participant, organisation},
                   [&](const sql::Row& row) { person.state = static_cast<PersonState>(row.Int(0)); });
  transaction.Each(kFindHeld, {participant}, [&](const sql::Row& row) {
    const int64_t session = row.Int64(0);
    const bool elsewhere =
        std::any_of(person.held.begin(), person.held.end(), [&](const Held& held) { return held.session == session; });
    if (!elsewhere) person.held.push_back({.session = session, .requested = row.Int64(1)});
  });
  return person;
}

std::vector<const sql::Sql*> BookingStatements() {
  return {&kFindReasons,   &kFindBooking,   &kFindLive,           &kFindByRequest,   &kFirstWaiting,
          &kLiveOfSession, &kLiveOfPerson,  &kListOfOrganisation, &kListOfSession,   &kListOfPerson,
          &kListAll,       &kInsertBooking, &kSetState,           &kCancelOfSession, &kSetParticipant,
          &kSetAttendance, &kFindPerson,    &kFindHeld,           &kWaitingOrder};
}

}  // namespace equity::workshops::store
