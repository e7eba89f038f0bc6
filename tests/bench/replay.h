// The floor of registration: the statements that a server ran, run again straight into SQLite.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace equity::bench {

// What a writer ran, by store, without its transactions and savepoints. The format of the file is that of
// services/all/recorder.h.
struct Recording {
  struct Blob {
    std::string bytes;
  };
  using Value = std::variant<std::nullptr_t, int64_t, std::string, Blob>;
  struct Run {
    int statement;  // in `texts`
    std::vector<Value> values;
  };

  static absl::StatusOr<Recording> Read(const std::string& file);

  std::vector<std::string> texts;
  std::map<std::string, std::vector<Run>> stores;
  std::map<std::string, std::vector<size_t>> commits;  // how much had been run at each
};

// Runs a store's statements into {folder}/{store}.db, which must be as it was before they were recorded, evenly over so
// many transactions. One thread; statements are prepared once; settings and checkpoints are those of the server.
// Returns how long it took.
absl::StatusOr<absl::Duration> Replay(const Recording& recording, const std::string& store, const std::string& folder,
                                      int transactions);

// The same in the transactions that were recorded. Returns the median of how long one took, in milliseconds.
absl::StatusOr<double> ReplayEach(const Recording& recording, const std::string& store, const std::string& folder);

}  // namespace equity::bench
