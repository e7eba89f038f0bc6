// Who was erased, kept beside the backups and not in them: a backup from before still has the person, and whoever
// restores it erases the person again. It holds resource names and nothing else.
#pragma once

#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace equity::backup {

inline constexpr char kLedgerFile[] = "erasures";
// In a data folder that was restored: who is to be erased before a server may serve.
inline constexpr char kDueFile[] = "erasures.due";

class ErasureLedger {
 public:
  // Makes folder and file where they are missing.
  static absl::StatusOr<std::unique_ptr<ErasureLedger>> Open(const std::string& folder);
  // On disk when it returns; once for each name. Thread-safe.
  absl::Status Add(const std::string& name);

 private:
  explicit ErasureLedger(std::string file) : file_(std::move(file)) {}
  const std::string file_;
  std::mutex mutex_;
  std::set<std::string> names_;
};

// The names in a ledger, each once. FAILED_PRECONDITION where there is no such file.
absl::StatusOr<std::vector<std::string>> ReadErasures(const std::string& file);

}  // namespace equity::backup
