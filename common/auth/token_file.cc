#include "common/auth/token_file.h"

#include <fstream>

#include "absl/strings/str_cat.h"

namespace equity::auth {
namespace {

bool IsTheSameFile(const struct stat& one, const struct stat& other) {
  return one.st_ino == other.st_ino && one.st_dev == other.st_dev && one.st_size == other.st_size &&
         one.st_mtim.tv_sec == other.st_mtim.tv_sec && one.st_mtim.tv_nsec == other.st_mtim.tv_nsec;
}

}  // namespace

absl::StatusOr<std::unique_ptr<TokenFile>> TokenFile::Open(std::string path) {
  std::unique_ptr<TokenFile> file(new TokenFile(std::move(path)));
  if (file->Token().empty()) {
    return absl::InvalidArgumentError(absl::StrCat("the token file ", file->path_, " cannot be read, or is empty"));
  }
  return file;
}

std::string TokenFile::Token() {
  std::lock_guard lock(mutex_);
  struct stat now {};
  if (stat(path_.c_str(), &now) != 0 || (!token_.empty() && IsTheSameFile(now, seen_))) return token_;
  std::string token;
  if (std::ifstream(path_) >> token) {
    token_ = std::move(token);
    seen_ = now;
  }
  return token_;
}

}  // namespace equity::auth
