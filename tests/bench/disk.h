// The disk's own pace.
#pragma once

#include <string>

#include "absl/status/statusor.h"

namespace equity::bench {

// The median time of fdatasync after writing 4 KiB to a file in this folder, in milliseconds.
absl::StatusOr<double> FdatasyncP50(const std::string& folder);

}  // namespace equity::bench
