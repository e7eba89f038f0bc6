// Threads for work that may block: streams, registrations, long reads. gRPC's own threads never do.
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>

#include "absl/time/time.h"

namespace equity::exec {

// Runs each task on a thread of its own, up to a limit. A stream keeps its thread while it lives, so that tasks are
// refused rather than queued: nobody waits behind somebody else's stream. An organisation gets a quarter of the threads
// at most, or one could leave none to the others.
class Workers {
 public:
  enum class Started { kYes, kNoThread, kNoMoreForOne };

  explicit Workers(int limit) : limit_(limit), limit_of_one_(limit >= 4 ? limit / 4 : 1) {}
  // Waits for the tasks that run.
  ~Workers();

  // Where a limit is reached, or when draining, the task is not run. `organisation` is empty for who is bound to none,
  // which has no limit of its own.
  Started Start(std::function<void()> task, const std::string& organisation = "");

  // Refuses tasks from now on and waits for those that run. Whether all ended in time.
  bool Drain(absl::Duration patience);

 private:
  void Ended(const std::string& organisation);

  const int limit_;
  const int limit_of_one_;
  std::mutex mutex_;
  std::condition_variable ended_;
  int running_ = 0;
  std::map<std::string, int> running_of_;
  bool draining_ = false;
};

}  // namespace equity::exec
