// A writer that is slowed down, for tests of what happens when more comes than it can do.
#pragma once

#include <chrono>
#include <thread>

namespace equity::exec {

class Pace {
 public:
  explicit Pace(int jobs_per_second) : step_(std::chrono::nanoseconds(std::chrono::seconds(1)) / jobs_per_second) {}

  // Waits for the turn of the next job. What a late one missed is made up for, unless there was little to do.
  void Wait() {
    const auto now = Clock::now();
    next_ = (now - next_ > kMadeUp ? now : next_) + step_;
    std::this_thread::sleep_until(next_);
  }

 private:
  using Clock = std::chrono::steady_clock;
  static constexpr std::chrono::milliseconds kMadeUp{10};

  const Clock::duration step_;
  Clock::time_point next_;
};

}  // namespace equity::exec
