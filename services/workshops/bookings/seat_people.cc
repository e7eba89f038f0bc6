// SeatPeople and PreviewSeats: every row is decided first, on a board; then what was decided is carried out, or shown.
#include "absl/container/flat_hash_map.h"
#include "common/status/macros.h"
#include "services/workshops/bookings/bookings.h"
#include "services/workshops/bookings/seat.h"
#include "services/workshops/names.h"

namespace equity::workshops {
namespace {

using Kind = v1::SeatOutcome::Kind;

constexpr char kBatchRefused[] = "BATCH_REFUSED";

// A row and what was decided about it.
struct PlannedRow {
  const v1::SeatRow* row = nullptr;
  std::optional<store::Booking> made;  // when the row was sent before
  store::Person* person = nullptr;
  Decision decision;
};

Kind KindOf(const PlannedRow& planned) {
  if (planned.made) {
    const Rule rule = planned.made->rule;
    return rule == Rule::kPlaceFree || rule == Rule::kNextDate ? v1::SeatOutcome::KIND_SEATED
                                                               : v1::SeatOutcome::KIND_WAITLISTED;
  }
  switch (planned.decision.kind) {
    case Decision::Kind::kSeat:
      return v1::SeatOutcome::KIND_SEATED;
    case Decision::Kind::kWait:
      return v1::SeatOutcome::KIND_WAITLISTED;
    case Decision::Kind::kKeep:
      return v1::SeatOutcome::KIND_UNCHANGED;
    case Decision::Kind::kRefuse:
      break;
  }
  return v1::SeatOutcome::KIND_REJECTED;
}

PlannedRow PlanRow(Board& board, const v1::SeatRow& row, const std::string& workshop) {
  PlannedRow planned{.row = &row, .person = &board.FindPerson(row.participant())};
  const OnDate asked = board.FindOnDate(row.session_date(), workshop);
  if (asked.offer == nullptr) {
    planned.decision.refusal = asked.refusal;
  } else {
    planned.decision = board.Decide(*planned.person, *asked.offer, OnFullOf(row.on_full()));
  }
  return planned;
}

// With `atomic`, all rows fall when one is refused; those that were sent before stand as they stood.
bool Refused(const std::vector<PlannedRow>& plan, bool atomic) {
  return atomic && std::any_of(plan.begin(), plan.end(), [](const PlannedRow& planned) {
           return KindOf(planned) == v1::SeatOutcome::KIND_REJECTED;
         });
}

v1::SeatOutcome Rejected(const PlannedRow& planned, std::string_view code) {
  v1::SeatOutcome outcome;
  outcome.set_kind(v1::SeatOutcome::KIND_REJECTED);
  outcome.set_code(std::string(code));
  if (planned.decision.asked != nullptr) outcome.mutable_booking()->set_session(planned.decision.asked->name);
  outcome.mutable_booking()->set_session_date(planned.row->session_date());
  return outcome;
}

// The outcome of a row that needs nothing done, or nothing when it does.
std::optional<v1::SeatOutcome> Settled(const PlannedRow& planned, bool refused) {
  if (planned.made) {
    v1::SeatOutcome outcome;
    outcome.set_kind(KindOf(planned));
    *outcome.mutable_booking() = planned.made->message;
    return outcome;
  }
  if (planned.decision.kind == Decision::Kind::kRefuse) return Rejected(planned, Code(planned.decision.refusal));
  if (refused) return Rejected(planned, kBatchRefused);
  return std::nullopt;
}

v1::SeatOutcome CarryOut(rpc::WriteContext& context, sql::Transaction& transaction, const PlannedRow& planned) {
  const v1::SeatRow& row = *planned.row;
  v1::SeatOutcome outcome;
  outcome.set_kind(KindOf(planned));
  if (planned.decision.kind == Decision::Kind::kKeep) {
    auto held = store::FindLiveBooking(transaction, ChildId(row.participant()), planned.decision.held);
    *outcome.mutable_booking() = std::move(held.value().message);
    // Made before the person moved: where that was is not the new organisation's to see.
    if (OrganisationId(outcome.booking().name()) != OrganisationId(row.participant())) {
      outcome.mutable_booking()->clear_name();
      outcome.mutable_booking()->set_participant(row.participant());
    }
  } else {
    *outcome.mutable_booking() =
        Seat(context, transaction,
             {.participant = row.participant(), .decision = planned.decision, .request_id = row.request_id()});
  }
  // The registration that brought the row makes the person active; this saves waiting for the feed to say so, and keeps
  // older news of the feed, that the person left, from undoing it: from taking a place that was kept, too.
  RecordPerson(transaction, OrganisationId(row.participant()), ChildId(row.participant()), PersonState::kActive,
               context.now());
  planned.person->state = PersonState::kActive;
  return outcome;
}

// The booking that Seat would make, without the name that only a stored one has.
v1::Booking ToBeMade(const PlannedRow& planned) {
  const Decision& decision = planned.decision;
  const bool waits = decision.kind == Decision::Kind::kWait;
  v1::Booking booking;
  booking.set_participant(planned.row->participant());
  booking.set_session(decision.offer->name);
  booking.set_requested_session(decision.asked->name);
  booking.set_session_date(decision.offer->date);
  booking.set_state(waits ? v1::Booking::STATE_WAITING : v1::Booking::STATE_SEATED);
  booking.set_waiting_position(waits ? decision.before.waiting + 1 : 0);
  booking.set_version(decision.before.version);
  return booking;
}

// The booking that a row keeps: one that is stored, or one that an earlier row would make.
v1::Booking ToBeKept(sql::ReadTransaction& transaction, const std::vector<PlannedRow>& plan,
                     const PlannedRow& planned) {
  const std::string& participant = planned.row->participant();
  if (auto held = store::FindLiveBooking(transaction, ChildId(participant), planned.decision.held)) {
    held->message.clear_name();
    held->message.set_participant(participant);
    return std::move(held->message);
  }
  const auto earlier = std::find_if(plan.begin(), plan.end(), [&](const PlannedRow& each) {
    const Decision& decision = each.decision;
    const bool makes = decision.kind == Decision::Kind::kSeat || decision.kind == Decision::Kind::kWait;
    return makes && each.row->participant() == participant && decision.offer->session == planned.decision.held;
  });
  return ToBeMade(*earlier);
}

// What CarryOut would answer.
v1::SeatOutcome Show(sql::ReadTransaction& transaction, const std::vector<PlannedRow>& plan,
                     const PlannedRow& planned) {
  v1::SeatOutcome outcome;
  outcome.set_kind(KindOf(planned));
  *outcome.mutable_booking() =
      planned.decision.kind == Decision::Kind::kKeep ? ToBeKept(transaction, plan, planned) : ToBeMade(planned);
  return outcome;
}

// Takes what former previews handed out, and adds what this one does.
class Tallies {
 public:
  Tallies(Board& board, const v1::PreviewSeatsRequest& request) {
    for (const v1::SessionTally& given : request.tallies()) {
      v1::SessionTally& tally = Of(given.session());
      tally.set_seated(tally.seated() + given.seated());
      tally.set_waiting(tally.waiting() + given.waiting());
      if (Offer* offer = board.Find(given.session())) {
        offer->places.taken += given.seated();
        offer->places.waiting += given.waiting();
      }
    }
  }
  void Add(const Decision& decision) {
    if (decision.kind != Decision::Kind::kSeat && decision.kind != Decision::Kind::kWait) return;
    v1::SessionTally& tally = Of(decision.offer->name);
    if (decision.kind == Decision::Kind::kSeat) {
      tally.set_seated(tally.seated() + 1);
    } else {
      tally.set_waiting(tally.waiting() + 1);
    }
  }
  void MoveTo(v1::PreviewSeatsResponse& response) {
    for (v1::SessionTally& tally : tallies_) *response.add_tallies() = std::move(tally);
  }

 private:
  v1::SessionTally& Of(const std::string& session) {
    const auto [found, added] = index_.try_emplace(session, tallies_.size());
    if (added) tallies_.emplace_back().set_session(session);
    return tallies_[found->second];
  }

  std::vector<v1::SessionTally> tallies_;
  absl::flat_hash_map<std::string, size_t> index_;
};

std::string WorkshopId(const std::string& name) { return name.empty() ? "" : std::string(Segment(name, 1)); }

}  // namespace

absl::StatusOr<v1::SeatPeopleResponse> SeatPeople(rpc::WriteContext& context, sql::Transaction& transaction,
                                                  const v1::SeatPeopleRequest& request) {
  Board board(transaction, context.now());
  const std::string workshop = WorkshopId(request.workshop());
  std::vector<PlannedRow> plan;
  plan.reserve(static_cast<size_t>(request.rows_size()));
  for (const v1::SeatRow& row : request.rows()) {
    auto made = store::FindBookingByRequest(transaction, ChildId(row.participant()), row.request_id());
    plan.push_back(made ? PlannedRow{.row = &row, .made = std::move(made)} : PlanRow(board, row, workshop));
  }
  const bool refused = Refused(plan, request.atomic());
  v1::SeatPeopleResponse response;
  for (const PlannedRow& planned : plan) {
    auto settled = Settled(planned, refused);
    *response.add_outcomes() = settled ? *std::move(settled) : CarryOut(context, transaction, planned);
  }
  return response;
}

absl::StatusOr<v1::PreviewSeatsResponse> PreviewSeats(const rpc::Context& context, sql::ReadTransaction& transaction,
                                                      const v1::PreviewSeatsRequest& request) {
  Board board(transaction, context.now());
  Tallies tallies(board, request);
  const std::string workshop = WorkshopId(request.workshop());
  std::vector<PlannedRow> plan;
  plan.reserve(static_cast<size_t>(request.rows_size()));
  for (const v1::SeatRow& row : request.rows()) plan.push_back(PlanRow(board, row, workshop));
  const bool refused = Refused(plan, request.atomic());
  v1::PreviewSeatsResponse response;
  for (const PlannedRow& planned : plan) {
    if (!refused) tallies.Add(planned.decision);
    auto settled = Settled(planned, refused);
    *response.add_outcomes() = settled ? *std::move(settled) : Show(transaction, plan, planned);
  }
  tallies.MoveTo(response);
  return response;
}

}  // namespace equity::workshops
