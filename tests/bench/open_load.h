// Load that comes whether or not the server keeps up: the times at which calls are to begin are set beforehand, and
// latency counts from them. A closed loop waits with a slow server, and so does not see most of its slowness.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <vector>

#include "tests/bench/load.h"

namespace equity::bench {

struct Arrivals {
  double per_second;
  absl::Duration length;
  absl::Duration unmeasured;  // at the beginning
};

struct OpenResult {
  int64_t sent = 0;                  // all of these without what is unmeasured
  double per_second = 0;             // answered OK
  std::vector<double> latencies_ms;  // of those
  std::map<absl::StatusCode, int64_t> failures;
  int64_t refused_without_pause = 0;  // RESOURCE_EXHAUSTED that does not say when to come back
  int64_t failed() const;
};

// Two threads: one begins calls when they are due, one sees to the answers. `make` makes a slot that is free.
OpenResult DriveOpen(const Arrivals& arrivals, const std::function<std::unique_ptr<Slot>()>& make);

// The same of a workload over new connections.
template <class Request, class Response>
OpenResult MeasureOpen(const Child& server, const Arrivals& arrivals, const Workload<Request, Response>& workload,
                       std::chrono::milliseconds deadline = std::chrono::seconds(10)) {
  const auto channels = OpenConnections(server.target(), 16);
  size_t made = 0;
  return DriveOpen(arrivals, [&] {
    auto slot = std::make_unique<UnarySlot<Request, Response>>(channels[made++ % channels.size()], workload);
    slot->deadline = deadline;
    return slot;
  });
}

}  // namespace equity::bench
