#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/status/macros.h"
#include "tests/faults/drills.h"
#include "tests/faults/hosted_server.h"
#include "tests/faults/stage.h"
#include "tests/faults/vfs_shim.h"

namespace equity::faults {
namespace {

constexpr absl::Duration kPatienceWhenFailing = absl::Seconds(20);

// By turns, so that even a short drill has some of each.
constexpr struct {
  DiskCall call;
  Fault fault;
} kFaults[] = {{DiskCall::kSync, Fault::kLoss},
               {DiskCall::kWrite, Fault::kIoError},
               {DiskCall::kSync, Fault::kIoError},
               {DiskCall::kWrite, Fault::kShortWrite},
               {DiskCall::kWrite, Fault::kDiskFull}};
constexpr const char* kFiles[] = {"workshops.db-wal", "participants.db-wal", "statistics.db-wal", "-wal"};

// A call soon to come: a commit syncs once, and writes some twenty pages.
Plan Choose(int cut, Random& random) {
  const auto& chosen = kFaults[static_cast<size_t>(cut) % std::size(kFaults)];
  const int most = chosen.call == DiskCall::kSync ? 20 : 200;
  return {.call = chosen.call,
          .fault = chosen.fault,
          .nth = 1 + static_cast<int>(Below(random, static_cast<size_t>(most))),
          .from_then_on = OneIn(random, 2),
          .file = kFiles[Below(random, std::size(kFiles))]};
}

}  // namespace

absl::StatusOr<DrillResult> FailingDiskDrill(const DrillOptions& options) {
  Random random(options.seed);
  FaultyVfs vfs("drill");
  HostedServer* server = nullptr;
  Stage stage(options, [&](const ServerPlace& place) -> absl::StatusOr<std::unique_ptr<RunningServer>> {
    ASSIGN_OR_RETURN(auto started, HostedServer::Start(place, vfs.name()));
    server = started.get();
    return started;
  });
  RETURN_IF_ERROR(stage.Open());
  stage.Begin({});
  int cuts = 0;
  while (cuts < options.count) {
    absl::SleepFor(absl::Milliseconds(100));
    const Plan plan = Choose(cuts, random);
    vfs.Arm(plan);
    const absl::Time until = absl::Now() + kPatienceWhenFailing;
    while (!server->has_failed() && absl::Now() < until) absl::SleepFor(absl::Milliseconds(2));
    if (!server->has_failed()) {
      return absl::FailedPreconditionError(absl::StrCat("the server went on after ", vfs.hits(), " failed calls of ",
                                                        vfs.calls(), ": cut ", cuts, ", fault ",
                                                        static_cast<int>(plan.fault), " at call ", plan.nth,
                                                        plan.from_then_on ? " and later ones" : "", " in ", plan.file));
    }
    // A process of its own has this long before it is gone; what it answers must be true.
    absl::SleepFor(absl::Milliseconds(50));
    stage.Drop();
    vfs.Disarm();
    ++cuts;
    ASSIGN_OR_RETURN(const bool well, stage.Inspect());
    if (!well) break;
    RETURN_IF_ERROR(stage.Start());
  }
  return stage.Close(cuts);
}

}  // namespace equity::faults
