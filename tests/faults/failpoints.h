// A server that is ended, or fails, at a step: before a statement of a store's writer, or before or after what it asks
// of its disk.
#pragma once

#include <map>
#include <mutex>
#include <string>

#include "common/exec/store.h"
#include "tests/faults/running_server.h"
#include "tests/faults/vfs_shim.h"

namespace equity::faults {

struct Failpoint {
  std::string step;   // such as `workshops/bookings.insert` or `disk.synced`; empty is none
  int hit = 1;        // which time that it is reached
  bool kills = true;  // SIGKILL; else the statement fails
};

// The steps of the stores that are tuned by it. Thread-safe.
class Failpoints {
 public:
  explicit Failpoints(Failpoint point = {});

  void Tune(exec::StoreOptions& store);
  // How often each step was reached.
  std::map<std::string, int> reached();

 private:
  void Reach(const std::string& step);

  const Failpoint point_;
  FaultyVfs vfs_{"failpoints"};
  std::mutex mutex_;
  std::map<std::string, int> reached_;
};

// Serves until SIGTERM, in a process of its own; returns its exit code.
int Serve(const ServerPlace& place, const Failpoint& point);

}  // namespace equity::faults
