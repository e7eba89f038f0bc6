// Threads for work that may block: streams, registrations, long reads. gRPC's own threads never do.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace equity::exec {

// Runs each task on a thread of its own, up to a limit. A stream keeps its thread while it lives, so that tasks are
// refused rather than queued: nobody waits behind somebody else's stream.
class Workers {
 public:
  explicit Workers(int limit) : limit_(limit) {}
  // Waits for the tasks that run.
  ~Workers();

  // False when the limit is reached; the task is not run then.
  bool Start(std::function<void()> task);

 private:
  const int limit_;
  std::mutex mutex_;
  std::condition_variable ended_;
  int running_ = 0;
};

}  // namespace equity::exec
