#include <filesystem>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/status/macros.h"
#include "tests/faults/drills.h"
#include "tests/faults/server_process.h"
#include "tests/faults/stage.h"

namespace equity::faults {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(30);

uint64_t LargestFile(const std::string& folder) {
  uint64_t largest = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.is_regular_file()) largest = std::max<uint64_t>(largest, entry.file_size());
  }
  return largest;
}

}  // namespace

absl::StatusOr<DrillResult> DiskFullDrill(const DrillOptions& options) {
  Random random(options.seed);
  ServerProcess* server = nullptr;
  Stage stage(options, [&](const ServerPlace& place) -> absl::StatusOr<std::unique_ptr<RunningServer>> {
    ASSIGN_OR_RETURN(auto started, ServerProcess::Start(options.program, place));
    server = started.get();
    return started;
  });
  RETURN_IF_ERROR(stage.Open());
  Verdict underway;
  for (int round = 0; round < options.count; ++round) {
    absl::SleepFor(absl::Milliseconds(300));
    // Any byte may be the last, in the middle of a page too.
    const uint64_t room = std::uniform_int_distribution<uint64_t>(20'000, 1'500'000)(random);
    RETURN_IF_ERROR(server->LimitFileSize(LargestFile(stage.data()) + room));
    const std::optional<int> exit = server->AwaitEnd(kPatience);
    if (!exit) return absl::FailedPreconditionError("the disk did not become full, or the server went on");
    if (*exit < 0) return absl::InternalError(absl::StrCat("the full disk ended the server by signal ", -*exit));
    RETURN_IF_ERROR(stage.Inspect(Moment::kUnderway, underway));
    if (!underway.ok()) return DrillResult{.count = options.count, .verdict = underway};
    RETURN_IF_ERROR(stage.Start());  // with room again
    RETURN_IF_ERROR(stage.AwaitReady());
  }
  return stage.Close(options.count);
}

}  // namespace equity::faults
