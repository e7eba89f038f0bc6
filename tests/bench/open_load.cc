#include "tests/bench/open_load.h"

#include <sys/prctl.h>

#include <atomic>
#include <mutex>
#include <thread>

#include "common/status/errors.h"

namespace equity::bench {
namespace {

// Slots by turns, so that a call is not made anew each time.
class Pool {
 public:
  explicit Pool(const std::function<std::unique_ptr<Slot>()>& make) : make_(make) {}

  Slot* Take() {
    const std::lock_guard lock(mutex_);
    if (free_.empty()) free_.push_back(all_.emplace_back(make_()).get());
    Slot* slot = free_.back();
    free_.pop_back();
    return slot;
  }
  void Return(Slot* slot) {
    const std::lock_guard lock(mutex_);
    free_.push_back(slot);
  }

 private:
  const std::function<std::unique_ptr<Slot>()>& make_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Slot>> all_;
  std::vector<Slot*> free_;
};

void Note(const absl::Status& status, double latency_ms, OpenResult& result) {
  ++result.sent;
  if (status.ok()) return result.latencies_ms.push_back(latency_ms);
  ++result.failures[status.code()];
  const bool refused = absl::IsResourceExhausted(status);
  if (refused && status::RetryAfter(status) == absl::ZeroDuration()) ++result.refused_without_pause;
}

}  // namespace

int64_t OpenResult::failed() const {
  int64_t sum = 0;
  for (const auto& [code, count] : failures) sum += count;
  return sum;
}

OpenResult DriveOpen(const Arrivals& arrivals, const std::function<std::unique_ptr<Slot>()>& make) {
  const auto begin = LoadClock::now();
  const auto measured = begin + absl::ToChronoNanoseconds(arrivals.unmeasured);
  const auto end = begin + absl::ToChronoNanoseconds(arrivals.length);
  Pool pool(make);
  grpc::CompletionQueue queue;
  std::atomic<int64_t> sent = 0;
  std::atomic<bool> all_sent = false;
  std::thread sender([&] {
    prctl(PR_SET_TIMERSLACK, 1);
    const std::chrono::nanoseconds step(static_cast<int64_t>(1e9 / arrivals.per_second));
    for (auto due = begin; due < end; due += step) {
      std::this_thread::sleep_until(due);
      Slot* slot = pool.Take();
      slot->due = due;
      ++sent;
      slot->Start(queue);
    }
    all_sent = true;
  });
  OpenResult result;
  int64_t answered = 0;
  int64_t in_time = 0;
  void* tag = nullptr;
  bool ok = false;
  while (!all_sent || answered < sent) {
    // So that it ends where the last call was answered before the last one was known to be sent.
    const auto patience = std::chrono::system_clock::now() + std::chrono::milliseconds(100);
    if (queue.AsyncNext(&tag, &ok, patience) != grpc::CompletionQueue::GOT_EVENT) continue;
    auto* slot = static_cast<Slot*>(tag);
    const auto now = LoadClock::now();
    const absl::Status status = slot->Check();
    ++answered;
    if (status.ok() && now >= measured && now < end) ++in_time;
    if (slot->due >= measured) Note(status, Milliseconds(now - slot->due), result);
    pool.Return(slot);
  }
  sender.join();
  result.per_second = static_cast<double>(in_time) / absl::ToDoubleSeconds(arrivals.length - arrivals.unmeasured);
  return result;
}

}  // namespace equity::bench
