// fault-drill: hurts a server under load and checks that it kept its promises. Exit code 0 only where it did.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "tests/faults/drills.h"

namespace equity::faults {
namespace {

std::string Thousands(int64_t number) {
  std::string text = absl::StrCat(number);
  for (int i = static_cast<int>(text.size()) - 3; i > 0; i -= 3) text.insert(static_cast<size_t>(i), ",");
  return text;
}

int Report(const std::string& what, const absl::StatusOr<DrillResult>& result, const std::string& folder) {
  if (!result.ok()) {
    std::fprintf(stderr, "fault-drill: %s\nEverything of it is in %s.\n", result.status().ToString().c_str(),
                 folder.c_str());
    return 1;
  }
  const Verdict& verdict = result->verdict;
  std::printf("%d %s, %s acknowledged, %zu lost, %zu doubled\n", result->count, what.c_str(),
              Thousands(result->acknowledged).c_str(), verdict.lost.size(), verdict.doubled.size());
  std::fflush(stdout);
  std::fprintf(stderr, "%s served, %s never heard of again\n", Thousands(result->served).c_str(),
               Thousands(result->unknown).c_str());
  if (verdict.ok()) {
    std::filesystem::remove_all(folder);
    return 0;
  }
  std::fprintf(stderr, "%sEverything of it is in %s.\n", verdict.Text().c_str(), folder.c_str());
  return 1;
}

int Main(int argc, char** argv) {
  CLI::App app("Hurts a server under load and checks that it kept its promises.", "fault-drill");
  DrillOptions options;
  options.program = std::filesystem::canonical("/proc/self/exe").parent_path().parent_path() / "bin/equityd";
  options.folder = std::filesystem::temp_directory_path() / absl::StrCat("fault-drill.", getpid());
  app.add_option("--program", options.program, "The server")->capture_default_str();
  app.add_option("--folder", options.folder, "Where to work; emptied first, and left behind after a failure");
  app.add_option("--seed", options.seed, "Moments and requests follow from it")->capture_default_str();
  app.require_subcommand(1);
  const auto mode = [&](const char* name, const char* help) {
    CLI::App* command = app.add_subcommand(name, help)->fallthrough();
    command->add_option("--count", options.count, "How often")->check(CLI::PositiveNumber)->capture_default_str();
    return command;
  };
  const CLI::App* kill = mode("kill", "SIGKILL at random moments");
  const CLI::App* disk_full = mode("disk-full", "A limit on the size of files, reached under load");
  const CLI::App* fsync = mode("fsync", "Syncs and writes that fail, under the services in this process");
  CLI11_PARSE(app, argc, argv);
  if (fsync->parsed()) return Report("failing calls", FailingDiskDrill(options), options.folder);
  if (kill->parsed()) return Report("kills", KillDrill(options), options.folder);
  if (disk_full->parsed()) return Report("full disks", DiskFullDrill(options), options.folder);
  return 2;
}

}  // namespace
}  // namespace equity::faults

int main(int argc, char** argv) { return equity::faults::Main(argc, argv); }
