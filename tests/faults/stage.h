// A server process, the load on it, and the ledger of both, as the drills of kills and full disks use them.
#pragma once

#include <memory>
#include <string>

#include "tests/faults/drills.h"
#include "tests/faults/load.h"
#include "tests/faults/server_process.h"

namespace equity::faults {

class Stage {
 public:
  explicit Stage(const DrillOptions& options);

  // Starts the server, sets the scene and begins the load.
  absl::Status Open();
  // Starts a server that is down; returns before it serves.
  absl::Status Start();
  absl::Status AwaitReady();
  // Reads the stores of a server that is down, and compares.
  absl::Status Inspect(Moment moment, Verdict& verdict);
  // Lets the load come to its end, asks the server about everything, stops it, and compares all three.
  absl::StatusOr<DrillResult> Close(int count);

  ServerProcess& server() { return *server_; }
  Ledger& ledger() { return ledger_; }
  const std::string& data() const { return data_; }

 private:
  DrillOptions options_;
  const std::string data_;
  const int port_;
  int starts_ = 0;
  client::CallOptions calls_;
  Ledger ledger_;
  Scene scene_;
  std::unique_ptr<ServerProcess> server_;
  std::unique_ptr<Load> load_;
};

}  // namespace equity::faults
