#include <fcntl.h>
#include <sys/file.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <filesystem>

#include "absl/strings/str_cat.h"
#include "common/exec/store.h"

namespace equity::exec {
namespace {

// statfs types of file systems whose locks or fsync a database cannot rely on.
constexpr uint32_t kNetworkFileSystems[] = {
    0x6969,      // NFS
    0xff534d42,  // CIFS
    0xfe534d42,  // SMB2
    0x517b,      // SMB
    0x564c,      // NCP
    0x73757245,  // Coda
    0x5346414f,  // AFS
    0x01021997,  // 9P
};

}  // namespace

absl::StatusOr<std::unique_ptr<DataFolder>> DataFolder::Lock(std::string path, For use) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error)
    return absl::FailedPreconditionError(absl::StrCat("cannot make the data folder ", path, ": ", error.message()));
  struct statfs information;
  if (statfs(path.c_str(), &information) == 0) {
    for (const uint32_t type : kNetworkFileSystems) {
      if (static_cast<uint32_t>(information.f_type) == type) {
        return absl::FailedPreconditionError(
            absl::StrCat("the data folder ", path,
                         " is on a network file system, where nothing can be kept safe. Use a "
                         "local disk."));
      }
    }
  }
  const std::string file = path + "/LOCK";
  const int fd = open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) return absl::FailedPreconditionError(absl::StrCat("cannot write to the data folder ", path));
  if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
    close(fd);
    return absl::FailedPreconditionError(absl::StrCat(
        "the data folder ", path, " is in use by another server. Stop that one, or choose another folder."));
  }
  if (use == For::kServing && access((path + "/" + kRestoring).c_str(), F_OK) == 0) {
    close(fd);
    return absl::FailedPreconditionError(
        absl::StrCat("a backup was being restored into ", path, " and is not whole. Restore it again."));
  }
  return std::unique_ptr<DataFolder>(new DataFolder(std::move(path), fd));
}

DataFolder::~DataFolder() { close(fd_); }

}  // namespace equity::exec
