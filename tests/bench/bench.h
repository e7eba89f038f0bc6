// The run: servers, rounds, figures.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "tests/bench/child.h"
#include "tests/bench/figures.h"
#include "tests/bench/load.h"
#include "tests/bench/replay.h"
#include "tests/bench/site.h"
#include "tests/bench/workloads.h"

namespace equity::bench {

struct Options {
  std::string folder;  // for data; its servers' folders must not exist
  double seconds = 2;  // of a window
  int rounds = 5;
  std::set<std::string> only;  // parts; empty means all
};

class Bench {
 public:
  static const std::vector<std::string>& Parts();

  explicit Bench(Options options) : options_(std::move(options)) {}
  // Measures everything, floor and subject by turns in each round.
  absl::Status Run();
  const Figures& figures() const { return figures_; }

 private:
  bool Has(const std::string& part) const { return options_.only.empty() || options_.only.contains(part); }
  std::string Folder(const std::string& name) const { return options_.folder + "/" + name; }
  Window Full() const { return {.length = absl::Seconds(options_.seconds)}; }
  Window OneInFlight() const { return {.length = absl::Seconds(options_.seconds / 2), .in_flight = 1}; }
  int Rows() const;
  absl::StatusOr<std::string> Copy(const std::string& name);

  absl::Status Prepare();
  absl::Status Record();
  absl::Status Round();
  absl::Status Echo();
  absl::Status Book();
  absl::Status Get();
  absl::Status Naive();
  absl::Status Register();
  absl::Status Sqlite();
  absl::Status One();
  absl::Status Disk();

  Options options_;
  Figures figures_;
  std::vector<std::string> sessions_;
  std::unique_ptr<Child> echo_;
  std::unique_ptr<Site> site_;   // as it should be
  std::unique_ptr<Site> naive_;  // with a commit for each request
  EchoWorkload echo_calls_;
  GetWorkload get_calls_;
  BookWorkload book_calls_;
  BookWorkload naive_calls_;
  Recording recording_;
};

}  // namespace equity::bench
