// restart-drill: services in processes of their own are restarted one after the other under load, and no call fails.
// Usage: restart-drill ROUNDS DOWN_SECONDS
#include <cstdio>
#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "tests/api/restart_load.h"

namespace equity::api {
namespace {

// From one restart to the next: no call lives through two of them.
constexpr absl::Duration kCallTime = absl::Milliseconds(10'500);

int Main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: restart-drill ROUNDS DOWN_SECONDS\n");
    return 2;
  }
  const int rounds = std::atoi(argv[1]);
  const absl::Duration down = absl::Seconds(std::atof(argv[2]));
  setenv("EQUITY_API_PROCESSES", "1", 1);
  Environment environment;
  RestartLoad load(environment);
  load.Begin();
  absl::SleepFor(absl::Seconds(1));
  int restarts = 0;
  absl::Duration longest;
  for (int round = 0; round < rounds; ++round) {
    for (const std::string& service : environment.processes()->services()) {
      const absl::Time stopped = absl::Now();
      const std::optional<int> code = environment.processes()->Stop(service);
      if (code != 0) {
        std::fprintf(stderr, "restart-drill: %s ended with %d\n", service.c_str(), code.value_or(-1));
        return 1;
      }
      absl::SleepFor(stopped + down - absl::Now());
      environment.processes()->Start(service);
      longest = std::max(longest, absl::Now() - stopped);
      ++restarts;
      absl::SleepFor(stopped + kCallTime - absl::Now());
    }
  }
  const LoadFigures figures = load.End();
  std::vector<std::string> faults = load.Differences();
  faults.insert(faults.end(), figures.failures.begin(), figures.failures.end());
  for (const std::string& fault : faults) std::fprintf(stderr, "restart-drill: %s\n", fault.c_str());
  std::printf("%d restarts, longest down %.1f s; %d calls, slowest %.1f s, %d failed\n", restarts,
              absl::ToDoubleSeconds(longest), figures.calls, absl::ToDoubleSeconds(figures.slowest), figures.failed);
  return faults.empty() ? 0 : 1;
}

}  // namespace
}  // namespace equity::api

int main(int argc, char** argv) { return equity::api::Main(argc, argv); }
