// The reference_group service: members, advice, knowledge, consents, moderation.
#pragma once

#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "common/exec/store.h"
#include "common/host/host.h"

namespace equity::referencegroup {

std::vector<exec::Migration> Schema();

// Opens the service's store and key, to be hosted.
absl::StatusOr<std::unique_ptr<host::HostedService>> Open(rpc::Shared& shared, exec::StoreOptions options);

}  // namespace equity::referencegroup
