// Carries out what the clock changes in plans that nobody asks for, so that the change feed tells of it in time.
#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/rpc/runtime.h"

namespace equity::benefit_plans {

class Sweeper {
 public:
  Sweeper(rpc::Runtime& runtime, absl::Duration every) : runtime_(runtime), every_(every) {}
  ~Sweeper() { Stop(); }

  void Start();
  void Stop();

 private:
  void Loop();
  // A hundred plans at most; whether there may be more.
  absl::StatusOr<bool> Sweep();

  rpc::Runtime& runtime_;
  const absl::Duration every_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace equity::benefit_plans
