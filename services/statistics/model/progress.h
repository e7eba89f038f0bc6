// Which model is in use, and how far the changes of each service are counted in it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "common/feed/position.h"
#include "common/sql/sql.h"

namespace equity::statistics {

// Where the numbers of past weeks are frozen (snapshots.h).
inline constexpr int64_t kFrozenGeneration = 3;
// The generation in use, and the other one.
int64_t InUse(sql::ReadTransaction& transaction);
inline int64_t Beside(int64_t generation) { return 3 - generation; }

struct Progress {
  feed::Position position;
  absl::Time newest = absl::InfinitePast();  // business time of the newest change that is counted

  bool Reaches(const feed::Position& wanted) const;
};
// Those of these services are waited for even where they have said nothing yet.
void AddServices(sql::Transaction& transaction, int64_t generation, const std::vector<std::string>& services);
Progress ReadProgress(sql::ReadTransaction& transaction, int64_t generation);

// Of one service.
struct Place {
  int64_t sequence = 0;
  std::string resume_token;
  absl::Time newest = absl::InfinitePast();
};
Place ReadPlace(sql::ReadTransaction& transaction, int64_t generation, const std::string& service);
void WritePlace(sql::Transaction& transaction, int64_t generation, const std::string& service, const Place& place);

}  // namespace equity::statistics
