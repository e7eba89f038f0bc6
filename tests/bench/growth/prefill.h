// Writes what an invented challenge has grown to straight into the stores of a server that is stopped: all that grows
// with a person or a booking, as the services themselves would have left it.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "tests/bench/growth/population.h"

namespace equity::bench {

// `folder` holds organisations and these sessions, challenge by challenge, and nothing else; statistics have counted
// them. `end` is when the last request came, by the system's clock.
absl::Status Prefill(const Population& population, const std::vector<std::string>& sessions, const std::string& folder,
                     absl::Time end);

}  // namespace equity::bench
