// What the handlers share beside the store: the key of the seals, and versioned data.
#pragma once

#include <string>
#include <utility>

#include "common/rpc/context.h"
#include "common/working_time/working_time.h"
#include "services/reference_group/sealed/vault.h"
#include "services/reference_group/search/query.h"

namespace equity::referencegroup {

// data/policy.txt.
struct Policy {
  std::string version;
  int response_days = 0;
  int lapse_days = 0;
  int close_days = 0;
  int review_months = 0;
  int reveal_open_days = 0;
};

struct Group final : rpc::Belongings {
  explicit Group(Vault key);

  Vault vault;
  Calendar calendar;
  Policy policy;
  Synonyms synonyms;
};

inline const Group& GroupOf(const rpc::Context& context) { return context.belongings<Group>(); }

}  // namespace equity::referencegroup
