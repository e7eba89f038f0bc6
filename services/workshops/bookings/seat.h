// The one way to a place, and back: BookPlace, SeatPeople, cancelling, promotion, handing over, a change of capacity
// and leavers all end in one guarded statement (ChangePlaces in seat.cc). A Board decides, from places as its
// transaction sees them; what is decided is then carried out in the same transaction. PreviewSeats stops at the
// decision.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "common/rpc/context.h"
#include "common/sql/sql.h"
#include "services/workshops/bookings/store.h"
#include "services/workshops/rules.h"

namespace equity::workshops {

// Sessions, places and people, as one call sees them. What it has decided counts for what it decides next.
class Board {
 public:
  Board(sql::ReadTransaction& transaction, absl::Time now) : transaction_(transaction), now_(now) {}

  // By name; null where there is none.
  Offer* Find(std::string_view session);
  // By date, of all workshops where `workshop` (an id) is empty.
  OnDate FindOnDate(const std::string& date, const std::string& workshop);
  // By name.
  store::Person& FindPerson(const std::string& participant);

  Decision Decide(store::Person& person, Offer& asked, OnFull on_full);

 private:
  Offer* Keep(Offer offer);
  absl::Span<Offer* const> Later(const Offer& asked);

  sql::ReadTransaction& transaction_;
  const absl::Time now_;
  absl::flat_hash_map<int64_t, std::unique_ptr<Offer>> offers_;
  std::map<std::pair<std::string, std::string>, OnDate> on_date_;
  std::map<std::string, std::vector<Offer*>, std::less<>> later_;  // by workshop
  absl::flat_hash_map<std::string, std::unique_ptr<store::Person>> people_;
};

// Who gets what was decided. `request_id` is that of the row of a batch, or empty.
struct Seating {
  const std::string& participant;
  const Decision& decision;
  std::string_view request_id;
};
// Carries out a decision to seat somebody or to let somebody wait; returns the new booking.
v1::Booking Seat(rpc::WriteContext& context, sql::Transaction& transaction, const Seating& seating);

// Gives up a live booking of a session to come. Who waits longest gets the place; returns whether somebody did.
bool Release(rpc::WriteContext& context, sql::Transaction& transaction, store::Booking& booking);
// Gives up all of a person's live bookings of sessions to come.
void ReleaseAll(rpc::WriteContext& context, sql::Transaction& transaction, std::string_view participant);
// Cancels all live bookings of a session; returns how many.
int CancelAll(rpc::WriteContext& context, sql::Transaction& transaction, int64_t session, const Places& places);
// Hands a live booking to another person, by name.
void HandOver(rpc::WriteContext& context, sql::Transaction& transaction, store::Booking& booking,
              const std::string& participant);
// Changes the capacity of a session to come, and seats those who wait where there is room; returns their bookings, by
// name. FAILED_PRECONDITION (CAPACITY_BELOW_TAKEN).
absl::StatusOr<std::vector<std::string>> SetCapacity(rpc::WriteContext& context, sql::Transaction& transaction,
                                                     int64_t session, const Places& places, int capacity);

std::vector<const sql::Sql*> SeatStatements();

}  // namespace equity::workshops
