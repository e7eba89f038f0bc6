// equity-bench: measures the services against their floors on this machine.
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "common/status/macros.h"
#include "tests/bench/bench.h"
#include "tests/bench/curves.h"
#include "tests/bench/echo_server.h"
#include "tests/bench/growth/growth.h"
#include "tests/bench/overload.h"
#include "tests/bench/peers/peers.h"
#include "tests/bench/search.h"

namespace equity::bench {
namespace {

struct Flags {
  Options bench;
  std::string json;
  std::string keep;
  bool serve_echo = false;
  std::string search;
  OverloadOptions overload;
  bool overloads = false;
  CurveOptions curves;
  bool opens = false;
  GrowthOptions growth;
  PeersOptions peers;
  bool is_growth = false;
  bool is_peers = false;
};

void Declare(CLI::App& app, Flags& flags) {
  auto* json = app.add_option("--json", flags.json, "Write the figures to this file; - is standard output");
  app.add_option("--seconds", flags.bench.seconds, "Length of a window of measurement")
      ->check(CLI::Range(0.1, 60.0))
      ->capture_default_str();
  app.add_option("--rounds", flags.bench.rounds, "How often everything is measured; the medians count")
      ->check(CLI::Range(1, 100))
      ->capture_default_str();
  app.add_option("--only", flags.bench.only, "Only these parts")->delimiter(',')->check(CLI::IsMember(Bench::Parts()));
  app.add_option("--keep", flags.keep, "Work in this new folder and keep it");
  // What it starts itself as.
  auto* serve_echo = app.add_flag("--serve-echo", flags.serve_echo)->group("");
  json->excludes(serve_echo);
  auto* search = app.add_subcommand("search", "How well the knowledge search finds what people judged relevant");
  auto* overload = app.add_subcommand("overload", "More than a slowed server can do, and who suffers from it");
  overload->fallthrough();
  overload->add_option("--writer", flags.overload.writer, "Requests a second that a store takes")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  overload->add_option("--offered", flags.overload.offered, "Requests a second of one organisation; another sends 1 %")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  overload->add_option("--storm", flags.overload.storm, "Calls that give up after 5 ms")->capture_default_str();
  overload->callback([&flags] { flags.overloads = true; });
  auto* open = app.add_subcommand("open", "Throughput against calls in flight, and latency at fixed rates");
  open->fallthrough();
  open->add_option("--fractions", flags.curves.fractions, "Rates, in parts of the most that a closed loop gets")
      ->delimiter(',')
      ->check(CLI::Range(0.01, 10.0))
      ->capture_default_str();
  open->callback([&flags] { flags.opens = true; });
  search->add_option("folder", flags.search, "documents.trec, queries.trec and qrels.txt are in it")->required();
}

// How long and how often a subcommand measures, and where it leaves the figures.
void DeclareRun(CLI::App& app, Flags& flags, double& seconds, int& rounds) {
  app.add_option("--json", flags.json, "Write the figures to this file; - is standard output");
  app.add_option("--seconds", seconds, "Length of a window of measurement")
      ->check(CLI::Range(0.1, 60.0))
      ->capture_default_str();
  app.add_option("--rounds", rounds, "How often everything is measured; the medians count")
      ->check(CLI::Range(1, 100))
      ->capture_default_str();
  app.add_option("--keep", flags.keep, "Work in this new folder and keep it");
}

void DeclareRuns(CLI::App& app, Flags& flags) {
  auto* growth = app.add_subcommand("growth", "The same load with few bookings in the stores and with many");
  growth->add_option("--bookings", flags.growth.bookings, "How many are many")
      ->check(CLI::Range(int64_t{10'000}, int64_t{20'000'000}))
      ->capture_default_str();
  DeclareRun(*growth, flags, flags.growth.seconds, flags.growth.rounds);
  growth->callback([&flags] { flags.is_growth = true; });
  auto* peers = app.add_subcommand("peers", "The same booking beside etcd, PostgreSQL and SQLite");
  DeclareRun(*peers, flags, flags.peers.seconds, flags.peers.rounds);
  peers->callback([&flags] { flags.is_peers = true; });
}

absl::StatusOr<std::string> MakeFolder(const std::string& keep) {
  std::error_code error;
  if (!keep.empty()) {
    if (std::filesystem::create_directories(keep, error)) return keep;
    return absl::AlreadyExistsError(absl::StrCat("cannot make ", keep, ", or it is there already"));
  }
  std::string path = std::filesystem::temp_directory_path(error) / "equity-bench-XXXXXX";
  if (mkdtemp(path.data()) == nullptr) return absl::ErrnoToStatus(errno, path);
  return path;
}

void Clean(const Flags& flags, const std::string& folder) {
  std::error_code ignored;  // an invented challenge in a temporary folder does no harm
  if (flags.keep.empty()) std::filesystem::remove_all(folder, ignored);
}

// Blocks the signals in all threads but one, which ends the servers and then this process.
void EndOnSignals(const Flags& flags, const std::string& folder) {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int each : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&signals, each);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::thread([flags, folder, signals] {
    int signal = 0;
    sigwait(&signals, &signal);
    Child::KillAll();
    Clean(flags, folder);
    _exit(128 + signal);
  }).detach();
}

// A line for each subject.
void Summarise(const Figures& figures) {
  static const std::vector<std::vector<std::string>> kLines = {
      {"echo_per_s", "echo1_p50_ms"},
      {"book_per_s", "book_ratio"},
      {"p50_ms", "p99_ms", "book1_p50_ms", "book_cpu_us"},
      {"get_per_s", "get_ratio"},
      {"naive_per_s", "naive_ratio"},
      {"register_rows_per_s", "sqlite_rows_per_s", "register_ratio", "register_cpu_us"},
      {"fdatasync_p50_ms"},
      {"offered_per_s", "goodput_per_s", "goodput_ratio"},
      {"polite_alone_p50_ms", "polite_beside_p50_ms"},
      {"polite_alone_p99_ms", "polite_beside_p99_ms", "polite_ratio", "polite_refused"},
      {"greedy_p99_ms", "refused_part", "refused_without_pause", "overload_cpu_part"},
      {"storm_calls", "storm_answered", "storm_dropped", "storm_bookings", "storm_late"}};
  const auto medians = figures.Medians();
  const std::map<std::string, double> values(medians.begin(), medians.end());
  for (const auto& line : kLines) {
    std::string text;
    for (const std::string& key : line) {
      if (!values.contains(key)) continue;
      const double value = values.at(key);
      absl::StrAppendFormat(&text, "  %s %.*f", key, value < 1 ? 3 : value < 100 ? 1 : 0, value);
    }
    if (!text.empty()) std::fprintf(stderr, "%s\n", text.c_str());
  }
}

int Fail(const absl::Status& status) {
  std::fprintf(stderr, "equity-bench: %s\n", status.ToString().c_str());
  return 1;
}

int Search(const Flags& flags) {
  const auto collection = ReadTrec(flags.search);
  if (!collection.ok()) return Fail(collection.status());
  const auto folder = MakeFolder(flags.keep);
  if (!folder.ok()) return Fail(folder.status());
  const auto clean = absl::MakeCleanup([&] { Clean(flags, *folder); });
  const auto figures = MeasureSearch(*collection, *folder);
  if (!figures.ok()) return Fail(figures.status());
  std::printf("documents %d\nqueries %d\nndcg_at_10 %.4f\nbm25_ndcg_at_10 %.4f\n", figures->documents, figures->queries,
              figures->ndcg_at_10, figures->bm25_ndcg_at_10);
  return 0;
}

absl::Status Measure(Flags& flags, Figures& figures) {
  if (flags.overloads) {
    flags.overload.folder = flags.bench.folder;
    flags.overload.seconds = flags.bench.seconds;
    flags.overload.rounds = flags.bench.rounds;
    return MeasureOverload(flags.overload, figures);
  }
  if (flags.opens) {
    flags.curves.folder = flags.bench.folder;
    flags.curves.seconds = flags.bench.seconds;
    return MeasureCurves(flags.curves, figures);
  }
  Bench bench(flags.bench);
  RETURN_IF_ERROR(bench.Run());
  figures = bench.figures();
  return absl::OkStatus();
}

// Runs a subcommand in a folder of its own.
template <class Measured, class Settings>
int RunOther(const Flags& flags, Settings settings) {
  const auto folder = MakeFolder(flags.keep);
  if (!folder.ok()) return Fail(folder.status());
  settings.folder = *folder;
  EndOnSignals(flags, *folder);
  const auto clean = absl::MakeCleanup([&] { Clean(flags, *folder); });
  Measured measured(settings);
  if (const absl::Status status = measured.Run(); !status.ok()) return Fail(status);
  const absl::Status written = measured.figures().WriteJson(flags.json.empty() ? "-" : flags.json);
  return written.ok() ? 0 : Fail(written);
}

int Main(int argc, char** argv) {
  CLI::App app("Measures the services against their floors on this machine.", "equity-bench");
  Flags flags;
  Declare(app, flags);
  DeclareRuns(app, flags);
  CLI11_PARSE(app, argc, argv);
  if (flags.serve_echo) return ServeEcho();
  if (!flags.search.empty()) return Search(flags);
  if (flags.is_growth) return RunOther<Growth>(flags, flags.growth);
  if (flags.is_peers) return RunOther<Peers>(flags, flags.peers);
  if (flags.json.empty()) return Fail(absl::InvalidArgumentError("--json FILE is needed"));

  const auto folder = MakeFolder(flags.keep);
  if (!folder.ok()) return Fail(folder.status());
  flags.bench.folder = *folder;
  EndOnSignals(flags, *folder);
  const auto clean = absl::MakeCleanup([&] { Clean(flags, *folder); });
  const absl::Time begin = absl::Now();
  Figures figures;
  if (const absl::Status status = Measure(flags, figures); !status.ok()) return Fail(status);
  std::fprintf(stderr, "equity-bench: medians of the rounds, %.0f s in all\n",
               absl::ToDoubleSeconds(absl::Now() - begin));
  if (flags.opens) {
    std::fprintf(stderr, "%s", CurveSummary(figures).c_str());
  } else {
    Summarise(figures);
  }
  const absl::Status written = figures.WriteJson(flags.json);
  return written.ok() ? 0 : Fail(written);
}

}  // namespace
}  // namespace equity::bench

int main(int argc, char** argv) { return equity::bench::Main(argc, argv); }
