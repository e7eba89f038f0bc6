// Which session somebody means.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "clients/cli/context.h"

namespace equity::cli {

// Takes `workshops/{id}/sessions/{id}` as it is, and a date (YYYY-MM-DD) for the one session of the workshop, or of all
// workshops where `workshop` is empty, on that day. NOT_FOUND (NO_SUCH_SESSION) where that day has none,
// INVALID_ARGUMENT where it has more (AMBIGUOUS_SESSION) or `text` is neither a name nor a date (INVALID_DATE).
absl::StatusOr<std::string> FindSession(Context& context, const std::string& text, const std::string& workshop);

}  // namespace equity::cli
