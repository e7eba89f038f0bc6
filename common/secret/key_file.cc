#include "common/secret/key_file.h"

#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "common/status/macros.h"
#include "common/strings.h"

namespace equity::secret {
namespace {

// Written beside its place and moved there whole: a crash leaves no half key.
absl::Status Make(const std::string& file) {
  Key key;
  if (RAND_bytes(key.data(), key.size()) != 1) return absl::UnavailableError("no random bytes for " + file);
  const std::string draft = file + ".new";
  unlink(draft.c_str());
  const int fd = open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  const bool written =
      fd >= 0 && write(fd, key.data(), key.size()) == static_cast<ssize_t>(key.size()) && fsync(fd) == 0;
  if (fd >= 0) close(fd);
  if (!written || std::rename(draft.c_str(), file.c_str()) != 0) {
    return absl::UnavailableError(absl::StrCat("cannot write ", file));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Key> OpenOrCreateKeyFile(const std::string& file, std::string_view way_out) {
  if (access(file.c_str(), F_OK) != 0) RETURN_IF_ERROR(Make(file));
  Key key;
  std::ifstream stream(file, std::ios::binary);
  stream.read(reinterpret_cast<char*>(key.data()), key.size());
  if (!stream || stream.peek() != std::ifstream::traits_type::eof()) {
    return absl::DataLossError(
        absl::StrCat(file, " is damaged: it must hold ", key.size(), " bytes. ", ToAbsl(way_out)));
  }
  return key;
}

std::string Hmac(const Key& key, std::string_view text) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(text.data()),
       text.size(), digest, &size);
  return {reinterpret_cast<char*>(digest), size};
}

}  // namespace equity::secret
