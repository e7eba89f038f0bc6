// The participants service, to the process that hosts it.
#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include "common/exec/store.h"
#include "common/host/host.h"
#include "common/rpc/shared.h"
#include "services/participants/registrations/sweeper.h"

namespace equity::participants {

absl::StatusOr<std::unique_ptr<host::HostedService>> Open(rpc::Shared& shared, exec::StoreOptions options);
// With a sweeper of other habits, for tests.
absl::StatusOr<std::unique_ptr<host::HostedService>> OpenWith(rpc::Shared& shared, exec::StoreOptions options,
                                                              registrations::SweeperOptions sweeper);

}  // namespace equity::participants
