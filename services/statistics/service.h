// The statistics service: what it mounts, and what it runs.
#pragma once

#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "common/exec/store.h"
#include "common/host/host.h"

namespace equity::statistics {

// The migrations of its store, from schema/.
std::vector<exec::Migration> Schema();

// `options` come with name and folder. Weeks that have ended are looked for so often, or never.
absl::StatusOr<std::unique_ptr<host::HostedService>> OpenWith(rpc::Shared& shared, exec::StoreOptions options,
                                                              absl::Duration freeze);
absl::StatusOr<std::unique_ptr<host::HostedService>> Open(rpc::Shared& shared, exec::StoreOptions options);

}  // namespace equity::statistics
