// What time alone does: consents of facilitators end, feedback is complete, questions close.
#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>

#include "absl/status/status.h"
#include "common/rpc/runtime.h"

namespace equity::workshops {

// Does everything that is due by the business clock. May be run again at any time.
absl::Status SweepDue(rpc::Runtime& runtime);

// Does so every second until it is stopped.
class Sweeper {
 public:
  explicit Sweeper(rpc::Runtime& runtime) : runtime_(runtime) {}
  ~Sweeper() { Stop(); }

  void Start();
  void Stop();

 private:
  void Loop();

  rpc::Runtime& runtime_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace equity::workshops
