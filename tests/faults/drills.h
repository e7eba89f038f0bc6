// The drills: a server under load is hurt, started again, and looked into.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "tests/faults/check.h"

namespace equity::faults {

struct DrillOptions {
  std::string program;  // equityd
  std::string self;     // fault-drill
  std::string folder;   // an empty one, for everything
  int count = 6;        // kills, disks that fill up, or failing calls
  unsigned seed = 1;
  int operations = 2'000;      // in a history
  bool serves_itself = false;  // the server is the program itself, with the mistake that was planted in it
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

struct SweepResult {
  int calls = 0;      // the last call to the disk that could fail
  int runs = 0;       // each with one failing call
  int stopped = 0;    // runs in which a store said that it must not go on
  int recovered = 0;  // runs after which the services started again, and were asked for everything
  int64_t acknowledged = 0;
  Verdict verdict;
};

// Each call to the disk of a script of 300 requests fails once in each way, or each `stride`th of them.
absl::StatusOr<SweepResult> SweepDrill(const DrillOptions& options, int stride);

struct StepResult {
  int steps = 0;        // there are
  int points = 0;       // steps at which a server was killed, or failed
  int went_on = 0;      // failures that were no reason to end
  int not_reached = 0;  // kills that did not come, as the step was not taken
  int64_t acknowledged = 0;
  Verdict verdict;
};

// A server is killed, or fails, at `count` of the steps by which it stores something; at all where that is 0.
absl::StatusOr<StepResult> StepDrill(const DrillOptions& options);

struct HistoryResult {
  int histories = 0;
  int64_t operations = 0;
  int64_t unknown = 0;  // operations that were never heard of again
  int kills = 0;
  int gave_up = 0;  // searches, which count as failures
  Verdict verdict;
};

// `count` histories of one session each, by eight clients, with a kill in the middle and lost answers: each must be one
// that a simple model could have.
absl::StatusOr<HistoryResult> HistoryDrill(const DrillOptions& options);

struct ModelResult {
  int sequences = 0;
  int steps = 0;
  Verdict verdict;  // a difference, as the shortest sequence that was found to lead to it
};

// `count` sequences of operations, one after the other, on the services and on a model.
absl::StatusOr<ModelResult> ModelDrill(const DrillOptions& options);

// The command line of all of them.
int DrillMain(int argc, char** argv);

}  // namespace equity::faults
