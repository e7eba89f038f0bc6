// What several stores had committed at one and the same moment.
#pragma once

#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/exec/store.h"

namespace equity::exec {

struct Snapshot {
  // One store, as it was. The connection stands in a read transaction, which ends with it.
  struct Part {
    Store* store;
    std::unique_ptr<sql::SqliteConnection> reader;
  };
  std::vector<Part> parts;
};

// All writers are held between two commits just long enough to begin to read from every store. UNAVAILABLE when they
// cannot all be had within `patience`.
absl::StatusOr<Snapshot> TakeSnapshot(const std::vector<Store*>& stores, absl::Duration patience);

// The same without holding anybody up: each store at a moment of its own, which follow each other closely.
absl::StatusOr<Snapshot> ReadEach(const std::vector<Store*>& stores);

}  // namespace equity::exec
