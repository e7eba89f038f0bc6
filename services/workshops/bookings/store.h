// The table `bookings`.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/sql/sql.h"
#include "equity/workshops/v1/bookings.pb.h"
#include "services/workshops/people/people.h"
#include "services/workshops/rules.h"

namespace equity::workshops::store {

// A booking as it is kept, with what decides about it.
struct Booking {
  v1::Booking message;
  int64_t session = 0;
  int64_t requested_session = 0;
  absl::Time start;  // of the session
  Rule rule = Rule::kPlaceFree;

  bool IsLive() const {
    return message.state() == v1::Booking::STATE_SEATED || message.state() == v1::Booking::STATE_WAITING;
  }
};

// What else is stored of a new booking.
struct NewBooking {
  const v1::Booking& message;
  const Decision& decision;
  int ticket;
  std::string_view request_id;  // of the row of a batch, or empty
  absl::Time now;
};

std::optional<Booking> FindBooking(sql::ReadTransaction& transaction, std::string_view organisation,
                                   std::string_view id);
std::optional<Booking> FindLiveBooking(sql::ReadTransaction& transaction, std::string_view participant,
                                       int64_t session);
// The booking that the row of a batch made for this person.
std::optional<Booking> FindBookingByRequest(sql::ReadTransaction& transaction, std::string_view participant,
                                            std::string_view request_id);
// What was looked at when a booking was made.
struct Reasons {
  Rule rule = Rule::kPlaceFree;
  int policy = 0;
  int seen_capacity = 0;
  int seen_taken = 0;
  int seen_waiting = 0;
  bool handed_over = false;  // to a colleague, since
};
Reasons FindReasons(sql::ReadTransaction& transaction, std::string_view id);
// Those who wait longest for the session.
std::vector<Booking> FirstWaiting(sql::ReadTransaction& transaction, int64_t session, int count);
std::vector<Booking> LiveBookingsOfSession(sql::ReadTransaction& transaction, int64_t session);
// Those made before the person moved, too.
std::vector<Booking> LiveBookingsOfPerson(sql::ReadTransaction& transaction, std::string_view participant);

// Which bookings a list holds; what is empty or 0 does not narrow it.
struct BookingFilter {
  std::string_view organisation;
  std::string_view participant;
  int64_t session = 0;
  bool show_cancelled = false;
};
// By id, which is by age, after the one given.
std::vector<Booking> ListBookings(sql::ReadTransaction& transaction, const BookingFilter& filter,
                                  std::string_view after, int limit);

void InsertBooking(sql::Transaction& transaction, const NewBooking& booking);
void SetBookingState(sql::Transaction& transaction, std::string_view id, v1::Booking::State state, int version,
                     absl::Time now);
// All live bookings of a session fall.
void CancelBookingsOfSession(sql::Transaction& transaction, int64_t session, int version, absl::Time now);
void SetBookingParticipant(sql::Transaction& transaction, std::string_view id, std::string_view participant,
                           int version, absl::Time now);
void SetAttendance(sql::Transaction& transaction, std::string_view id, v1::Booking::Attendance attendance,
                   absl::Time now);

// A person, as far as booking needs.
struct Person {
  PersonState state = PersonState::kUnknown;
  std::vector<Held> held;
};
Person FindPerson(sql::ReadTransaction& transaction, std::string_view organisation, std::string_view participant);

std::vector<const sql::Sql*> BookingStatements();

}  // namespace equity::workshops::store
