// Which session somebody means.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "clients/cli/context.h"
#include "clients/cpp/workshops.h"

namespace equity::cli {

// Takes `workshops/{id}/sessions/{id}` as it is, and a date (YYYY-MM-DD) for the one session of the workshop, or of all
// workshops where `workshop` is empty, on that day.
absl::StatusOr<std::string> FindSession(client::SessionsClient& client, const std::string& text,
                                        const std::string& workshop);

}  // namespace equity::cli
