// The key that turns a person's name into a hash, by which people are told apart and counted without being known.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "common/secret/key_file.h"

namespace equity::statistics {

class PersonKey {
 public:
  // Reads {folder}/statistics.key, or makes it: 32 random bytes that only the owner may read. They never leave it.
  static absl::StatusOr<PersonKey> OpenOrCreate(const std::string& folder);

  // HMAC-SHA256 of a person's resource name, 16 bytes of it.
  std::string Hash(std::string_view name) const;

 private:
  explicit PersonKey(const secret::Key& key) : key_(key) {}
  secret::Key key_;
};

}  // namespace equity::statistics
