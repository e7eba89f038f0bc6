// Seals and their openings in the store.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/sql/sql.h"
#include "equity/referencegroup/v1/safeguarding.pb.h"

namespace equity::referencegroup::store {

struct Reveal {
  v1::Reveal message;
  int64_t number = 0;
  absl::Time create_time;
};

// `target` is the name of what the person is behind.
void InsertSeal(sql::Transaction& transaction, std::string_view target, std::string_view box);
std::optional<std::string> FindSeal(sql::ReadTransaction& transaction, std::string_view target);

void InsertReveal(sql::Transaction& transaction, const v1::Reveal& reveal, absl::Time now);
std::optional<Reveal> FindReveal(sql::ReadTransaction& transaction, std::string_view id);
std::vector<Reveal> ListReveals(sql::ReadTransaction& transaction, int64_t after, int limit);
void ConfirmReveal(sql::Transaction& transaction, int64_t number, std::string_view by, absl::Time now);
bool IsRevealed(sql::ReadTransaction& transaction, std::string_view target);

}  // namespace equity::referencegroup::store
