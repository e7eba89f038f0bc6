// The real run. Each segment of the rows goes through two transactions with a call between them: its rows are recorded,
// new people as pending; the workshops service is asked for their places; the rows are decided.
#pragma once

#include <span>

#include "services/participants/registrations/completion.h"
#include "services/participants/registrations/roster.h"
#include "services/participants/registrations/run.h"

namespace equity::participants::registrations {

class RealRun final : public Run {
 public:
  RealRun(rpc::Runtime& runtime, Seats& seats, Doing doing, Operation operation)
      : runtime_(runtime), seats_(seats), doing_(std::move(doing)), operation_(std::move(operation)) {}

  absl::Status Register(const RepeatedPtrField<v1::RegistrationRow>& rows,
                        RepeatedPtrField<v1::RegistrationOutcome>& outcomes) override;

 private:
  // A row with the hash of what was sent.
  struct Sent {
    Reading reading;
    std::string hash;
  };

  absl::Status RegisterSegment(std::span<const Sent> rows, std::vector<Entry>& entries);
  absl::Status Begin(rpc::WriteContext& context, sql::Transaction& transaction, const Segment& segment,
                     std::span<const Sent> rows, std::vector<Entry>& entries) const;
  void DecideEarly(rpc::WriteContext& context, sql::Transaction& transaction, std::vector<Entry>& entries) const;
  absl::Status Claim(sql::Transaction& transaction) const;
  Entry Add(rpc::WriteContext& context, sql::Transaction& transaction, Roster& roster, const Sent& sent,
            OverlayRoster* batch) const;

  rpc::Runtime& runtime_;
  Seats& seats_;
  const Doing doing_;
  const Operation operation_;
};

}  // namespace equity::participants::registrations
