#include "services/participants/registrations/dry_run.h"

#include <algorithm>

#include "absl/time/clock.h"
#include "common/ids/uuid.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "services/participants/names.h"
#include "services/participants/registrations/outcomes.h"

namespace equity::participants::registrations {

using v1::RegistrationOutcome;
using workshops::v1::PreviewSeatsRequest;
using workshops::v1::PreviewSeatsResponse;
using workshops::v1::SeatOutcome;

namespace {

// A preview needs ids for its rows, and does not use them.
constexpr char kNoOperation[] = "00000000-0000-0000-0000-000000000000";

}  // namespace

absl::Status DryRun::Register(const RepeatedPtrField<v1::RegistrationRow>& rows,
                              RepeatedPtrField<RegistrationOutcome>& outcomes) {
  std::vector<Reading> readings;
  for (const auto& row : rows) readings.push_back(Read(row));
  std::span<const Reading> left = readings;
  while (!left.empty()) {
    std::vector<Planned> segment;
    RETURN_IF_ERROR(runtime_.Read([&](sql::ReadTransaction& transaction) {
      StoreRoster in_store(transaction, "");
      roster_.Attach(&in_store);
      PlanSegment(left, segment);
      return absl::OkStatus();
    }));
    RETURN_IF_ERROR(DecideSegment(segment));
    for (const Planned& planned : segment) {
      const auto& row = rows.Get(outcomes.size());
      *outcomes.Add() = Answer(planned.entry, std::string(text::Trim(row.external_ref())));
    }
    left = left.subspan(segment.size());
  }
  return absl::OkStatus();
}

void DryRun::PlanSegment(std::span<const Reading> readings, std::vector<Planned>& segment) {
  // The rows before in this segment, whose outcomes are open, as the store of a real run has them.
  OverlayRoster undecided(/*frees_addresses=*/false);
  undecided.Attach(&roster_);
  std::set<std::string> people;
  for (const Reading& reading : readings) {
    Planned planned{.row = Classify(undecided, operation_.tenant, reading), .entry = {.row = reading.row}};
    if (!operation_.atomic && planned.row.HangsOn(people)) return;
    if (planned.row.faults.empty()) {
      if (planned.row.participant.empty()) planned.row.participant = NewUuidV7(absl::Now());
      undecided.Accept(planned.row);
      people.insert(planned.row.participant);
      planned.entry.organisation = planned.row.organisation;
      planned.entry.session_date = reading.session_date;
      planned.entry.on_full = reading.on_full;
    } else {
      Refuse(planned.row.faults, planned.entry);
    }
    segment.push_back(std::move(planned));
  }
}

// Whether the person was given this wish, or this place, by a row before: then the row changes nothing, as in a real
// run with the booking of that row. `planned.seat` is the place that a preview would give, if there was one.
bool DryRun::KeepsPlace(Planned& planned) const {
  const auto look = [&](const Places& places, const std::string& date) {
    const auto found = places.find({planned.row.participant, date});
    if (found == places.end()) return false;
    planned.seat = found->second;
    planned.seat.set_kind(SeatOutcome::KIND_UNCHANGED);
    return planned.kept = true;
  };
  const std::string given = planned.seat.booking().session_date();
  return look(by_wish_, planned.entry.session_date) || look(by_place_, planned.entry.session_date) ||
         (planned.seat.kind() == SeatOutcome::KIND_SEATED && look(by_place_, given));
}

absl::Status DryRun::Preview(std::vector<Planned>& rows, PreviewSeatsResponse& response) {
  response.Clear();
  *response.mutable_tallies() = tallies_;
  PreviewSeatsRequest request;
  request.set_workshop(operation_.workshop);
  request.set_atomic(operation_.atomic);
  *request.mutable_tallies() = tallies_;
  for (const Planned& planned : rows) {
    if (!planned.AsksForPlace() || planned.kept) continue;
    auto* row = request.add_rows();
    row->set_request_id(DerivedUuid(kNoOperation, planned.entry.row));
    row->set_participant(ParticipantName(planned.row.organisation, planned.row.participant));
    row->set_session_date(planned.entry.session_date);
    row->set_on_full(planned.entry.on_full);
  }
  if (request.rows_size() == 0) return absl::OkStatus();
  RETURN_IF_ERROR(seats_.Preview(AskingOf(doing_), request, response));
  if (response.outcomes_size() != request.rows_size()) return absl::InternalError("not an outcome for each place");
  int next = 0;
  for (Planned& planned : rows) {
    if (planned.AsksForPlace() && !planned.kept) planned.seat = response.outcomes(next++);
  }
  return absl::OkStatus();
}

// Fills the seats of the rows that ask for places.
absl::Status DryRun::AskForPlaces(std::vector<Planned>& rows) {
  const auto find_kept = [&] {
    bool any = false;
    for (Planned& planned : rows) any |= planned.AsksForPlace() && !planned.kept && KeepsPlace(planned);
    return any;
  };
  find_kept();
  PreviewSeatsResponse response;
  // Again where the next date was given to somebody who has it already: that place is still free for the others.
  do {
    RETURN_IF_ERROR(Preview(rows, response));
  } while (find_kept());
  tallies_.Swap(response.mutable_tallies());
  for (const Planned& planned : rows) {
    if (!planned.AsksForPlace() || IsRefusal(planned.seat)) continue;
    by_wish_.emplace(std::pair(planned.row.participant, planned.entry.session_date), planned.seat);
    by_place_.emplace(std::pair(planned.row.participant, planned.seat.booking().session_date()), planned.seat);
  }
  return absl::OkStatus();
}

absl::Status DryRun::DecideSegment(std::vector<Planned>& rows) {
  const auto batch_falls = [&] {
    return operation_.atomic &&
           std::any_of(rows.begin(), rows.end(), [](const Planned& planned) { return !planned.entry.pending; });
  };
  if (!batch_falls()) {
    RETURN_IF_ERROR(AskForPlaces(rows));
    for (Planned& planned : rows) {
      if (!planned.AsksForPlace() || !IsRefusal(planned.seat)) continue;
      Refuse({Refused(planned.seat.code())}, planned.entry);
      NoteSession(planned.seat, planned.entry);
    }
  }
  const bool fallen = batch_falls();
  for (Planned& planned : rows) {
    if (!planned.entry.pending) continue;
    if (fallen) {
      Refuse({BatchRefused()}, planned.entry);
    } else {
      AcceptRow(planned);
    }
  }
  return absl::OkStatus();
}

void DryRun::AcceptRow(Planned& planned) {
  const Classified& row = planned.row;
  const Kind person = row.Joins()   ? RegistrationOutcome::KIND_REGISTERED
                      : row.changed ? RegistrationOutcome::KIND_UPDATED
                                    : RegistrationOutcome::KIND_UNCHANGED;
  Accept(person, planned.entry.session_date.empty() ? nullptr : &planned.seat, planned.entry);
  planned.entry.booking.clear();
  roster_.Accept(row);
  planned.entry.participant = roster_.IsImagined(row.participant) ? "" : row.participant;
}

}  // namespace equity::participants::registrations
