// The credential that a process sends to others, kept in a file that somebody renews.
#pragma once

#include <sys/stat.h>

#include <memory>
#include <mutex>
#include <string>

#include "absl/status/statusor.h"

namespace equity::auth {

// Thread-safe.
class TokenFile {
 public:
  // INVALID_ARGUMENT, naming the file, where it holds no token.
  static absl::StatusOr<std::unique_ptr<TokenFile>> Open(std::string path);

  // The token as it is now. While the file cannot be read, such as in the moment when it is replaced, the last one.
  std::string Token();

 private:
  explicit TokenFile(std::string path) : path_(std::move(path)) {}

  const std::string path_;
  std::mutex mutex_;
  struct stat seen_ {};
  std::string token_;
};

}  // namespace equity::auth
