#include "common/host/backups.h"

#include <filesystem>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/backup/backup.h"
#include "common/backup/erasures.h"
#include "common/feed/feed.h"
#include "common/feed/position.h"
#include "common/status/errors.h"
#include "common/status/macros.h"
#include "google/protobuf/util/time_util.h"

namespace equity::host {
namespace {

namespace fs = std::filesystem;
using google::protobuf::util::TimeUtil;

constexpr absl::Duration kSnapshotPatience = absl::Seconds(5);
constexpr int kMostViolations = 100;  // of each rule
// Statistics lag by milliseconds: for so long a moment is looked for at which they do not.
constexpr int kTotalsTries = 20;
constexpr absl::Duration kTotalsPause = absl::Milliseconds(50);

const sql::Sql kSchemaVersion{"backup.schema_version", "SELECT coalesce(max(version), 0) FROM schema_migrations"};
const sql::Sql kHasView{"invariants.has_view", "SELECT 1 FROM sqlite_master WHERE type = 'view' AND name = $1"};
const sql::Sql kTotals{"invariants.totals", "SELECT name, value FROM totals"};
const sql::Sql kCountedUpTo{"invariants.counted_up_to", "SELECT DISTINCT service, sequence FROM counted_totals"};
const sql::Sql kCounted{"invariants.counted", "SELECT name, value FROM counted_totals WHERE service = $1"};

google::protobuf::Timestamp Stamp(absl::Time time) {
  return TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(time));
}

std::string PositionOf(exec::Snapshot& snapshot) {
  feed::Position position;
  for (auto& part : snapshot.parts) {
    sql::ReadTransaction transaction(*part.reader);
    if (const int64_t last = feed::LastSequence(transaction); last > 0) position[part.store->name()] = last;
  }
  return feed::Format(position);
}

using Totals = std::map<std::string, int64_t>;

Totals TotalsOf(sql::ReadTransaction& transaction, const sql::Sql& statement, sql::Values values) {
  Totals totals;
  transaction.Each(statement, values, [&](const sql::Row& row) { totals[row.Text(0)] = row.Int64(1); });
  return totals;
}

// A store may count what happens in others, and say so in a view counted_totals (service, sequence, name, value): what
// it counted up to that change. The other says what is true in its view totals (name, value). False where they stand at
// different changes.
bool CompareTotals(exec::Snapshot& snapshot, std::vector<operations::v1::Violation>& violations) {
  for (auto& counting : snapshot.parts) {
    sql::ReadTransaction counts(*counting.reader);
    if (!counts.Exists(kHasView, {"counted_totals"})) continue;
    std::map<std::string, int64_t> reached;
    counts.Each(kCountedUpTo, {}, [&](const sql::Row& row) { reached[row.Text(0)] = row.Int64(1); });
    for (auto& part : snapshot.parts) {
      sql::ReadTransaction transaction(*part.reader);
      const std::string& service = part.store->name();
      if (!transaction.Exists(kHasView, {"totals"})) continue;
      if (reached[service] != feed::LastSequence(transaction)) return false;
      const Totals true_totals = TotalsOf(transaction, kTotals, {});
      const Totals counted = TotalsOf(counts, kCounted, {service});
      for (const auto& [name, value] : counted) {
        const auto found = true_totals.find(name);
        const int64_t expected = found == true_totals.end() ? 0 : found->second;
        if (value == expected) continue;
        auto& violation = violations.emplace_back();
        violation.set_service(counting.store->name());
        violation.set_rule("totals_agree");
        violation.set_subject(name);
        violation.set_message(absl::StrCat("counts ", value, " where ", service, " has ", expected));
      }
    }
  }
  return true;
}

}  // namespace

absl::StatusOr<operations::v1::Backup> Backups::Make(const std::string& request_id, int retain) {
  const std::unique_lock alone(mutex_, std::try_to_lock);
  if (!alone.owns_lock()) {
    return status::TryAgain("BACKUP_UNDERWAY", "Another backup is being made. Try again when it is done.",
                            absl::Seconds(2));
  }
  const std::string& all = shared_.backup_folder;
  for (auto& made : backup::List(all)) {
    if (made.request_id() == request_id) return made;
  }
  const absl::Time now = absl::Now();
  operations::v1::Backup manifest;
  manifest.set_request_id(request_id);
  manifest.set_name(
      absl::StrCat(absl::FormatTime("%Y%m%dT%H%M%E3SZ", now, absl::UTCTimeZone()), "-", request_id.substr(0, 8)));
  *manifest.mutable_create_time() = Stamp(now);
  *manifest.mutable_business_time() =
      Stamp(now + (shared_.clock.IsDemonstration() ? shared_.clock.Now() - absl::Now() : absl::ZeroDuration()));
  const std::string part = absl::StrCat(all, "/.", manifest.name(), ".part");
  try {
    // What a backup that was cut off left behind.
    for (const auto& entry : fs::directory_iterator(all)) {
      if (entry.path().extension() == ".part") fs::remove_all(entry.path());
    }
    // Nothing is restored without a ledger of erasures; where nobody is erased it is empty.
    RETURN_IF_ERROR(backup::ErasureLedger::Open(all).status());
    fs::create_directory(part);
    fs::permissions(part, fs::perms::owner_all);
    ASSIGN_OR_RETURN(exec::Snapshot snapshot, exec::TakeSnapshot(stores_, kSnapshotPatience));
    manifest = Write(std::move(snapshot), std::move(manifest), part);
    fs::rename(part, absl::StrCat(all, "/", manifest.name()));
    backup::SyncFolder(all);
    Retain(retain);
  } catch (const std::exception& error) {
    std::error_code ignored;
    fs::remove_all(part, ignored);
    shared_.log->Event(obs::Severity::kError, "a backup failed", {{"cause", error.what()}});
    return status::Error(absl::StatusCode::kFailedPrecondition, "BACKUP_FAILED",
                         "The backup could not be written. The log of the server says why; look for free space first.");
  }
  shared_.log->Event(obs::Severity::kInfo, "backup made", {{"name", manifest.name()}});
  return manifest;
}

operations::v1::Backup Backups::Write(exec::Snapshot snapshot, operations::v1::Backup manifest,
                                      const std::string& folder) {
  manifest.set_feed_position(PositionOf(snapshot));
  for (auto& part : snapshot.parts) {
    auto& store = *manifest.add_stores();
    store.set_service(part.store->name());
    store.set_file(part.store->name() + ".db");
    const std::string file = absl::StrCat(folder, "/", store.file());
    sql::ReadTransaction transaction(*part.reader);
    store.set_schema_version(*transaction.One(kSchemaVersion, {}, [](const sql::Row& row) { return row.Int(0); }));
    store.set_feed_sequence(feed::LastSequence(transaction));
    part.reader->CopyTo(file);
    part.reader.reset();  // so that its log can begin anew while the others are copied
    store.set_size_bytes(static_cast<int64_t>(fs::file_size(file)));
    store.set_sha256(backup::Sha256OfFile(file));
  }
  for (const auto& entry : fs::directory_iterator(data_folder_)) {
    if (entry.path().extension() == ".key") manifest.add_key_files(entry.path().filename());
  }
  std::sort(manifest.mutable_key_files()->begin(), manifest.mutable_key_files()->end());
  backup::WriteManifest(folder, manifest);
  backup::SyncFolder(folder);
  return manifest;
}

void Backups::Retain(int count) {
  std::vector<operations::v1::Backup> made = backup::List(shared_.backup_folder);
  for (size_t i = 0; count > 0 && i + count < made.size(); ++i) {
    const std::string folder = absl::StrCat(shared_.backup_folder, "/", made[i].name());
    // Never half there under its name.
    const std::string going = absl::StrCat(shared_.backup_folder, "/.", made[i].name(), ".part");
    fs::rename(folder, going);
    fs::remove_all(going);
  }
}

absl::StatusOr<operations::v1::CheckInvariantsResponse> CheckInvariants(rpc::Shared& shared,
                                                                        const std::vector<exec::Store*>& stores) {
  operations::v1::CheckInvariantsResponse response;
  std::vector<operations::v1::Violation> violations;
  try {
    for (int i = 0; i < kTotalsTries && !response.totals_compared(); ++i) {
      if (i > 0) absl::SleepFor(kTotalsPause);
      // Whoever counted exactly the changes that the other store shows is comparable, whenever either was read.
      ASSIGN_OR_RETURN(exec::Snapshot snapshot, exec::ReadEach(stores));
      violations.clear();
      response.set_totals_compared(CompareTotals(snapshot, violations));
      if (!response.totals_compared() && i + 1 < kTotalsTries) continue;
      *response.mutable_check_time() = Stamp(absl::Now());
      response.set_feed_position(PositionOf(snapshot));
      for (auto& part : snapshot.parts) {
        sql::ReadTransaction transaction(*part.reader);
        for (auto& each : backup::Violations(transaction, part.store->name(), kMostViolations)) {
          violations.push_back(std::move(each));
        }
      }
    }
  } catch (const std::exception& error) {
    return absl::InternalError(error.what());
  }
  shared.metrics->InvariantsChecked(static_cast<int>(violations.size()), absl::Now());
  for (auto& violation : violations) *response.add_violations() = std::move(violation);
  return response;
}

}  // namespace equity::host
