// A key in a file beside a store: 32 random bytes that only the owner may read, made when first needed.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace equity::secret {

using Key = std::array<unsigned char, 32>;

// Reads the file, or makes it. DATA_LOSS, with `way_out` as the advice, for one that holds something else.
absl::StatusOr<Key> OpenOrCreateKeyFile(const std::string& file, std::string_view way_out);

// HMAC-SHA256, 32 bytes.
std::string Hmac(const Key& key, std::string_view text);

}  // namespace equity::secret
