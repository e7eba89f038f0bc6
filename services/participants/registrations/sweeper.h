// Completes registrations that nobody came back for, and forgets operations that nobody will.
#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>

#include "common/rpc/runtime.h"
#include "services/participants/registrations/ledger.h"
#include "services/participants/registrations/seats.h"

namespace equity::participants::registrations {

struct SweeperOptions {
  absl::Duration age = absl::Seconds(60);    // who sent the rows has so long to come back for them
  absl::Duration every = absl::Seconds(15);  // between two looks
  absl::Duration kept = absl::Hours(24 * 100);
};

class Sweeper {
 public:
  Sweeper(rpc::Runtime& runtime, Seats& seats, SweeperOptions options)
      : runtime_(runtime), seats_(seats), options_(options) {}
  ~Sweeper() { Stop(); }

  // The first look takes everything that a former process left.
  void Start();
  void Stop();

 private:
  void Loop(absl::Time started);
  void Sweep(absl::Time begun_before);
  absl::Status CompleteOne(const Segment& segment);
  void Forget();
  bool Stopping();

  rpc::Runtime& runtime_;
  Seats& seats_;
  const SweeperOptions options_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace equity::participants::registrations
