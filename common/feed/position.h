// A position in the feeds of several services, opaque to callers.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "absl/status/statusor.h"

namespace equity::feed {

// Service -> sequence of the last change. A service that is not in it stands before its first change.
using Position = std::map<std::string, int64_t>;

std::string Format(const Position& position);
// An empty text is the position before everything. INVALID_ARGUMENT, which names `field`, for one that Format did not
// make.
absl::StatusOr<Position> Parse(const std::string& text, const std::string& field);

}  // namespace equity::feed
