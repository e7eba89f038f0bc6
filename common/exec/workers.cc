#include "common/exec/workers.h"

#include <system_error>

namespace equity::exec {

Workers::~Workers() {
  std::unique_lock lock(mutex_);
  ended_.wait(lock, [&] { return running_ == 0; });
}

Workers::Started Workers::Start(std::function<void()> task, const std::string& organisation) {
  {
    std::lock_guard lock(mutex_);
    if (running_ >= limit_ || draining_) return Started::kNoThread;
    if (!organisation.empty() && running_of_[organisation] >= limit_of_one_) return Started::kNoMoreForOne;
    ++running_;
    if (!organisation.empty()) ++running_of_[organisation];
  }
  try {
    std::thread([this, task = std::move(task), organisation] {
      task();
      Ended(organisation);
    }).detach();
  } catch (const std::system_error&) {  // the system has no thread left
    Ended(organisation);
    return Started::kNoThread;
  }
  return Started::kYes;
}

void Workers::Ended(const std::string& organisation) {
  // All of it under the lock: after it is released, the destructor may be through.
  std::lock_guard lock(mutex_);
  --running_;
  if (!organisation.empty() && --running_of_[organisation] == 0) running_of_.erase(organisation);
  ended_.notify_all();
}

bool Workers::Drain(absl::Duration patience) {
  std::unique_lock lock(mutex_);
  draining_ = true;
  return ended_.wait_for(lock, absl::ToChronoMilliseconds(patience), [&] { return running_ == 0; });
}

}  // namespace equity::exec
