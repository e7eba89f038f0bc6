// A server, the load on it, and the ledger of what went between them: what all drills have in common.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "tests/faults/drills.h"
#include "tests/faults/load.h"
#include "tests/faults/running_server.h"
#include "tests/faults/server_process.h"

namespace equity::faults {

class Stage {
 public:
  using StartServer = std::function<absl::StatusOr<std::unique_ptr<RunningServer>>(const ServerPlace&)>;

  Stage(const DrillOptions& options, StartServer start);

  // Starts the server, sets the scene and begins the load.
  absl::Status Open();
  // Starts the server again, which must be down; it may not serve yet.
  absl::Status Start();
  absl::Status AwaitReady();
  // Ends the server by its destructor.
  void Drop() { server_.reset(); }
  // Reads the stores of a server that is down, and compares. Whether all is well.
  absl::StatusOr<bool> Inspect();
  // Unless something was wrong before: lets the load come to its end, asks the server about everything, stops it, and
  // compares all three. FAILED_PRECONDITION when too little was going on for `count` to say anything.
  absl::StatusOr<DrillResult> Close(int count);

  const std::string& data() const { return data_; }

 private:
  absl::Status CloseInOrder(int count);

  const DrillOptions options_;
  const StartServer start_;
  const std::string data_;
  const int port_;
  int starts_ = 0;
  client::CallOptions calls_;
  Ledger ledger_;
  Verdict verdict_;
  Scene scene_;
  std::unique_ptr<RunningServer> server_;
  std::unique_ptr<Load> load_;
};

// Starts processes of the program in `options`; `server` is always the last one. Keeps references to both.
Stage::StartServer StartProcess(const DrillOptions& options, ServerProcess*& server);

}  // namespace equity::faults
