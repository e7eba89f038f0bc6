#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/status/macros.h"
#include "tests/faults/drills.h"
#include "tests/faults/server_process.h"
#include "tests/faults/stage.h"

namespace equity::faults {
namespace {

// A kill between two requests finds nothing: so many must have been served before each, on average.
constexpr int64_t kLeastServed = 100;

absl::Duration Between(Random& random, int least, int most) {
  return absl::Milliseconds(std::uniform_int_distribution<int>(least, most)(random));
}

}  // namespace

absl::StatusOr<DrillResult> KillDrill(const DrillOptions& options) {
  Random random(options.seed);
  ServerProcess* server = nullptr;
  Stage stage(options, [&](const ServerPlace& place) -> absl::StatusOr<std::unique_ptr<RunningServer>> {
    ASSIGN_OR_RETURN(auto started, ServerProcess::Start(options.program, place));
    server = started.get();
    return started;
  });
  RETURN_IF_ERROR(stage.Open());
  Verdict underway;
  for (int kill = 1; kill <= options.count; ++kill) {
    absl::SleepFor(Between(random, 200, 1'000));
    server->Kill();
    RETURN_IF_ERROR(stage.Inspect(Moment::kUnderway, underway));
    if (!underway.ok()) break;
    RETURN_IF_ERROR(stage.Start());
    if (OneIn(random, 5) && kill < options.count) {
      // Also one that is about to recover from the kill before.
      absl::SleepFor(Between(random, 0, 100));
      server->Kill();
      ++kill;
      RETURN_IF_ERROR(stage.Start());
    }
    RETURN_IF_ERROR(stage.AwaitReady());
  }
  if (!underway.ok()) return DrillResult{.count = options.count, .verdict = underway};
  const int64_t served = stage.ledger().served();
  if (served < kLeastServed * options.count) {
    return absl::FailedPreconditionError(absl::StrCat("only ", served, " requests were answered before ", options.count,
                                                      " kills: too few to say anything"));
  }
  return stage.Close(options.count);
}

}  // namespace equity::faults
