// A server as a child process, which a test may kill at any moment.
#pragma once

#include <sys/types.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "tests/faults/running_server.h"

namespace equity::faults {

// A port of the loopback address that nobody listens on, below those that the kernel gives to connections: so that it
// is still free when a server is started again.
int FreePort();

class ServerProcess final : public RunningServer {
 public:
  // Starts a server by its command line, and returns before it serves.
  static absl::StatusOr<std::unique_ptr<ServerProcess>> Start(std::vector<std::string> words);
  // `program` is equityd, with all services.
  static absl::StatusOr<std::unique_ptr<ServerProcess>> Start(const std::string& program, const ServerPlace& place);
  // Kills it where it still runs.
  ~ServerProcess() override;

  absl::Status AwaitReady(absl::Duration patience) override;
  // SIGKILL. Returns when it is gone.
  void Kill();
  // SIGTERM. The exit code, or minus the signal that ended it; nothing when it does not end in time.
  std::optional<int> Terminate(absl::Duration patience) override;
  // The same without asking it to end.
  std::optional<int> AwaitEnd(absl::Duration patience);
  // From now on no file of it may grow beyond this: a write beyond fails as on a full disk (RLIMIT_FSIZE).
  absl::Status LimitFileSize(uint64_t bytes);
  // From now on it opens no descriptor from this one on (RLIMIT_NOFILE). What the limit was.
  absl::StatusOr<uint64_t> LimitDescriptors(uint64_t most);
  // How many it has open.
  uint64_t Descriptors() const;

 private:
  ServerProcess(pid_t pid, int output) : pid_(pid), output_(output) {}

  pid_t pid_;  // 0 when it is gone
  int output_;
  int exit_ = 0;
};

}  // namespace equity::faults
