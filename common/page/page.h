// Pages of lists (AIP-158): keyset tokens, opaque to callers and good for the same list with the same arguments only.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace equity::page {

inline constexpr int kDefaultSize = 50;
inline constexpr int kLargestSize = 1000;

// 0 means the default; more than the largest means the largest.
int Size(int32_t requested);

// A token that resumes after `key`. `binding` is the list and its arguments, such as "ListBookings|organisations/rde|".
std::string Token(std::string_view binding, std::string_view key);

// The key of a token; empty for an empty token, which means the first page. INVALID_ARGUMENT for a token that Token did
// not make for this binding.
absl::StatusOr<std::string> Key(std::string_view binding, const std::string& token);

}  // namespace equity::page
