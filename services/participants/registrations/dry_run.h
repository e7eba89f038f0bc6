// The dry run: the same classification and the same answers over a roster in memory; nothing is written. It lives as
// long as its stream, and has all rows before in mind.
#pragma once

#include <map>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "services/participants/registrations/completion.h"
#include "services/participants/registrations/roster.h"
#include "services/participants/registrations/run.h"

namespace equity::participants::registrations {

class DryRun final : public Run {
 public:
  // Of the operation, tenant, workshop and atomic count.
  DryRun(rpc::Runtime& runtime, Seats& seats, Doing doing, Operation operation)
      : runtime_(runtime), seats_(seats), doing_(std::move(doing)), operation_(std::move(operation)) {}

  absl::Status Register(const RepeatedPtrField<v1::RegistrationRow>& rows,
                        RepeatedPtrField<v1::RegistrationOutcome>& outcomes) override;

 private:
  struct Planned {
    Classified row;
    Entry entry;
    bool kept = false;                // the person has the place already, in this dry run
    workshops::v1::SeatOutcome seat;  // where a place is asked for

    bool AsksForPlace() const { return entry.pending && !entry.session_date.empty(); }
  };
  // What was handed out so far, by the person's id and a date.
  using Places = std::map<std::pair<std::string, std::string>, workshops::v1::SeatOutcome>;

  // Plans the first of the rows, as many as make a segment (real_run.h).
  void PlanSegment(std::span<const Reading> readings, std::vector<Planned>& segment);
  absl::Status AskForPlaces(std::vector<Planned>& rows);
  absl::Status Preview(std::vector<Planned>& rows, workshops::v1::PreviewSeatsResponse& response);
  bool KeepsPlace(Planned& planned) const;
  absl::Status DecideSegment(std::vector<Planned>& rows);
  void AcceptRow(Planned& planned);

  rpc::Runtime& runtime_;
  Seats& seats_;
  const Doing doing_;
  const Operation operation_;
  OverlayRoster roster_{/*frees_addresses=*/true};
  Places by_wish_;   // by the date asked for
  Places by_place_;  // by the date of the place
  RepeatedPtrField<workshops::v1::SessionTally> tallies_;
};

}  // namespace equity::participants::registrations
