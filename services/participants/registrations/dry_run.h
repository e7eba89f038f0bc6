// The dry run: the same classification and the same answers over a roster in memory; nothing is written. It lives as
// long as its stream, and has all rows before in mind.
#pragma once

#include <map>
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
      : runtime_(runtime),
        seats_(seats),
        doing_(std::move(doing)),
        operation_(std::move(operation)),
        roster_(/*frees_addresses=*/!operation_.atomic) {}

  absl::Status Register(const RepeatedPtrField<v1::RegistrationRow>& rows,
                        RepeatedPtrField<v1::RegistrationOutcome>& outcomes) override;

 private:
  struct Planned {
    Classified row;
    Entry entry;
    workshops::v1::SeatOutcome seat;  // where a place is asked for
  };
  using Place = std::pair<std::string, std::string>;  // participant's id and the date asked for

  Planned Plan(const Reading& reading);
  absl::Status AskForPlaces(std::vector<Planned>& rows);
  absl::Status DecideSegment(std::vector<Planned>& rows);
  void AcceptRow(Planned& planned);

  rpc::Runtime& runtime_;
  Seats& seats_;
  const Doing doing_;
  const Operation operation_;
  OverlayRoster roster_;
  std::map<Place, workshops::v1::SeatOutcome> places_;  // handed out so far
  RepeatedPtrField<workshops::v1::SessionTally> tallies_;
};

}  // namespace equity::participants::registrations
