#include "tests/faults/stage.h"

#include "absl/strings/str_cat.h"
#include "common/status/macros.h"
#include "common/strings.h"

namespace equity::faults {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(20);
constexpr absl::Duration kSettling = absl::Seconds(60);

}  // namespace

Stage::Stage(const DrillOptions& options, StartServer start, Ledger::Clock clock)
    : options_(options),
      start_(std::move(start)),
      data_(options.folder + "/data"),
      port_(FreePort()),
      ledger_(std::move(clock)) {}

absl::Status Stage::Open() {
  RETURN_IF_ERROR(Start());
  RETURN_IF_ERROR(AwaitReady());
  ASSIGN_OR_RETURN(calls_, Credentials(data_));
  ASSIGN_OR_RETURN(scene_, SetScene(Connect(port_), calls_, ledger_));
  return absl::OkStatus();
}

void Stage::Begin(LoadOptions load) {
  load.seed = options_.seed;
  load_ = std::make_unique<Load>(scene_, ledger_, calls_, port_, load);
}

void Stage::Halt() {
  load_.reset();
  server_.reset();
}

absl::Status Stage::Start() {
  const std::string log = absl::StrCat(options_.folder, "/equityd.", ++starts_, ".log");
  ASSIGN_OR_RETURN(server_, start_({.folder = data_, .log = log, .port = port_}));
  return absl::OkStatus();
}

absl::Status Stage::AwaitReady() {
  const absl::Status ready = server_->AwaitReady(kPatience);
  if (ready.ok()) return ready;
  return absl::Status(ready.code(),
                      absl::StrCat(ready.message(), "; its log is ", options_.folder, "/equityd.", starts_, ".log"));
}

absl::StatusOr<bool> Stage::Inspect() {
  // First: what is acknowledged from now on is not looked for.
  const Ledger::Snapshot ledger = ledger_.Take();
  ASSIGN_OR_RETURN(const Stored stored, ReadStores(data_, options_.folder + "/copy"));
  CheckRules(stored, verdict_);
  CheckLedger(ledger, stored, Moment::kUnderway, verdict_);
  return verdict_.ok();
}

absl::StatusOr<DrillResult> Stage::Close(int count, int64_t least_answers) {
  if (verdict_.ok()) RETURN_IF_ERROR(CloseInOrder(least_answers * count));
  for (const std::string& scandal : ledger_.scandals()) verdict_.broken.push_back("answered " + scandal);
  DrillResult result{
      .count = count, .acknowledged = ledger_.acknowledged(), .served = ledger_.served(), .verdict = verdict_};
  for (const Request& request : ledger_.Take().requests) {
    if (request.acknowledged + request.refused == 0) ++result.unknown;
  }
  return result;
}

absl::Status Stage::CloseInOrder(int64_t least_answers) {
  if (ledger_.served() < least_answers) {
    return absl::FailedPreconditionError(
        absl::StrCat("only ", ledger_.served(), " answers in all: too few to say anything"));
  }
  if (!load_->Finish(kSettling)) return absl::DeadlineExceededError("not every request got its answer in the end");
  return Conclude({*server_, port_, data_, options_.folder + "/copy"}, calls_, scene_, ledger_, verdict_);
}

absl::Status Conclude(const Quiet& quiet, const client::CallOptions& calls, const Scene& scene, Ledger& ledger,
                      Verdict& verdict) {
  ASSIGN_OR_RETURN(const ApiView view, ViewThroughApi(Connect(quiet.port), calls, scene, ledger));
  const std::optional<int> exit = quiet.server.Terminate(kPatience);
  if (exit != 0) return absl::InternalError(absl::StrCat("the server did not stop in order: ", exit.value_or(-1)));
  ASSIGN_OR_RETURN(const Stored stored, ReadStores(quiet.data, quiet.scratch));
  CheckRules(stored, verdict);
  CheckLedger(ledger.Take(), stored, Moment::kSettled, verdict);
  CheckView(view, stored, verdict);
  return absl::OkStatus();
}

Stage::StartServer StartProcess(const DrillOptions& options, ServerProcess*& server) {
  return [&](const ServerPlace& place) -> absl::StatusOr<std::unique_ptr<RunningServer>> {
    ASSIGN_OR_RETURN(auto started, ServerProcess::Start(options.program, place));
    server = started.get();
    return started;
  };
}

Stage::StartServer StartSelf(const DrillOptions& options, ServerProcess*& server) {
  return [&](const ServerPlace& place) -> absl::StatusOr<std::unique_ptr<RunningServer>> {
    ASSIGN_OR_RETURN(auto started,
                     ServerProcess::Start({options.self, "serve", place.folder, place.log, absl::StrCat(place.port),
                                           "--step", "none", "--hit", "0", "--kill"}));
    server = started.get();
    return started;
  };
}

}  // namespace equity::faults
