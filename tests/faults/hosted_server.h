// All services in this process, on stores over a file system of the test's.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/host/host.h"
#include "tests/faults/running_server.h"

namespace equity::faults {

class HostedServer final : public RunningServer {
 public:
  using Tune = std::function<void(exec::StoreOptions&)>;

  // `vfs` names a file system that is registered with SQLite.
  static absl::StatusOr<std::unique_ptr<HostedServer>> Start(const ServerPlace& place, const std::string& vfs);
  // With stores of other habits; and with some of the services alone, or all where none is named.
  static absl::StatusOr<std::unique_ptr<HostedServer>> StartWith(const ServerPlace& place, Tune tune,
                                                                 std::vector<std::string> services = {});
  ~HostedServer() override;

  absl::Status AwaitReady(absl::Duration) override { return absl::OkStatus(); }
  std::optional<int> Terminate(absl::Duration patience) override;
  // Whether a store said that it must not go on, at which a server of its own would end.
  bool has_failed() const { return failed_; }

 private:
  explicit HostedServer(int log) : log_(log) {}

  const int log_;
  std::atomic<bool> failed_ = false;
  std::unique_ptr<host::Host> host_;
};

}  // namespace equity::faults
