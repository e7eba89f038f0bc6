// The key that turns a person's name into a hash, by which people are told apart and counted without being known.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace equity::statistics {

class PersonKey {
 public:
  // Reads {folder}/statistics.key, or makes it: 32 random bytes that only the owner may read. They never leave it.
  static absl::StatusOr<PersonKey> OpenOrCreate(const std::string& folder);

  // HMAC-SHA256 of a person's resource name, 16 bytes of it.
  std::string Hash(std::string_view name) const;

 private:
  using Bytes = std::array<unsigned char, 32>;
  explicit PersonKey(const Bytes& key) : key_(key) {}
  static absl::Status Make(const std::string& file);
  Bytes key_;
};

}  // namespace equity::statistics
