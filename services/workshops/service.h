// The workshops service: the challenge, workshops, sessions, places, bookings, waiting lists, attendance,
// facilitators, feedback, exercises.
#pragma once

#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "common/exec/store.h"
#include "common/host/host.h"

namespace equity::workshops {

std::vector<exec::Migration> Schema();

// Opens the service's store, to be hosted.
absl::StatusOr<std::unique_ptr<host::HostedService>> Open(rpc::Shared& shared, exec::StoreOptions options);

}  // namespace equity::workshops
