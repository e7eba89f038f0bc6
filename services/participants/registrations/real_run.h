// The real run. Rows go through two transactions with a call between them, a segment at a time: they are recorded, new
// people as pending; the workshops service is asked for their places; they are decided. A segment ends before a row
// that hangs on a person whose row is not decided yet, so that every row finds what it would find if rows came one by
// one.
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

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

  // Registers the first of the rows, as many as make a segment: one or more.
  absl::Status RegisterSegment(std::span<const Sent> rows, std::vector<Entry>& entries);
  absl::Status Begin(rpc::WriteContext& context, sql::Transaction& transaction, std::span<const Sent> rows,
                     std::vector<Entry>& entries) const;
  absl::Status Claim(sql::Transaction& transaction) const;
  absl::Status AddSegment(rpc::WriteContext& context, sql::Transaction& transaction, std::span<const Sent> rows,
                          const std::map<int, Entry>& stored, std::vector<Entry>& entries) const;
  absl::Status AddBatch(rpc::WriteContext& context, sql::Transaction& transaction, std::span<const Sent> rows,
                        const std::map<int, Entry>& stored, std::vector<Entry>& entries) const;
  Entry Add(rpc::WriteContext& context, sql::Transaction& transaction, const Sent& sent, Classified row) const;
  Segment SegmentOf(std::span<const Sent> rows, size_t count) const {
    return {operation_.id, rows.front().reading.row, rows[count - 1].reading.row};
  }

  rpc::Runtime& runtime_;
  Seats& seats_;
  const Doing doing_;
  const Operation operation_;
};

}  // namespace equity::participants::registrations
