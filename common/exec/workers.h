// Threads for work that may block: streams, registrations, long reads. gRPC's own threads never do.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include "absl/time/time.h"

namespace equity::exec {

// Runs each task on a thread of its own, up to a limit. A stream keeps its thread while it lives, so that tasks are
// refused rather than queued: nobody waits behind somebody else's stream.
class Workers {
 public:
  explicit Workers(int limit) : limit_(limit) {}
  // Waits for the tasks that run.
  ~Workers();

  // False when the limit is reached, or when draining; the task is not run then.
  bool Start(std::function<void()> task);

  // Refuses tasks from now on and waits for those that run. Whether all ended in time.
  bool Drain(absl::Duration patience);

 private:
  const int limit_;
  std::mutex mutex_;
  std::condition_variable ended_;
  int running_ = 0;
  bool draining_ = false;
};

}  // namespace equity::exec
