// The public keys of an issuer: a JWKS file (RFC 7517) and the set read from it.
#pragma once

#include <sys/stat.h>

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/auth/cjose_ptr.h"

namespace equity::auth {

// Whether the text is base64url in its one canonical form: nothing can be added to it that a decoder would pass over.
bool IsCanonicalBase64Url(std::string_view text);

struct VerifyKey {
  JwkPtr jwk;
  std::string alg;  // the only algorithm the key may be used with, when the set says so

  // Whether a signature of this algorithm may be checked with this key.
  bool Fits(std::string_view algorithm) const;
};

// Immutable; shared by all threads that verify.
class KeySet {
 public:
  // Keys that are not for signatures, or of a kind not used here, are left out; none left, a weak key or a doubled key
  // id is INVALID_ARGUMENT.
  static absl::StatusOr<std::shared_ptr<const KeySet>> Parse(std::string_view json);

  // Null when there is none.
  const VerifyKey* Find(std::string_view kid) const;

 private:
  absl::flat_hash_map<std::string, VerifyKey> keys_;
};

using KeySetPtr = std::shared_ptr<const KeySet>;

// The file behind a key set. Thread-safe.
class JwksFile {
 public:
  explicit JwksFile(std::string path, absl::Duration floor) : path_(std::move(path)), floor_(floor) {}

  // Reads the file. INVALID_ARGUMENT or NOT_FOUND, naming the file.
  absl::StatusOr<KeySetPtr> Read(absl::Time now);
  // The new key set when the file has changed since it was read well; null when it has not, or was read less than the
  // floor ago.
  absl::StatusOr<KeySetPtr> ReadIfChanged(absl::Time now);

 private:
  // Any change of the content changes one of these, also a rename over the file or a change of its target or mode.
  struct Stamp {
    dev_t device;
    ino_t inode;
    off_t size;
    int64_t changed_ns;
    bool operator==(const Stamp&) const = default;
  };
  static std::optional<Stamp> StampOf(const std::string& path);
  absl::StatusOr<KeySetPtr> ReadLocked(absl::Time now);

  const std::string path_;
  const absl::Duration floor_;
  std::mutex mutex_;
  std::optional<Stamp> stamp_;  // of the last good read
  absl::Time last_read_ = absl::InfinitePast();
};

}  // namespace equity::auth
