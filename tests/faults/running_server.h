// A server that a drill runs: a process, or a host in the drill's own.
#pragma once

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace equity::faults {

// Where a server is to be.
struct ServerPlace {
  std::string folder;  // its data
  std::string log;     // the file of its log
  int port = 0;
};

// The business time at which a drill begins: its sessions are all still to come.
inline constexpr char kDrillNow[] = "2021-07-20T09:00:00+01:00";

class RunningServer {
 public:
  virtual ~RunningServer() = default;
  // Waits until it serves.
  virtual absl::Status AwaitReady(absl::Duration patience) = 0;
  // Asks it to end. Its exit code; nothing when it does not end in time.
  virtual std::optional<int> Terminate(absl::Duration patience) = 0;
};

}  // namespace equity::faults
