#include <filesystem>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/status/macros.h"
#include "tests/faults/drills.h"
#include "tests/faults/server_process.h"
#include "tests/faults/stage.h"

namespace equity::faults {
namespace {

constexpr absl::Duration kPatienceWhenFull = absl::Seconds(30);

// A little more than one of the files has: it is the first that wants more, or those that have more already do. Any
// byte may be the last one, in the middle of a page too.
uint64_t ChooseLimit(const std::string& folder, Random& random) {
  constexpr const char* kFiles[] = {"workshops.db-wal", "workshops.db", "participants.db-wal", "statistics.db-wal"};
  const uint64_t size = std::filesystem::file_size(folder + "/" + kFiles[Below(random, std::size(kFiles))]);
  return size + Below(random, 1'000'000);
}

}  // namespace

absl::StatusOr<DrillResult> DiskFullDrill(const DrillOptions& options) {
  Random random(options.seed);
  ServerProcess* server = nullptr;
  Stage stage(options, StartProcess(options, server));
  RETURN_IF_ERROR(stage.Open());
  stage.Begin({});
  int times = 0;
  while (times < options.count) {
    absl::SleepFor(absl::Milliseconds(300));
    RETURN_IF_ERROR(server->LimitFileSize(ChooseLimit(stage.data(), random)));
    const std::optional<int> exit = server->AwaitEnd(kPatienceWhenFull);
    if (!exit) return absl::FailedPreconditionError("the disk did not become full, or the server went on");
    if (*exit < 0) return absl::InternalError(absl::StrCat("the full disk ended the server by signal ", -*exit));
    ++times;
    ASSIGN_OR_RETURN(const bool well, stage.Inspect());
    if (!well) break;
    RETURN_IF_ERROR(stage.Start());  // with room again
    RETURN_IF_ERROR(stage.AwaitReady());
  }
  return stage.Close(times);
}

}  // namespace equity::faults
