#include "services/participants/registrations/completion.h"

#include <algorithm>

#include "common/ids/uuid.h"
#include "common/status/macros.h"
#include "services/participants/errors.h"
#include "services/participants/names.h"
#include "services/participants/registrations/settle.h"

namespace equity::participants::registrations {
namespace {

using workshops::v1::SeatOutcome;
using workshops::v1::SeatPeopleRequest;
using workshops::v1::SeatPeopleResponse;

SeatPeopleRequest PlacesFor(const Operation& operation, const std::vector<Entry>& entries) {
  SeatPeopleRequest request;
  request.set_workshop(operation.workshop);
  request.set_atomic(operation.atomic);
  for (const Entry& entry : entries) {
    if (!entry.pending || entry.session_date.empty()) continue;
    auto* row = request.add_rows();
    row->set_request_id(DerivedUuid(operation.id, entry.row));
    row->set_participant(ParticipantName(entry.organisation, entry.participant));
    row->set_session_date(entry.session_date);
    row->set_on_full(entry.on_full);
  }
  return request;
}

bool AnyRefused(const SeatPeopleResponse& places) {
  return std::any_of(places.outcomes().begin(), places.outcomes().end(), IsRefusal);
}

// Takes over what somebody else decided since the entries were read.
absl::Status ReadDecided(rpc::Runtime& runtime, const Segment& segment, std::vector<Entry>& entries) {
  return runtime.Read([&](sql::ReadTransaction& transaction) {
    const std::set<int> pending = ledger::Pending(transaction, segment);
    const bool as_read = std::all_of(entries.begin(), entries.end(),
                                     [&](const Entry& entry) { return !entry.pending || pending.contains(entry.row); });
    if (as_read) return absl::OkStatus();
    const auto stored = ledger::Entries(transaction, segment);
    for (Entry& entry : entries) {
      if (entry.pending) entry = stored.at(entry.row);
    }
    return absl::OkStatus();
  });
}

// Decides one row by the place that it got. `batch_fell`: the row belongs to a batch of which another was refused.
void DecideRow(rpc::WriteContext& context, sql::Transaction& transaction, const Operation& operation,
               const SeatOutcome* seat, bool batch_fell, Entry& entry) {
  if (seat != nullptr && IsRefusal(*seat)) {
    Fall(transaction, operation, Refused(seat->code()), seat, entry);
  } else if (batch_fell) {
    Fall(transaction, operation, BatchRefused(), nullptr, entry);
  } else {
    Stand(context, transaction, operation, seat, entry);
  }
}

}  // namespace

Asking AskingOf(const Doing& doing) {
  return {.actor = doing.actor.name,
          .organisation = doing.actor.organisation,
          .trace_id = doing.actor.trace_id,
          .give_up = doing.give_up};
}

absl::Status Complete(rpc::Runtime& runtime, Seats& seats, const Doing& doing, const Operation& operation,
                      const Segment& segment, std::vector<Entry>& entries) {
  const Seats::Turn turn(seats, operation.id, doing.give_up);
  if (!turn.has_come()) return errors::WorkshopsUnreachable();
  RETURN_IF_ERROR(ReadDecided(runtime, segment, entries));
  const SeatPeopleRequest request = PlacesFor(operation, entries);
  SeatPeopleResponse places;
  if (request.rows_size() > 0) {
    RETURN_IF_ERROR(seats.Seat(AskingOf(doing), request, places));
  }
  if (places.outcomes_size() != request.rows_size()) return absl::InternalError("not an outcome for each place");
  const bool batch_fell = operation.atomic && AnyRefused(places);
  std::vector<Entry> decided;
  // The places are taken: whoever still waits for it, it is brought to its end.
  rpc::Runtime::Actor actor = doing.actor;
  actor.deadline = absl::InfiniteFuture();
  RETURN_IF_ERROR(runtime.WriteAs(actor, doing.method, [&](rpc::WriteContext& context, sql::Transaction& transaction) {
    decided = entries;
    const std::set<int> pending = ledger::Pending(transaction, segment);
    int next = 0;
    for (Entry& entry : decided) {
      if (!entry.pending) continue;
      const SeatOutcome* seat = entry.session_date.empty() ? nullptr : &places.outcomes(next++);
      if (pending.contains(entry.row)) {
        DecideRow(context, transaction, operation, seat, batch_fell, entry);
      } else {
        // Somebody else was faster.
        entry = ledger::Entries(transaction, {operation.id, entry.row, entry.row}).at(entry.row);
      }
    }
    ledger::CloseSegment(transaction, segment);
    return absl::OkStatus();
  }));
  entries = std::move(decided);
  return absl::OkStatus();
}

}  // namespace equity::participants::registrations
