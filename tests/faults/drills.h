// The drills: a server under load is hurt, started again, and looked into.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "tests/faults/check.h"

namespace equity::faults {

struct DrillOptions {
  std::string program;  // equityd
  std::string folder;   // an empty one, for everything
  int count = 6;        // kills, disks that fill up, or failing calls
  unsigned seed = 1;
};

struct DrillResult {
  int count = 0;             // of kills and so on, until something was wrong
  int64_t acknowledged = 0;  // requests and rows of staff lists
  int64_t served = 0;        // definite answers, refusals and repetitions too
  int64_t unknown = 0;       // requests that never got a definite answer
  Verdict verdict;
};

// SIGKILL at random moments, now and then while the server starts.
absl::StatusOr<DrillResult> KillDrill(const DrillOptions& options);

// SIGTERM at random moments: what is underway is brought to an end, and the exit code is 0.
absl::StatusOr<DrillResult> StopDrill(const DrillOptions& options);

// A limit on the size of files that is reached under load; then there is room again.
absl::StatusOr<DrillResult> DiskFullDrill(const DrillOptions& options);

// Disks that fail in many ways, under the real services in this process.
absl::StatusOr<DrillResult> FailingDiskDrill(const DrillOptions& options);

struct PowerLossResult {
  int images = 0;       // of what the disk may hold
  int64_t moments = 0;  // writes, syncs and cuts at which the power could fail
  int64_t acknowledged = 0;
  int lost = 0;       // images without something that was acknowledged
  int corrupt = 0;    // images in which something is broken
  int recovered = 0;  // images on which the services started again, and were asked for everything
  Verdict verdict;
};

// The power fails at `count` moments. Without syncs, as with synchronous=OFF, it must find losses: else it is blind.
absl::StatusOr<PowerLossResult> PowerLossDrill(const DrillOptions& options, bool without_syncs);

}  // namespace equity::faults
