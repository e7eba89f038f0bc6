// fault-drill: hurts a server under load and checks that it kept its promises. Exit code 0 only where it did.
#include <stdlib.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <random>

#include "absl/strings/str_cat.h"
#include "tests/faults/drills.h"
#include "tests/faults/failpoints.h"

namespace equity::faults {
namespace {

std::string Thousands(int64_t number) {
  std::string text = absl::StrCat(number);
  for (int i = static_cast<int>(text.size()) - 3; i > 0; i -= 3) text.insert(static_cast<size_t>(i), ",");
  return text;
}

size_t Wrong(const Verdict& verdict) {
  return verdict.lost.size() + verdict.doubled.size() + verdict.unasked.size() + verdict.broken.size();
}

// The figure of a drill, in a line.
std::string Figure(const std::string& mode, const DrillResult& result) {
  const Verdict& verdict = result.verdict;
  const std::string acknowledged = Thousands(result.acknowledged) + " acknowledged";
  if (mode == "kill" || mode == "stop") {
    return absl::StrCat(result.count, " ", mode, "s, ", acknowledged, ", ", verdict.lost.size(), " lost, ",
                        verdict.doubled.size(), " doubled");
  }
  const size_t wrong = Wrong(verdict);
  if (mode == "disk-full") {
    const std::string times = result.count == 1 ? "" : absl::StrCat(" ", result.count, " times");
    return absl::StrCat("disk full", times, ": ", acknowledged, ", ", wrong, " false");
  }
  return absl::StrCat("fsync: ", result.count, " cuts, ", acknowledged, ", ", wrong, " false");
}

int Report(const std::string& mode, const absl::StatusOr<DrillResult>& result, const DrillOptions& options) {
  const std::string evidence = absl::StrCat("Seed ", options.seed, "; data and logs are in ", options.folder, "\n");
  if (!result.ok()) {
    std::fprintf(stderr, "fault-drill: %s\n%s", result.status().ToString().c_str(), evidence.c_str());
    return 1;
  }
  std::printf("%s\n", Figure(mode, *result).c_str());
  std::fflush(stdout);
  std::fprintf(stderr, "%s answers, %s requests never heard of again\n", Thousands(result->served).c_str(),
               Thousands(result->unknown).c_str());
  if (result->verdict.ok()) {
    std::filesystem::remove_all(options.folder);
    return 0;
  }
  std::fprintf(stderr, "%s%s", result->verdict.Text().c_str(), evidence.c_str());
  return 1;
}

std::string Figure(const PowerLossResult& result) {
  return absl::StrCat(Thousands(result.images), " images, ", Thousands(result.acknowledged), " acknowledged, ",
                      Thousands(result.lost), " lost, ", Thousands(result.corrupt), " corrupt");
}

std::string Figure(const SweepResult& result) {
  return absl::StrCat("every call that fails: ", Thousands(result.runs), " of ", Thousands(result.calls), " x 3, ",
                      Thousands(result.acknowledged), " acknowledged, ", Wrong(result.verdict), " false");
}

std::string Figure(const StepResult& result) {
  return absl::StrCat("steps: ", result.points, " of ", result.steps, " steps x {killed, failed}, ",
                      Thousands(result.acknowledged), " acknowledged, ", Wrong(result.verdict), " false");
}

std::string Figure(const HistoryResult& result) {
  return absl::StrCat(Thousands(result.histories), " histories, ", Thousands(result.operations), " operations, ",
                      result.kills, " kills, ", result.gave_up, " time-outs, ", Wrong(result.verdict), " wrong");
}

std::string Figure(const ModelResult& result) {
  return absl::StrCat("model: ", Thousands(result.sequences), " sequences, ", Thousands(result.steps), " steps, ",
                      Wrong(result.verdict) == 0 ? "no" : "a", " difference");
}

std::string Remarks(const HistoryResult& result) {
  return Thousands(result.unknown) + " operations of unknown outcome";
}
std::string Remarks(const ModelResult&) { return ""; }
std::string Remarks(const PowerLossResult& result) {
  return absl::StrCat(Thousands(result.moments), " moments, ", result.recovered, " recoveries");
}
std::string Remarks(const SweepResult& result) {
  return absl::StrCat(result.stopped, " servers stopped, ", result.recovered, " recoveries");
}
std::string Remarks(const StepResult& result) {
  return absl::StrCat(result.went_on, " failures were no reason to end, ", result.not_reached, " steps not reached");
}

// `is_well` says whether the result is as it must be.
template <class Result, class IsWell>
int ReportOn(const absl::StatusOr<Result>& result, const DrillOptions& options, IsWell is_well) {
  const std::string evidence = absl::StrCat("Seed ", options.seed, "; data and logs are in ", options.folder, "\n");
  if (!result.ok()) {
    std::fprintf(stderr, "fault-drill: %s\n%s", result.status().ToString().c_str(), evidence.c_str());
    return 1;
  }
  std::printf("%s\n", Figure(*result).c_str());
  std::fflush(stdout);
  std::fprintf(stderr, "%s\n%s", Remarks(*result).c_str(), result->verdict.Text().c_str());
  if (is_well(*result)) {
    std::filesystem::remove_all(options.folder);
    return 0;
  }
  std::fprintf(stderr, "%s", evidence.c_str());
  return 1;
}

// fault-drill serve FOLDER LOG PORT --step STEP --hit N --kill|--fail: the server that the drill of steps starts.
int ServeAt(int argc, char** argv) {
  if (argc < 10) return 2;
  return Serve({.folder = argv[2], .log = argv[3], .port = std::atoi(argv[4])},
               {.step = argv[6], .hit = std::atoi(argv[8]), .kills = std::string_view(argv[9]) == "--kill"});
}

}  // namespace

int DrillMain(int argc, char** argv) {
  // Nobody waits on a connection whose calls fail at once: gRPC looks after it by itself, else every 5 s only.
  setenv("GRPC_CLIENT_CHANNEL_BACKUP_POLL_INTERVAL_MS", "10", 0);
  if (argc > 1 && std::string_view(argv[1]) == "serve") return ServeAt(argc, argv);
  CLI::App app("Hurts a server under load and checks that it kept its promises.", "fault-drill");
  DrillOptions options;
  options.self = std::filesystem::canonical("/proc/self/exe");
  options.program = std::filesystem::path(options.self).parent_path().parent_path() / "bin/equityd";
  app.add_option("--program", options.program, "The server")->capture_default_str();
  options.seed = std::random_device()();
  app.add_option("--seed", options.seed, "Moments and requests follow from it; otherwise chosen anew");
  std::string mistake;
  if (std::filesystem::path(options.self).filename() == "fault-drill-planted") {
    app.add_option("--mistake", mistake, "The mistake that the services make (common/planted)")->required();
    options.serves_itself = true;
  }
  app.require_subcommand(1);
  const auto mode = [&](const char* name, const char* help) {
    CLI::App* command = app.add_subcommand(name, help)->fallthrough();
    command->add_option("--count", options.count, "How often")->check(CLI::PositiveNumber)->capture_default_str();
    return command;
  };
  const CLI::App* kill = mode("kill", "SIGKILL at random moments");
  const CLI::App* stop = mode("stop", "SIGTERM at random moments");
  const CLI::App* disk_full = mode("disk-full", "A limit on the size of files, reached under load");
  CLI::App* power_loss = mode("power-loss", "What the disk may hold after a loss of power, at so many moments");
  bool without_syncs = false;
  power_loss->add_flag("--without-syncs", without_syncs, "As with synchronous=OFF: losses must be found");
  CLI::App* calls = mode("io-calls", "Each call to the disk of a script of 300 requests fails, in each way");
  int stride = 1;
  calls->add_option("--stride", stride, "Only each so many")->check(CLI::PositiveNumber);
  const CLI::App* steps = mode("steps", "Killed, or failing, at so many of the steps by which something is stored");
  CLI::App* histories = mode("histories", "Clients of one session with kills and lost answers: can it be?");
  histories->add_option("--operations", options.operations, "Of a history")->capture_default_str();
  const CLI::App* model = mode("model", "Operations one after the other, on the services and on a model");
  mode("fsync", "Syncs and writes that fail, under the services in this process");
  CLI11_PARSE(app, argc, argv);
  if (!mistake.empty()) setenv("EQUITY_MISTAKE", mistake.c_str(), 1);
  // Always a new one, so that what is removed in the end is ours.
  options.folder = std::filesystem::temp_directory_path() / "fault-drill-XXXXXX";
  if (mkdtemp(options.folder.data()) == nullptr) {
    std::perror("fault-drill: no folder to work in");
    return 1;
  }
  if (kill->parsed()) return Report("kill", KillDrill(options), options);
  if (stop->parsed()) return Report("stop", StopDrill(options), options);
  if (disk_full->parsed()) return Report("disk-full", DiskFullDrill(options), options);
  const auto is_well = [](const auto& result) { return result.verdict.ok(); };
  if (power_loss->parsed()) {
    const auto result = PowerLossDrill(options, without_syncs);
    std::printf(without_syncs ? "without syncs: " : "power loss: ");
    if (!without_syncs) return ReportOn(result, options, is_well);
    return ReportOn(result, options, [](const auto& found) { return found.lost > 0 && found.corrupt > 0; });
  }
  if (calls->parsed()) return ReportOn(SweepDrill(options, stride), options, is_well);
  if (histories->parsed()) return ReportOn(HistoryDrill(options), options, is_well);
  if (model->parsed()) return ReportOn(ModelDrill(options), options, is_well);
  if (steps->parsed()) return ReportOn(StepDrill(options), options, is_well);
  return Report("fsync", FailingDiskDrill(options), options);
}

}  // namespace equity::faults
