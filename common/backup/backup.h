// Backups on disk: a folder for each, with the copy of every store and a manifest, in one folder with all others and
// with the ledger of erasures (erasures.h). Making them is the server's (common/host); looking into them is anybody's.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/sql/sql.h"
#include "equity/operations/v1/operations.pb.h"

namespace equity::backup {

using Manifest = operations::v1::Backup;

inline constexpr char kManifestFile[] = "manifest.json";

// In lower-case hexadecimal. Throws sql::Error where the file cannot be read.
std::string Sha256OfFile(const std::string& file);

// On disk when it returns. Throws sql::Error.
void WriteFileDurably(const std::string& file, const std::string& text);
void SyncFolder(const std::string& folder);

void WriteManifest(const std::string& folder, const Manifest& manifest);
// NOT_FOUND where the folder is no whole backup.
absl::StatusOr<Manifest> ReadManifest(const std::string& folder);

// The whole backups in a folder, oldest first.
std::vector<Manifest> List(const std::string& all);

// What of a store must always hold is said by the store itself, in a view invariant_violations (rule, subject,
// message). What of that does not hold, at most `limit` of each rule; nothing where there is no such view.
std::vector<operations::v1::Violation> Violations(sql::ReadTransaction& transaction, const std::string& service,
                                                  int limit);

// What is wrong with a backup, each in a line: files that are missing or changed, SQLite's own checks, what must always
// hold. Empty when it can be restored. Leaves no trace.
absl::StatusOr<std::vector<std::string>> Verify(const std::string& folder);

struct RestoreOptions {
  std::string backup;       // the folder of one backup
  std::string data_folder;  // empty, or not there yet
  std::string erasures;     // the ledger; empty for the one beside the backup
  std::string keys;         // a folder with copies of the keys; empty where they are put there by hand
};
// Verifies the backup and copies it into the data folder, with what is to be erased before a server may serve.
// FAILED_PRECONDITION where a server has the folder, where something is in it, where the ledger is missing, or the
// backup is not whole. One that did not come to its end keeps servers away, and is done again by the same call.
absl::StatusOr<Manifest> Restore(const RestoreOptions& options);

}  // namespace equity::backup
