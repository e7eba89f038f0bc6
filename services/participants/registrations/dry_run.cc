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
using workshops::v1::SeatOutcome;

namespace {

// A preview needs ids for its rows, and does not use them.
constexpr char kNoOperation[] = "00000000-0000-0000-0000-000000000000";

bool AsksForPlace(const Entry& entry) { return entry.pending && !entry.session_date.empty(); }

}  // namespace

absl::Status DryRun::Register(const RepeatedPtrField<v1::RegistrationRow>& rows,
                              RepeatedPtrField<RegistrationOutcome>& outcomes) {
  std::vector<Reading> readings;
  for (const auto& row : rows) readings.push_back(Read(row));
  const std::vector<size_t> ends = operation_.atomic ? std::vector{readings.size()} : SegmentEnds(readings);
  size_t begin = 0;
  for (const size_t end : ends) {
    std::vector<Planned> segment;
    RETURN_IF_ERROR(runtime_.Read([&](sql::ReadTransaction& transaction) {
      StoreRoster in_store(transaction, "");
      roster_.Attach(&in_store);
      for (size_t i = begin; i < end; ++i) segment.push_back(Plan(readings[i]));
      return absl::OkStatus();
    }));
    RETURN_IF_ERROR(DecideSegment(segment));
    for (size_t i = begin; i < end; ++i) {
      *outcomes.Add() =
          Answer(segment[i - begin].entry, std::string(text::Trim(rows.Get(static_cast<int>(i)).external_ref())));
    }
    begin = end;
  }
  return absl::OkStatus();
}

DryRun::Planned DryRun::Plan(const Reading& reading) {
  Planned planned{.row = Classify(roster_, operation_.tenant, reading), .entry = {.row = reading.row}};
  if (!planned.row.faults.empty()) {
    Refuse(planned.row.faults, planned.entry);
    return planned;
  }
  if (!planned.row.known) planned.row.participant = NewUuidV7(absl::Now());
  if (operation_.atomic) roster_.Accept(planned.row);
  planned.entry.organisation = planned.row.organisation;
  planned.entry.session_date = reading.session_date;
  planned.entry.on_full = reading.on_full;
  return planned;
}

// Fills the seats of the rows that ask for a place. What was handed out to the same person on the same date before
// stands, as the booking would.
absl::Status DryRun::AskForPlaces(std::vector<Planned>& rows) {
  workshops::v1::PreviewSeatsRequest request;
  request.set_workshop(operation_.workshop);
  request.set_atomic(operation_.atomic);
  *request.mutable_tallies() = tallies_;
  std::map<Place, int> asked;
  for (const Planned& planned : rows) {
    const Place place{planned.row.participant, planned.entry.session_date};
    if (!AsksForPlace(planned.entry) || places_.contains(place)) continue;
    if (!asked.emplace(place, request.rows_size()).second) continue;
    auto* row = request.add_rows();
    row->set_request_id(DerivedUuid(kNoOperation, request.rows_size()));
    row->set_participant(ParticipantName(planned.row.organisation, planned.row.participant));
    row->set_session_date(planned.entry.session_date);
    row->set_on_full(planned.entry.on_full);
  }
  workshops::v1::PreviewSeatsResponse response;
  if (request.rows_size() > 0) {
    RETURN_IF_ERROR(seats_.Preview({doing_.actor.name, doing_.actor.trace_id, doing_.give_up}, request, response));
    if (response.outcomes_size() != request.rows_size()) return absl::InternalError("not an outcome for each place");
    tallies_.Swap(response.mutable_tallies());
  }
  for (Planned& planned : rows) {
    if (!AsksForPlace(planned.entry)) continue;
    const Place place{planned.row.participant, planned.entry.session_date};
    if (const auto before = places_.find(place); before != places_.end()) {
      planned.seat = before->second;
      planned.seat.set_kind(SeatOutcome::KIND_UNCHANGED);
      continue;
    }
    planned.seat = response.outcomes(asked.at(place));
    if (!IsRefusal(planned.seat)) places_.emplace(place, planned.seat);
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
      if (!AsksForPlace(planned.entry) || !IsRefusal(planned.seat)) continue;
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
  if (!operation_.atomic) roster_.Accept(row);
  planned.entry.participant = roster_.IsImagined(row.participant) ? "" : row.participant;
}

}  // namespace equity::participants::registrations
