#include "services/workshops/bookings/seat.h"

#include <utility>

#include "common/planted/planted.h"
#include "services/workshops/errors.h"
#include "services/workshops/names.h"
#include "services/workshops/sessions/store.h"
#include "services/workshops/timestamps.h"

namespace equity::workshops {
namespace {

using changes::v1::BookingEvent;
using planted::Mistake;
using planted::Planted;

struct PlaceChange {
  int capacity = 0;
  int taken = 0;
  int waiting = 0;
  int tickets = 0;
};

// The guard keeps every promise about places: never more taken than there are, none free while somebody waits.
const sql::Sql kChangePlaces{"session_places.change",
                             "UPDATE session_places SET capacity = capacity + $2, taken = taken + $3, "
                             "waiting = waiting + $4, next_ticket = next_ticket + $5, version = version + 1 "
                             "WHERE session = $1 AND taken + $3 BETWEEN 0 AND capacity + $2 AND waiting + $4 >= 0 "
                             "AND (waiting + $4 = 0 OR taken + $3 = capacity + $2)"};

#ifdef EQUITY_PLANTED
// For mistakes that the guard would not let happen.
const sql::Sql kChangeUnguarded{"session_places.change_unguarded",
                                "UPDATE session_places SET capacity = capacity + $2, "
                                "taken = max(0, min(taken + $3, capacity + $2)), waiting = max(0, waiting + $4), "
                                "next_ticket = next_ticket + $5, version = version + 1 WHERE session = $1"};

const sql::Sql& ChangeStatement() {
  const bool guarded = !Planted(Mistake::kCheckThenAct) && !Planted(Mistake::kTwoStepCancel) &&
                       !Planted(Mistake::kRaisesInVain) && !Planted(Mistake::kLeavesSilently);
  return guarded ? kChangePlaces : kChangeUnguarded;
}

Places Remembered(const Offer& offer) {
  constexpr int kLooksPerRefresh = 8;
  thread_local std::map<int64_t, std::pair<int, Places>> remembered;
  auto& [looks, places] = remembered[offer.session];
  if (looks++ % kLooksPerRefresh == 0) places = offer.places;
  return places;
}
#else
const sql::Sql& ChangeStatement() { return kChangePlaces; }
#endif

// Changes the places of a session: nothing else does. Returns the places after it; reading them costs SQLite a third of
// what RETURNING does.
Places ChangePlaces(sql::Transaction& transaction, int64_t session, const PlaceChange& change) {
  const int64_t changed =
      transaction.Execute(ChangeStatement(), {session, change.capacity, change.taken, change.waiting, change.tickets});
  // One writer decides and acts in one transaction, so the guard never refuses what was decided; on an engine with many
  // writers the transaction would have to run again.
  if (changed == 0) throw sql::Error(sql::Failure::kBusy, "the places changed after they were looked at");
  return store::FindPlaces(transaction, session);
}

void Emit(rpc::WriteContext& context, const v1::Booking& booking, v1::Booking::State previous,
          std::string_view previous_participant = {}) {
  changes::v1::Change change;
  change.set_organisation(OrganisationName(OrganisationId(booking.name())));
  BookingEvent& event = *change.mutable_booking_event();
  event.set_booking(booking.name());
  event.set_participant(booking.participant());
  event.set_session(booking.session());
  // The states of the two contracts have the same numbers.
  event.set_previous_state(static_cast<BookingEvent::State>(previous));
  event.set_state(static_cast<BookingEvent::State>(booking.state()));
  event.set_version(booking.version());
  event.set_previous_participant(std::string(previous_participant));
#ifdef EQUITY_PLANTED
  if (Planted(Mistake::kPromotesUntold) && previous == v1::Booking::STATE_WAITING &&
      booking.state() == v1::Booking::STATE_SEATED) {
    return;
  }
  if (Planted(Mistake::kTellsLater)) {
    static changes::v1::Change later;
    std::swap(change, later);
    if (!change.has_booking_event()) return;
  }
#endif
  context.Emit(std::move(change));
}

void Enter(rpc::WriteContext& context, sql::Transaction& transaction, v1::Booking& booking, v1::Booking::State state,
           int version) {
  const v1::Booking::State previous = booking.state();
  booking.set_state(state);
  booking.set_waiting_position(0);
  booking.set_version(version);
  SetTime(*booking.mutable_update_time(), Stored(context.now()));
  store::SetBookingState(transaction, ChildId(booking.name()), state, version, context.now());
  Emit(context, booking, previous);
}

}  // namespace

Offer* Board::Keep(Offer offer) {
  std::unique_ptr<Offer>& kept = offers_[offer.session];
  if (kept == nullptr) {
    kept = std::make_unique<Offer>(std::move(offer));
#ifdef EQUITY_PLANTED
    if (Planted(Mistake::kCheckThenAct)) kept->places = Remembered(*kept);
#endif
  }
  return kept.get();
}

Offer* Board::Find(std::string_view session) {
  auto offer = store::FindOffer(transaction_, Segment(session, 1), ChildId(session));
  return offer ? Keep(*std::move(offer)) : nullptr;
}

OnDate Board::FindOnDate(const std::string& date, const std::string& workshop) {
  const auto [found, added] = on_date_.try_emplace({date, workshop});
  if (added) {
    std::vector<Offer*> offers;
    for (Offer& offer : store::OffersOnDate(transaction_, date, workshop)) offers.push_back(Keep(std::move(offer)));
    found->second = ChooseOnDate(offers);
  }
  return found->second;
}

store::Person& Board::FindPerson(const std::string& participant) {
  std::unique_ptr<store::Person>& person = people_[participant];
  if (person == nullptr) {
    person = std::make_unique<store::Person>(
        store::FindPerson(transaction_, OrganisationId(participant), ChildId(participant)));
  }
  return *person;
}

absl::Span<Offer* const> Board::Later(const Offer& asked) {
  const std::string_view workshop = Segment(asked.name, 1);
  auto found = later_.find(workshop);
  if (found == later_.end()) {
    // Of the whole workshop, as those who ask next may ask for other dates.
    found = later_.emplace(workshop, std::vector<Offer*>()).first;
    for (Offer& offer : store::OffersAfter(transaction_, workshop, now_)) {
      found->second.push_back(Keep(std::move(offer)));
    }
  }
  return found->second;
}

Decision Board::Decide(store::Person& person, Offer& asked, OnFull on_full) {
  const Decision decision = workshops::Decide(asked, on_full, person.held, now_, [&] { return Later(asked); });
  Places& places = decision.offer->places;
  switch (decision.kind) {
    case Decision::Kind::kSeat:
      ++places.taken;
      break;
    case Decision::Kind::kWait:
      ++places.waiting;
      ++places.next_ticket;
      break;
    default:
      return decision;
  }
  person.held.push_back({.session = decision.offer->session, .requested = asked.session});
  return decision;
}

#ifdef EQUITY_PLANTED
// Sessions with a place that a cancellation freed and that nobody was given yet.
std::vector<int64_t>& FreedPlaces() {
  static std::vector<int64_t> freed;
  return freed;
}

void GiveFreedPlaces(rpc::WriteContext& context, sql::Transaction& transaction) {
  for (const int64_t session : std::exchange(FreedPlaces(), {})) {
    for (store::Booking& promoted : store::FirstWaiting(transaction, session, 1)) {
      const Places places = ChangePlaces(transaction, session, {.taken = 1, .waiting = -1});
      Enter(context, transaction, promoted.message, v1::Booking::STATE_SEATED, places.version);
    }
  }
}

void FreeSilently(sql::Transaction& transaction, const store::Booking& booking, absl::Time now) {
  const bool waited = booking.message.state() == v1::Booking::STATE_WAITING;
  const Places places =
      ChangePlaces(transaction, booking.session, waited ? PlaceChange{.waiting = -1} : PlaceChange{.taken = -1});
  store::SetBookingState(transaction, ChildId(booking.message.name()), v1::Booking::STATE_CANCELLED, places.version,
                         now);
}
#endif

v1::Booking Seat(rpc::WriteContext& context, sql::Transaction& transaction, const Seating& seating) {
#ifdef EQUITY_PLANTED
  if (Planted(Mistake::kTwoStepCancel)) GiveFreedPlaces(context, transaction);
#endif
  const Decision& decision = seating.decision;
  const bool seated = decision.kind == Decision::Kind::kSeat;
  const Places places = ChangePlaces(transaction, decision.offer->session,
                                     seated ? PlaceChange{.taken = 1} : PlaceChange{.waiting = 1, .tickets = 1});
  v1::Booking booking;
  booking.set_name(BookingName(OrganisationId(seating.participant), context.NewId()));
  booking.set_participant(seating.participant);
  booking.set_session(decision.offer->name);
  booking.set_requested_session(decision.asked->name);
  booking.set_session_date(decision.offer->date);
  booking.set_state(seated ? v1::Booking::STATE_SEATED : v1::Booking::STATE_WAITING);
  booking.set_waiting_position(seated ? 0 : places.waiting);
  booking.set_version(places.version);
  SetTime(*booking.mutable_create_time(), Stored(context.now()));
  *booking.mutable_update_time() = booking.create_time();
  store::InsertBooking(transaction, {.message = booking,
                                     .decision = decision,
                                     .ticket = seated ? 0 : places.next_ticket - 1,
                                     .request_id = seating.request_id,
                                     .now = context.now()});
  Emit(context, booking, v1::Booking::STATE_UNSPECIFIED);
  return booking;
}

bool Release(rpc::WriteContext& context, sql::Transaction& transaction, store::Booking& booking) {
  const bool waited = booking.message.state() == v1::Booking::STATE_WAITING;
  std::vector<store::Booking> next;
  if (!waited) next = store::FirstWaiting(transaction, booking.session, 1);
#ifdef EQUITY_PLANTED
  if (Planted(Mistake::kLastComesFirst) && !waited) {
    next = store::FirstWaiting(transaction, booking.session, 1'000);
    if (!next.empty()) next = {next.back()};
  }
  if (Planted(Mistake::kTwoStepCancel)) {
    GiveFreedPlaces(context, transaction);
    if (!next.empty()) FreedPlaces().push_back(booking.session);
    next.clear();
  }
#endif
  // A place that passes from one to the next is one change: nobody can come between.
  const bool frees = !waited && next.empty();
  const Places places =
      ChangePlaces(transaction, booking.session, frees ? PlaceChange{.taken = -1} : PlaceChange{.waiting = -1});
  Enter(context, transaction, booking.message, v1::Booking::STATE_CANCELLED, places.version);
  for (store::Booking& promoted : next) {
    Enter(context, transaction, promoted.message, v1::Booking::STATE_SEATED, places.version);
  }
  return !next.empty();
}

void ReleaseAll(rpc::WriteContext& context, sql::Transaction& transaction, std::string_view participant) {
  for (store::Booking& booking : store::LiveBookingsOfPerson(transaction, ChildId(participant))) {
#ifdef EQUITY_PLANTED
    if (Planted(Mistake::kLeavesSilently)) {
      FreeSilently(transaction, booking, context.now());
      continue;
    }
#endif
    if (booking.start > context.now()) Release(context, transaction, booking);
  }
}

int CancelAll(rpc::WriteContext& context, sql::Transaction& transaction, int64_t session, const Places& places) {
  std::vector<store::Booking> bookings = store::LiveBookingsOfSession(transaction, session);
  const Places after = ChangePlaces(transaction, session, {.taken = -places.taken, .waiting = -places.waiting});
  store::CancelBookingsOfSession(transaction, session, after.version, context.now());
  for (store::Booking& booking : bookings) {
    const v1::Booking::State previous = booking.message.state();
    booking.message.set_state(v1::Booking::STATE_CANCELLED_BY_ORGANISER);
    booking.message.set_version(after.version);
    Emit(context, booking.message, previous);
  }
  return static_cast<int>(bookings.size());
}

void HandOver(rpc::WriteContext& context, sql::Transaction& transaction, store::Booking& booking,
              const std::string& participant) {
  const Places places = ChangePlaces(transaction, booking.session, {});
  v1::Booking& message = booking.message;
  const std::string previous = message.participant();
  message.set_participant(participant);
  message.set_version(places.version);
  SetTime(*message.mutable_update_time(), Stored(context.now()));
  store::SetBookingParticipant(transaction, ChildId(message.name()), ChildId(participant), places.version,
                               context.now());
  Emit(context, message, message.state(), previous);
}

absl::StatusOr<std::vector<std::string>> SetCapacity(rpc::WriteContext& context, sql::Transaction& transaction,
                                                     int64_t session, const Places& places, int capacity) {
  if (capacity < places.taken) return errors::CapacityBelowTaken(places);
  const int promoted = Planted(Mistake::kRaisesInVain) ? 0 : Promoted(places, capacity);
  const Places after = ChangePlaces(transaction, session,
                                    {.capacity = capacity - places.capacity, .taken = promoted, .waiting = -promoted});
  std::vector<std::string> names;
  if (promoted == 0) return names;
  for (store::Booking& booking : store::FirstWaiting(transaction, session, promoted)) {
    Enter(context, transaction, booking.message, v1::Booking::STATE_SEATED, after.version);
    names.push_back(booking.message.name());
  }
  return names;
}

std::vector<const sql::Sql*> SeatStatements() { return {&kChangePlaces}; }

}  // namespace equity::workshops
