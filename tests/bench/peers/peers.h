// equity-bench peers: the same booking beside others that keep what they acknowledge, and one at a time beside SQLite.
#pragma once

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "tests/bench/figures.h"
#include "tests/bench/load.h"
#include "tests/bench/peers/postgresql.h"
#include "tests/bench/replay.h"
#include "tests/bench/site.h"
#include "tests/bench/workloads.h"

namespace equity::bench {

struct PeersOptions {
  std::string folder;  // for data
  double seconds = 2;  // of a window
  int rounds = 5;
};

class Peers {
 public:
  explicit Peers(PeersOptions options) : options_(std::move(options)) {}
  // Measures all by turns in each round. A peer that is not installed is passed over, and it says so.
  absl::Status Run();
  const Figures& figures() const { return figures_; }

 private:
  std::string Folder(const std::string& name) const { return options_.folder + "/" + name; }
  Window Full() const { return {.length = absl::Seconds(options_.seconds)}; }
  Window OneInFlight() const { return {.length = absl::Seconds(options_.seconds / 2), .in_flight = 1}; }
  absl::Status Copy(const std::string& from, const std::string& to) const;

  absl::Status Prepare();
  absl::Status Record();
  absl::Status StartPeers();
  absl::Status Round();
  absl::Status One();

  PeersOptions options_;
  Figures figures_;
  std::unique_ptr<Child> echo_;
  std::unique_ptr<Site> registered_;  // ended; it keeps the credentials
  std::unique_ptr<Site> site_;
  std::unique_ptr<Child> etcd_;
  std::unique_ptr<Postgresql> postgresql_;
  EchoWorkload echo_calls_;
  BookWorkload book_calls_;
  Recording recording_;
};

}  // namespace equity::bench
