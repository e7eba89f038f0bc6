#include "common/exec/workers.h"

namespace equity::exec {

Workers::~Workers() {
  std::unique_lock lock(mutex_);
  ended_.wait(lock, [&] { return running_ == 0; });
}

bool Workers::Start(std::function<void()> task) {
  {
    std::lock_guard lock(mutex_);
    if (running_ >= limit_ || draining_) return false;
    ++running_;
  }
  std::thread([this, task = std::move(task)] {
    task();
    // Under the lock: after it is released, the destructor may be through.
    std::lock_guard lock(mutex_);
    --running_;
    ended_.notify_all();
  }).detach();
  return true;
}

bool Workers::Drain(absl::Duration patience) {
  std::unique_lock lock(mutex_);
  draining_ = true;
  return ended_.wait_for(lock, absl::ToChronoMilliseconds(patience), [&] { return running_ == 0; });
}

}  // namespace equity::exec
