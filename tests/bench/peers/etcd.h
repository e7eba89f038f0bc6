// etcd as a peer: one member, with the durability that it has by itself.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "tests/bench/bench.pb.h"
#include "tests/bench/child.h"
#include "tests/bench/load.h"

namespace equity::bench {

using PutWorkload = Workload<v1::PutRequest, v1::PutResponse>;

// On free ports of loopback, with its data in this new folder. NOT_FOUND where it is not installed.
absl::StatusOr<std::unique_ptr<Child>> StartEtcd(const std::string& folder);

// Puts a new key each time, with a value of the size of a booking.
PutWorkload MakePut();

// A port of loopback that nobody listens on now.
absl::StatusOr<int> FreePort();

}  // namespace equity::bench
