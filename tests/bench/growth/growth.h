// equity-bench growth: the same load on stores with few bookings and with many.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "tests/bench/figures.h"
#include "tests/bench/growth/population.h"
#include "tests/bench/load.h"
#include "tests/bench/site.h"
#include "tests/bench/workloads.h"

namespace equity::bench {

struct GrowthOptions {
  std::string folder;  // for data
  int64_t bookings = 5'000'000;
  double seconds = 3;  // of a window
  int rounds = 5;
};

class Growth {
 public:
  static constexpr int64_t kFew = 10'000;

  explicit Growth(GrowthOptions options) : options_(std::move(options)) {}
  // Fills both, looks whether what must always hold does, and measures them by turns.
  absl::Status Run();
  const Figures& figures() const { return figures_; }

 private:
  struct Grown {
    std::string name;
    std::string folder;
    Population population;
    std::vector<std::string> sessions;
    std::unique_ptr<Site> site;
    BookWorkload book;
    BookWorkload book_scattered;
    double wal_mb = 0;
  };

  absl::Status Fill(Grown& grown);
  absl::Status Load(Grown& grown);
  absl::Status Check(const Grown& grown);
  absl::Status Book(Grown& grown, BookWorkload& calls, const std::string& name);
  absl::Status Query(const Grown& grown);

  GrowthOptions options_;
  Figures figures_;
};

}  // namespace equity::bench
