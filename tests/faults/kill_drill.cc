#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/status/macros.h"
#include "tests/faults/drills.h"
#include "tests/faults/server_process.h"
#include "tests/faults/stage.h"

namespace equity::faults {
namespace {

absl::Duration Between(Random& random, int least, int most) {
  return absl::Milliseconds(std::uniform_int_distribution<int>(least, most)(random));
}

}  // namespace

absl::StatusOr<DrillResult> KillDrill(const DrillOptions& options) {
  Random random(options.seed);
  ServerProcess* server = nullptr;
  Stage stage(options, StartProcess(options, server));
  // First while it makes its folder and stores.
  for (int i = 0; i < 3; ++i) {
    RETURN_IF_ERROR(stage.Start());
    absl::SleepFor(Between(random, 0, 80));
    server->Kill();
  }
  RETURN_IF_ERROR(stage.Open());
  stage.Begin({});
  int kills = 0;
  while (kills < options.count) {
    absl::SleepFor(Between(random, 200, 1'000));
    server->Kill();
    ++kills;
    ASSIGN_OR_RETURN(const bool well, stage.Inspect());
    if (!well) break;
    RETURN_IF_ERROR(stage.Start());
    if (OneIn(random, 5) && kills < options.count) {
      // Also while it recovers from the kill before.
      absl::SleepFor(Between(random, 0, 80));
      server->Kill();
      ++kills;
      RETURN_IF_ERROR(stage.Start());
    }
    RETURN_IF_ERROR(stage.AwaitReady());
  }
  return stage.Close(kills);
}

absl::StatusOr<DrillResult> StopDrill(const DrillOptions& options) {
  Random random(options.seed);
  ServerProcess* server = nullptr;
  Stage stage(options, StartProcess(options, server));
  RETURN_IF_ERROR(stage.Open());
  stage.Begin({});
  int stops = 0;
  while (stops < options.count) {
    absl::SleepFor(Between(random, 200, 1'000));
    const std::optional<int> exit = server->Terminate(absl::Seconds(30));
    if (!exit) return absl::DeadlineExceededError("the server did not stop");
    if (*exit != 0) return absl::InternalError(absl::StrCat("the server, asked to stop, ended with ", *exit));
    ++stops;
    ASSIGN_OR_RETURN(const bool well, stage.Inspect());
    if (!well) break;
    RETURN_IF_ERROR(stage.Start());
    RETURN_IF_ERROR(stage.AwaitReady());
  }
  return stage.Close(stops);
}

}  // namespace equity::faults
