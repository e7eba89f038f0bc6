#include <fcntl.h>
#include <google/protobuf/util/time_util.h>
#include <unistd.h>

#include <filesystem>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/backup/backup.h"
#include "common/backup/erasures.h"
#include "common/exec/store.h"
#include "common/status/macros.h"

namespace equity::backup {
namespace {

namespace fs = std::filesystem;
using google::protobuf::util::TimeUtil;

// That nothing is in the folder but its lock, or what an unfinished restore left, which goes.
absl::Status MakeEmpty(const std::string& folder) {
  const bool unfinished = fs::exists(folder + "/" + exec::DataFolder::kRestoring);
  for (const auto& entry : fs::directory_iterator(folder)) {
    const std::string name = entry.path().filename();
    if (name == "LOCK" || name == exec::DataFolder::kRestoring) continue;
    if (!unfinished) {
      return absl::FailedPreconditionError(
          absl::StrCat(folder, " is not empty: a backup is restored into an empty folder only. Choose another one."));
    }
    fs::remove_all(entry.path());
  }
  return absl::OkStatus();
}

void CopyDurably(const std::string& from, const std::string& to) {
  fs::copy_file(from, to);
  fs::permissions(to, fs::perms::owner_read | fs::perms::owner_write);
  const int fd = open(to.c_str(), O_RDONLY | O_CLOEXEC);
  const bool synced = fd >= 0 && fsync(fd) == 0;
  if (fd >= 0) close(fd);
  if (!synced) throw sql::Error(sql::Failure::kIo, "cannot write " + to);
}

// The clock of a demonstration goes on from where it stood.
void RestoreClock(const Manifest& manifest, const std::string& folder) {
  const int64_t offset = TimeUtil::TimestampToMicroseconds(manifest.business_time()) -
                         TimeUtil::TimestampToMicroseconds(manifest.create_time());
  if (offset != 0) WriteFileDurably(folder + "/business-clock", absl::StrCat(offset, "\n"));
}

}  // namespace

absl::StatusOr<Manifest> Restore(const RestoreOptions& options) {
  ASSIGN_OR_RETURN(const Manifest manifest, ReadManifest(options.backup));
  const std::string ledger =
      !options.erasures.empty()
          ? options.erasures
          : (fs::absolute(options.backup + "/.").parent_path().parent_path() / kLedgerFile).string();
  ASSIGN_OR_RETURN(const std::vector<std::string> erased, ReadErasures(ledger));
  ASSIGN_OR_RETURN(const std::vector<std::string> problems, Verify(options.backup));
  if (!problems.empty()) {
    return absl::FailedPreconditionError(absl::StrCat("the backup is damaged: ", absl::StrJoin(problems, "; ")));
  }
  const std::string& data = options.data_folder;
  ASSIGN_OR_RETURN(const auto folder, exec::DataFolder::Lock(data, exec::DataFolder::For::kRestore));
  try {
    RETURN_IF_ERROR(MakeEmpty(data));
    WriteFileDurably(data + "/" + exec::DataFolder::kRestoring, "");
    SyncFolder(data);
    WriteFileDurably(absl::StrCat(data, "/", kDueFile), absl::StrJoin(erased, "\n") + "\n");
    for (const auto& store : manifest.stores()) {
      CopyDurably(absl::StrCat(options.backup, "/", store.file()), absl::StrCat(data, "/", store.file()));
    }
    for (const std::string& key : manifest.key_files()) {
      if (!options.keys.empty()) CopyDurably(absl::StrCat(options.keys, "/", key), absl::StrCat(data, "/", key));
    }
    RestoreClock(manifest, data);
    SyncFolder(data);
    fs::remove(data + "/" + exec::DataFolder::kRestoring);
    SyncFolder(data);
  } catch (const std::exception& error) {
    return absl::UnavailableError(absl::StrCat("the backup was not restored: ", error.what()));
  }
  return manifest;
}

}  // namespace equity::backup
