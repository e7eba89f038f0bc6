#include "tests/faults/failpoints.h"

#include <fcntl.h>

#include <csignal>
#include <cstdio>

#include "absl/time/time.h"
#include "common/status/macros.h"
#include "services/all/services.h"

namespace equity::faults {

Failpoints::Failpoints(Failpoint point) : point_(std::move(point)) {
  vfs_.Watch([this](std::string_view step) { Reach(std::string(step)); });
}

void Failpoints::Tune(exec::StoreOptions& store) {
  store.vfs = vfs_.name();
  store.observer = [this, name = store.name](const sql::Sql& sql, absl::Span<const sql::Value>) {
    Reach(name + "/" + sql.name);
  };
}

std::map<std::string, int> Failpoints::reached() {
  std::lock_guard lock(mutex_);
  return reached_;
}

void Failpoints::Reach(const std::string& step) {
  {
    std::lock_guard lock(mutex_);
    if (++reached_[step] != point_.hit || step != point_.step) return;
  }
  if (point_.kills) std::raise(SIGKILL);
  // By turns what the engine may say.
  constexpr sql::Failure kFailures[] = {sql::Failure::kIo, sql::Failure::kFull, sql::Failure::kBusy};
  throw sql::Error(kFailures[point_.hit % 3], "a failpoint");
}

namespace {

absl::StatusOr<std::unique_ptr<host::Host>> StartHost(const ServerPlace& place, Failpoints& points) {
  host::HostOptions options{.data_folder = place.folder, .dev_issuer = true};
  options.log_fd = open(place.log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  options.server.port = place.port;
  absl::ParseTime(absl::RFC3339_full, kDrillNow, &options.demo_now, nullptr);
  options.tune_store = [&](exec::StoreOptions& store) { points.Tune(store); };
  ASSIGN_OR_RETURN(auto host, host::Host::Create(std::move(options)));
  RETURN_IF_ERROR(AddAllServices(*host));
  RETURN_IF_ERROR(host->Start());
  return host;
}

}  // namespace

int Serve(const ServerPlace& place, const Failpoint& point) {
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);
  Failpoints points(point);
  auto host = StartHost(place, points);
  if (!host.ok()) {
    std::fprintf(stderr, "%s\n", host.status().ToString().c_str());
    return 70;
  }
  std::printf("ready port=%d\n", (*host)->port());
  std::fflush(stdout);
  int signal = 0;
  sigwait(&ends, &signal);
  (*host)->Stop(absl::Seconds(10));
  return 0;
}

}  // namespace equity::faults
