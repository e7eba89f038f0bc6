// What all services of one process share.
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "common/auth/authenticator.h"
#include "common/clock/clock.h"
#include "common/exec/workers.h"
#include "common/obs/log.h"
#include "common/obs/metrics.h"
#include "common/rpc/limits.h"

namespace equity::rpc {

struct Shared {
  std::unique_ptr<auth::Authenticator> authenticator;
  obs::Log* log = nullptr;
  obs::Metrics* metrics = nullptr;
  BusinessClock clock;
  std::string backup_folder;           // of the process: backups, and what must outlast them
  bool certificates = false;           // every caller from outside has shown one
  std::atomic<bool> draining = false;  // streams end, so that the server can
  exec::Workers workers{kWorkers};     // last: its destructor waits for tasks that use the rest
};

}  // namespace equity::rpc
