#include "tests/faults/booking_model.h"

#include <algorithm>

namespace equity::faults {

BookingModel::BookingModel(std::vector<int> capacities, int people) : people_(static_cast<size_t>(people)) {
  for (const int capacity : capacities) sessions_.push_back({.capacity = capacity, .queue = {}});
}

int BookingModel::Taken(int session) const {
  return static_cast<int>(std::count_if(bookings_.begin(), bookings_.end(),
                                        [&](const auto& each) { return each.session == session && each.state == 1; }));
}

int BookingModel::Position(int booking) const {
  const auto& queue = sessions_[static_cast<size_t>(bookings_[static_cast<size_t>(booking)].session)].queue;
  const auto found = std::find(queue.begin(), queue.end(), booking);
  return found == queue.end() ? 0 : static_cast<int>(found - queue.begin()) + 1;
}

bool BookingModel::HasFree(int session) const {
  const ModelSession& of = sessions_[static_cast<size_t>(session)];
  return Taken(session) < of.capacity && of.queue.empty();
}

// The live booking that a person has on a session, or asked for there; -1 where there is none.
int BookingModel::Held(int person, int session, bool asked) const {
  for (size_t i = 0; i < bookings_.size(); ++i) {
    const ModelBooking& each = bookings_[i];
    if (each.person == person && each.is_live() && (asked ? each.requested : each.session) == session) {
      return static_cast<int>(i);
    }
  }
  return -1;
}

ModelAnswer BookingModel::Give(int person, int session, int requested) {
  const int booking = static_cast<int>(bookings_.size());
  const bool seated = HasFree(session);
  bookings_.push_back({.person = person, .session = session, .requested = requested, .state = seated ? 1 : 2});
  if (!seated) Of(session).queue.push_back(booking);
  ++Of(session).changes;
  return {.refusal = "", .booking = booking};
}

ModelAnswer BookingModel::Book(int person, int session, ModelOnFull on_full) {
  if (people_[static_cast<size_t>(person)] == ModelPerson::kLeft) return {.refusal = "PARTICIPANT_NOT_ACTIVE"};
  for (const bool asked : {true, false}) {
    const int held = Held(person, session, asked);
    if (held >= 0) return {.refusal = "", .booking = held, .existed = true};
  }
  if (Of(session).cancelled) return {.refusal = "SESSION_CANCELLED"};
  if (HasFree(session) || on_full == ModelOnFull::kWait) return Give(person, session, session);
  if (on_full == ModelOnFull::kReject) return {.refusal = "SESSION_FULL"};
  for (int later = session + 1; later < static_cast<int>(sessions_.size()); ++later) {
    if (Of(later).cancelled || !HasFree(later)) continue;
    const int held = Held(person, later, false);
    if (held >= 0) return {.refusal = "", .booking = held, .existed = true};
    return Give(person, later, session);
  }
  return Give(person, session, session);
}

bool BookingModel::Promote(int session) {
  ModelSession& of = Of(session);
  if (of.queue.empty() || Taken(session) >= of.capacity) return false;
  At(of.queue.front()).state = 1;
  of.queue.erase(of.queue.begin());
  return true;
}

bool BookingModel::Release(int booking, int state) {
  ModelBooking& released = At(booking);
  std::erase(Of(released.session).queue, booking);
  released.state = state;
  ++Of(released.session).changes;
  return Promote(released.session);
}

ModelAnswer BookingModel::Cancel(int booking) {
  if (!At(booking).is_live()) return {.refusal = "", .booking = booking};
  return {.refusal = "", .booking = booking, .promoted = Release(booking, 3)};
}

ModelAnswer BookingModel::Substitute(int booking, int person) {
  ModelBooking& handed = At(booking);
  if (!handed.is_live()) return {.refusal = "BOOKING_NOT_LIVE"};
  if (people_[static_cast<size_t>(person)] == ModelPerson::kLeft) return {.refusal = "PARTICIPANT_NOT_ACTIVE"};
  if (Held(person, handed.session, false) >= 0 || Held(person, handed.requested, true) >= 0) {
    return {.refusal = "ALREADY_BOOKED"};
  }
  handed.person = person;
  ++Of(handed.session).changes;
  return {.refusal = "", .booking = booking};
}

ModelAnswer BookingModel::SetCapacity(int session, int capacity) {
  ModelSession& of = Of(session);
  if (of.cancelled) return {.refusal = "SESSION_CANCELLED"};
  if (capacity == of.capacity) return {};
  if (capacity < Taken(session)) return {.refusal = "CAPACITY_BELOW_TAKEN"};
  of.capacity = capacity;
  ++of.changes;
  ModelAnswer answer;
  while (Promote(session)) answer.promoted = true;
  return answer;
}

void BookingModel::CancelSession(int session) {
  ModelSession& of = Of(session);
  if (of.cancelled) return;
  of.cancelled = true;
  of.queue.clear();
  ++of.changes;
  for (ModelBooking& booking : bookings_) {
    if (booking.session == session && booking.is_live()) booking.state = 4;
  }
}

void BookingModel::Leave(int person) {
  ModelPerson& who = people_[static_cast<size_t>(person)];
  if (who != ModelPerson::kActive) return;
  who = ModelPerson::kLeft;
  for (size_t i = 0; i < bookings_.size(); ++i) {
    if (bookings_[i].person == person && bookings_[i].is_live()) Release(static_cast<int>(i), 3);
  }
}

ModelOutcome BookingModel::RegisterOne(const ModelRow& row) {
  ModelPerson& who = people_[static_cast<size_t>(row.person)];
  ModelOutcome outcome{.kind = who == ModelPerson::kActive ? "UNCHANGED" : "REGISTERED", .code = ""};
  const ModelPerson before = who;
  who = ModelPerson::kActive;
  if (row.session < 0) return outcome;
  const ModelAnswer answer = Book(row.person, row.session, row.on_full);
  if (!answer.refusal.empty()) {
    who = before;
    return {.kind = "REJECTED", .code = answer.refusal};
  }
  outcome.booking = answer.booking;
  if (!answer.existed) outcome.kind = At(answer.booking).state == 1 ? "SEATED" : "WAITLISTED";
  return outcome;
}

std::vector<ModelOutcome> BookingModel::Register(const std::vector<ModelRow>& rows, bool atomic) {
  const BookingModel before = *this;
  std::vector<ModelOutcome> outcomes;
  bool refused = false;
  for (const ModelRow& row : rows) {
    outcomes.push_back(RegisterOne(row));
    refused = refused || outcomes.back().kind == "REJECTED";
  }
  if (!atomic || !refused) return outcomes;
  *this = before;
  for (ModelOutcome& outcome : outcomes) {
    if (outcome.kind != "REJECTED") outcome = {.kind = "REJECTED", .code = "BATCH_REFUSED"};
  }
  return outcomes;
}

}  // namespace equity::faults
