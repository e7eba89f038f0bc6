// All services in one process.
#pragma once

#include "common/host/host.h"

namespace equity {

absl::Status AddAllServices(host::Host& host);

}  // namespace equity
