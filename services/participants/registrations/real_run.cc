#include "services/participants/registrations/real_run.h"

#include <algorithm>

#include "absl/time/clock.h"
#include "common/once/once.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "services/participants/errors.h"
#include "services/participants/registrations/settle.h"

namespace equity::participants::registrations {
namespace {

bool IsPending(const Entry& entry) { return entry.pending; }

}  // namespace

absl::Status RealRun::Register(const RepeatedPtrField<v1::RegistrationRow>& rows,
                               RepeatedPtrField<v1::RegistrationOutcome>& outcomes) {
  std::vector<Sent> sent;
  std::vector<Reading> readings;
  for (const auto& row : rows) {
    readings.push_back(Read(row));
    sent.push_back({readings.back(), once::Hash("RegistrationRow", row.SerializeAsString())});
  }
  const std::vector<size_t> ends = operation_.atomic ? std::vector{sent.size()} : SegmentEnds(readings);
  size_t begin = 0;
  for (const size_t end : ends) {
    std::vector<Entry> entries;
    RETURN_IF_ERROR(RegisterSegment(std::span(sent).subspan(begin, end - begin), entries));
    for (size_t i = begin; i < end; ++i) {
      *outcomes.Add() =
          Answer(entries[i - begin], std::string(text::Trim(rows.Get(static_cast<int>(i)).external_ref())));
    }
    begin = end;
  }
  return absl::OkStatus();
}

absl::Status RealRun::RegisterSegment(std::span<const Sent> rows, std::vector<Entry>& entries) {
  const Segment segment{operation_.id, rows.front().reading.row, rows.back().reading.row};
  RETURN_IF_ERROR(
      runtime_.WriteAs(doing_.actor, doing_.method, [&](rpc::WriteContext& context, sql::Transaction& transaction) {
        return Begin(context, transaction, segment, rows, entries);
      }));
  if (std::none_of(entries.begin(), entries.end(), IsPending)) return absl::OkStatus();
  return Complete(runtime_, seats_, doing_, operation_, segment, entries);
}

// An operation belongs to who began it.
absl::Status RealRun::Claim(sql::Transaction& transaction) const {
  const auto begun = ledger::FindOperation(transaction, operation_.id);
  if (!begun) {
    ledger::InsertOperation(transaction, operation_, absl::Now());
    return absl::OkStatus();
  }
  if (begun->tenant != operation_.tenant || begun->subject != operation_.subject) return errors::OperationReused();
  return *begun == operation_ ? absl::OkStatus() : status::RequestIdReused();
}

Entry RealRun::Add(rpc::WriteContext& context, sql::Transaction& transaction, Roster& roster, const Sent& sent,
                   OverlayRoster* batch) const {
  Entry entry{.row = sent.reading.row, .hash = sent.hash};
  Classified row = Classify(roster, operation_.tenant, sent.reading);
  if (!row.faults.empty()) {
    Refuse(row.faults, entry);
    ledger::Insert(transaction, operation_.id, entry);
    return entry;
  }
  if (!row.known) row.participant = context.NewId();
  if (batch != nullptr) batch->Accept(row);
  Record(context, transaction, operation_, sent.reading, row, entry);
  return entry;
}

absl::Status RealRun::Begin(rpc::WriteContext& context, sql::Transaction& transaction, const Segment& segment,
                            std::span<const Sent> rows, std::vector<Entry>& entries) const {
  entries.clear();
  RETURN_IF_ERROR(Claim(transaction));
  const auto stored = ledger::Entries(transaction, segment);
  StoreRoster in_store(transaction, operation_.id);
  OverlayRoster batch(/*frees_addresses=*/false);
  batch.Attach(&in_store);
  for (const Sent& sent : rows) {
    const auto found = stored.find(sent.reading.row);
    if (found == stored.end()) {
      entries.push_back(operation_.atomic ? Add(context, transaction, batch, sent, &batch)
                                          : Add(context, transaction, in_store, sent, nullptr));
      continue;
    }
    if (found->second.hash != sent.hash) return status::RequestIdReused();
    entries.push_back(found->second);
  }
  // A batch that stands or falls as one was sent before as a whole, or not at all.
  if (operation_.atomic && !stored.empty() && stored.size() != rows.size()) return status::RequestIdReused();
  DecideEarly(context, transaction, entries);
  if (std::any_of(entries.begin(), entries.end(), IsPending)) {
    ledger::OpenSegment(transaction, segment, absl::Now());
  }
  return absl::OkStatus();
}

// Decides what needs no places: rows that ask for none, and batches that ask for none or have a wrong row.
void RealRun::DecideEarly(rpc::WriteContext& context, sql::Transaction& transaction,
                          std::vector<Entry>& entries) const {
  const auto asks_for_none = [](const Entry& entry) { return entry.session_date.empty(); };
  const bool batch_falls = operation_.atomic && !std::all_of(entries.begin(), entries.end(), IsPending);
  const bool batch_stands = operation_.atomic && std::all_of(entries.begin(), entries.end(), asks_for_none);
  for (Entry& entry : entries) {
    if (!entry.pending) continue;
    if (batch_falls) {
      Fall(transaction, operation_, BatchRefused(), nullptr, entry);
    } else if (batch_stands || (!operation_.atomic && asks_for_none(entry))) {
      Stand(context, transaction, operation_, nullptr, entry);
    }
  }
}

}  // namespace equity::participants::registrations
