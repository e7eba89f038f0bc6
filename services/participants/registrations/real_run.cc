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
  for (const auto& row : rows) sent.push_back({Read(row), once::Hash("RegistrationRow", row.SerializeAsString())});
  std::span<const Sent> left = sent;
  while (!left.empty()) {
    std::vector<Entry> entries;
    RETURN_IF_ERROR(RegisterSegment(left, entries));
    for (const Entry& entry : entries) {
      const auto& row = rows.Get(outcomes.size());
      *outcomes.Add() = Answer(entry, std::string(text::Trim(row.external_ref())));
    }
    left = left.subspan(entries.size());
  }
  return absl::OkStatus();
}

absl::Status RealRun::RegisterSegment(std::span<const Sent> rows, std::vector<Entry>& entries) {
  RETURN_IF_ERROR(
      runtime_.WriteAs(doing_.actor, doing_.method, [&](rpc::WriteContext& context, sql::Transaction& transaction) {
        return Begin(context, transaction, rows, entries);
      }));
  if (std::none_of(entries.begin(), entries.end(), IsPending)) return absl::OkStatus();
  return Complete(runtime_, seats_, doing_, operation_, SegmentOf(rows, entries.size()), entries);
}

absl::Status RealRun::Begin(rpc::WriteContext& context, sql::Transaction& transaction, std::span<const Sent> rows,
                            std::vector<Entry>& entries) const {
  entries.clear();
  RETURN_IF_ERROR(Claim(transaction));
  const auto stored = ledger::Entries(transaction, SegmentOf(rows, rows.size()));
  RETURN_IF_ERROR(operation_.atomic ? AddBatch(context, transaction, rows, stored, entries)
                                    : AddSegment(context, transaction, rows, stored, entries));
  if (std::any_of(entries.begin(), entries.end(), IsPending)) {
    ledger::OpenSegment(transaction, SegmentOf(rows, entries.size()), absl::Now());
  }
  return absl::OkStatus();
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

Entry RealRun::Add(rpc::WriteContext& context, sql::Transaction& transaction, const Sent& sent, Classified row) const {
  Entry entry{.row = sent.reading.row, .hash = sent.hash};
  if (row.faults.empty()) {
    Record(context, transaction, operation_, sent.reading, row, entry);
  } else {
    Refuse(row.faults, entry);
    ledger::Insert(transaction, operation_.id, entry);
  }
  return entry;
}

absl::Status RealRun::AddSegment(rpc::WriteContext& context, sql::Transaction& transaction, std::span<const Sent> rows,
                                 const std::map<int, Entry>& stored, std::vector<Entry>& entries) const {
  StoreRoster roster(transaction, operation_.id);
  std::set<std::string> undecided;
  for (const Sent& sent : rows) {
    if (const auto found = stored.find(sent.reading.row); found != stored.end()) {
      if (found->second.hash != sent.hash) return status::RequestIdReused();
      entries.push_back(found->second);
    } else {
      Classified row = Classify(roster, operation_.tenant, sent.reading);
      if (row.HangsOn(undecided)) break;
      if (row.participant.empty()) row.participant = context.NewId();
      Entry& entry = entries.emplace_back(Add(context, transaction, sent, std::move(row)));
      if (entry.pending && entry.session_date.empty()) Stand(context, transaction, operation_, nullptr, entry);
    }
    if (entries.back().pending) undecided.insert(entries.back().participant);
  }
  return absl::OkStatus();
}

absl::Status RealRun::AddBatch(rpc::WriteContext& context, sql::Transaction& transaction, std::span<const Sent> rows,
                               const std::map<int, Entry>& stored, std::vector<Entry>& entries) const {
  // A batch that stands or falls as one was sent before as a whole, or not at all.
  if (!stored.empty() && stored.size() != rows.size()) return status::RequestIdReused();
  StoreRoster in_store(transaction, operation_.id);
  OverlayRoster roster(/*frees_addresses=*/false);
  roster.Attach(&in_store);
  for (const Sent& sent : rows) {
    if (const auto found = stored.find(sent.reading.row); found != stored.end()) {
      if (found->second.hash != sent.hash) return status::RequestIdReused();
      entries.push_back(found->second);
      continue;
    }
    Classified row = Classify(roster, operation_.tenant, sent.reading);
    if (row.participant.empty()) row.participant = context.NewId();
    if (row.faults.empty()) roster.Accept(row);
    entries.push_back(Add(context, transaction, sent, std::move(row)));
  }
  const bool falls = !std::all_of(entries.begin(), entries.end(), IsPending);
  const bool asks_for_none =
      std::all_of(entries.begin(), entries.end(), [](const Entry& entry) { return entry.session_date.empty(); });
  for (Entry& entry : entries) {
    if (!entry.pending) continue;
    if (falls) {
      Fall(transaction, operation_, BatchRefused(), nullptr, entry);
    } else if (asks_for_none) {
      Stand(context, transaction, operation_, nullptr, entry);
    }
  }
  return absl::OkStatus();
}

}  // namespace equity::participants::registrations
