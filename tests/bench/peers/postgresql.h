// PostgreSQL as a peer: the same booking as one function in the database, over libpq, where that is there.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "tests/bench/load.h"

namespace equity::bench {

class Postgresql {
 public:
  // A new cluster in this new folder, with people and sessions in it. NOT_FOUND where it is not installed.
  static absl::StatusOr<std::unique_ptr<Postgresql>> Start(const std::string& folder);
  virtual ~Postgresql() = default;
  // Bookings per second, each of another person and session, on as many connections as are in flight.
  virtual absl::StatusOr<double> Book(const Window& window) = 0;
};

}  // namespace equity::bench
