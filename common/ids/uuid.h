// UUIDs (RFC 9562). Ids grow with time, as random keys slow an index down.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/time/time.h"

namespace equity {

// A new UUIDv7 of the millisecond of `now`. Within a process, ids of one millisecond rise. Thread-safe.
std::string NewUuidV7(absl::Time now);

// Whether the text is a UUID in its 36-character form, in either case.
bool IsUuid(std::string_view text);

// The time of a UUIDv7, to the millisecond; nothing for any other text.
std::optional<absl::Time> UuidV7Time(std::string_view text);

// The id of a row of an operation, always the same for the same two. It is a UUIDv7 with the first 48 bits of the
// operation, so that it sorts by time where the operation does. `operation` must be a UUID; its case does not matter.
std::string DerivedUuid(std::string_view operation, int row);

}  // namespace equity
