#include "common/backup/erasures.h"

#include <fcntl.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "common/backup/backup.h"
#include "common/status/macros.h"

namespace equity::backup {

absl::StatusOr<std::unique_ptr<ErasureLedger>> ErasureLedger::Open(const std::string& folder) {
  std::unique_ptr<ErasureLedger> ledger(new ErasureLedger(absl::StrCat(folder, "/", kLedgerFile)));
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  const int fd = open(ledger->file_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (fd < 0) return absl::FailedPreconditionError(absl::StrCat("cannot write to the backup folder ", folder));
  close(fd);
  SyncFolder(folder);
  ASSIGN_OR_RETURN(const auto names, ReadErasures(ledger->file_));
  ledger->names_.insert(names.begin(), names.end());
  return ledger;
}

absl::Status ErasureLedger::Add(const std::string& name) {
  const std::lock_guard lock(mutex_);
  if (names_.contains(name)) return absl::OkStatus();
  const int fd = open(file_.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC);
  if (fd < 0) return absl::UnavailableError("cannot write to " + file_);
  const auto close_file = absl::MakeCleanup([&] { close(fd); });
  // The first break ends a line that a crash may have cut.
  const std::string line = "\n" + name + "\n";
  if (write(fd, line.data(), line.size()) != static_cast<ssize_t>(line.size()) || fsync(fd) != 0) {
    return absl::UnavailableError("cannot write to " + file_);
  }
  names_.insert(name);
  return absl::OkStatus();
}

absl::StatusOr<std::vector<std::string>> ReadErasures(const std::string& file) {
  std::ifstream stream(file);
  if (!stream) return absl::FailedPreconditionError(absl::StrCat("there is no ledger of erasures ", file));
  std::vector<std::string> names;
  std::set<std::string> seen;
  for (std::string line; std::getline(stream, line);) {
    if (!line.empty() && seen.insert(line).second) names.push_back(std::move(line));
  }
  return names;
}

}  // namespace equity::backup
