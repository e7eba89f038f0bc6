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

  Stage(
      const DrillOptions& options, StartServer start, Ledger::Clock clock = [] { return int64_t{0}; });

  // Starts the server and sets the scene.
  absl::Status Open();
  // Begins the load.
  void Begin(LoadOptions load);
  // Starts the server again, which must be down; it may not serve yet.
  absl::Status Start();
  absl::Status AwaitReady();
  // Ends the server by its destructor.
  void Drop() { server_.reset(); }
  // Ends load and server as they are.
  void Halt();
  // Reads the stores of a server that is down, and compares. Whether all is well.
  absl::StatusOr<bool> Inspect();
  // Unless something was wrong before: lets the load come to its end, asks the server about everything, stops it, and
  // compares all three. FAILED_PRECONDITION when too little was going on for `count` to say anything: a fault between
  // two requests finds nothing, so that so many must have been answered before each, on average.
  absl::StatusOr<DrillResult> Close(int count, int64_t least_answers = 100);

  const std::string& data() const { return data_; }
  int port() const { return port_; }
  const client::CallOptions& calls() const { return calls_; }
  const Scene& scene() const { return scene_; }
  Ledger& ledger() { return ledger_; }

 private:
  absl::Status CloseInOrder(int64_t least_answers);

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

// Asks a server to which everything was sent, and that all is quiet around, for everything; stops it, reads its stores,
// and compares all three.
struct Quiet {
  RunningServer& server;
  int port;
  std::string data;     // the server's
  std::string scratch;  // a folder to work in
};
absl::Status Conclude(const Quiet& quiet, const client::CallOptions& calls, const Scene& scene, Ledger& ledger,
                      Verdict& verdict);

// Starts processes of the program in `options`; `server` is always the last one. Keeps references to both.
Stage::StartServer StartProcess(const DrillOptions& options, ServerProcess*& server);

// The same of this program itself, whose services may have a mistake planted in them.
Stage::StartServer StartSelf(const DrillOptions& options, ServerProcess*& server);

}  // namespace equity::faults
