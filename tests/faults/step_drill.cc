// Every step of the commit path and of a registration between its two stores: a server is killed there, or fails there.
#include <algorithm>
#include <csignal>
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/status/macros.h"
#include "tests/faults/drills.h"
#include "tests/faults/failpoints.h"
#include "tests/faults/hosted_server.h"
#include "tests/faults/server_process.h"
#include "tests/faults/stage.h"

namespace equity::faults {
namespace {

// Then all begins anew, so that looking into the stores stays quick.
constexpr int kPointsOfAStage = 20;
constexpr int kLatestHit = 25;
constexpr int kLeastAnswers = 10;  // for each point, on average
constexpr absl::Duration kReached = absl::Seconds(4);
constexpr absl::Duration kGoesOn = absl::Milliseconds(400);
const LoadOptions kSteppedLoad{.clients = 4, .staff = 20, .pause = absl::Milliseconds(10)};

// The steps that a server takes under load, with how often each was taken.
absl::StatusOr<std::map<std::string, int>> StepsUnderLoad(DrillOptions options) {
  options.folder += "/steps";
  std::filesystem::create_directories(options.folder);
  Failpoints points;
  Stage stage(options, [&](const ServerPlace& place) {
    return HostedServer::StartWith(place, [&](exec::StoreOptions& store) { points.Tune(store); });
  });
  RETURN_IF_ERROR(stage.Open());
  const auto before = points.reached();
  stage.Begin(kSteppedLoad);
  absl::SleepFor(absl::Milliseconds(1'500));
  stage.Halt();
  std::map<std::string, int> steps;
  for (const auto& [step, times] : points.reached()) {
    // Of the stores that acknowledge; the statistics can be built again.
    const bool acknowledges = step.starts_with("workshops/") || step.starts_with("participants/");
    const auto earlier = before.find(step);
    const int taken = times - (earlier == before.end() ? 0 : earlier->second);
    if ((acknowledges || step.starts_with("disk.")) && taken > 0) steps[step] = taken;
  }
  return steps;
}

std::vector<Failpoint> Points(const std::map<std::string, int>& steps, int most, Random& random) {
  std::vector<Failpoint> points;
  for (const auto& [step, times] : steps) {
    const auto latest = static_cast<size_t>(std::min(kLatestHit, 1 + times / 4));
    points.push_back({.step = step, .hit = 1 + static_cast<int>(Below(random, latest)), .kills = true});
    if (step.starts_with("disk.")) continue;  // the other drills fail there
    points.push_back({.step = step, .hit = 1 + static_cast<int>(Below(random, latest)), .kills = false});
  }
  std::shuffle(points.begin(), points.end(), random);
  if (most > 0 && points.size() > static_cast<size_t>(most)) points.resize(static_cast<size_t>(most));
  return points;
}

// A stage whose servers end or fail at one point after the other.
class Steps {
 public:
  Steps(const DrillOptions& options, StepResult& result) : options_(options), result_(result) {}

  absl::Status Play(absl::Span<const Failpoint> points) {
    Stage stage(options_, [&](const ServerPlace& place) -> absl::StatusOr<std::unique_ptr<RunningServer>> {
      ASSIGN_OR_RETURN(
          auto started,
          ServerProcess::Start({options_.self, "serve", place.folder, place.log, absl::StrCat(place.port), "--step",
                                point_.step, "--hit", absl::StrCat(point_.hit), point_.kills ? "--kill" : "--fail"}));
      server_ = started.get();
      return started;
    });
    RETURN_IF_ERROR(stage.Open());
    stage.Begin(kSteppedLoad);
    for (const Failpoint& point : points) {
      server_->Kill();
      point_ = point;
      RETURN_IF_ERROR(stage.Start());
      const auto exit = server_->AwaitEnd(point.kills ? kReached : kGoesOn);
      if (!point.kills && !exit) {
        ++result_.went_on;
      } else if (!exit) {
        ++result_.not_reached;
      } else if (*exit != (point.kills ? -SIGKILL : 70)) {
        return absl::InternalError(absl::StrCat("the server ended with ", *exit, " at ", point.step));
      }
      server_->Kill();
      ++result_.points;
      ASSIGN_OR_RETURN(const bool well, stage.Inspect());
      if (!well) break;
    }
    point_ = {};
    RETURN_IF_ERROR(stage.Start());
    RETURN_IF_ERROR(stage.AwaitReady());
    ASSIGN_OR_RETURN(const DrillResult result, stage.Close(static_cast<int>(points.size()), kLeastAnswers));
    result_.acknowledged += result.acknowledged;
    result_.verdict.Add(result.verdict);
    return absl::OkStatus();
  }

 private:
  const DrillOptions options_;
  Failpoint point_;
  ServerProcess* server_ = nullptr;
  StepResult& result_;
};

}  // namespace

absl::StatusOr<StepResult> StepDrill(const DrillOptions& options) {
  StepResult result;
  Random random(options.seed);
  ASSIGN_OR_RETURN(const auto steps, StepsUnderLoad(options));
  result.steps = static_cast<int>(steps.size());
  const std::vector<Failpoint> points = Points(steps, options.count, random);
  for (size_t from = 0; from < points.size() && result.verdict.ok(); from += kPointsOfAStage) {
    DrillOptions own = options;
    own.seed += static_cast<unsigned>(from);
    own.folder = absl::StrCat(options.folder, "/", from);
    std::filesystem::create_directories(own.folder);
    const size_t count = std::min<size_t>(kPointsOfAStage, points.size() - from);
    RETURN_IF_ERROR(Steps(own, result).Play(absl::MakeConstSpan(points).subspan(from, count)));
  }
  return result;
}

}  // namespace equity::faults
