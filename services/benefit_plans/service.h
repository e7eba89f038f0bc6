// The benefit_plans service: plans, benefits, activities, measures, community partners, reviews, cards.
#pragma once

#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/exec/store.h"
#include "common/host/host.h"

namespace equity::benefit_plans {

std::vector<exec::Migration> Schema();

// Opens the service's store, to be hosted. `sweep` is how often plans whose days are over are looked for.
absl::StatusOr<std::unique_ptr<host::HostedService>> OpenWith(rpc::Shared& shared, exec::StoreOptions options,
                                                              absl::Duration sweep);
absl::StatusOr<std::unique_ptr<host::HostedService>> Open(rpc::Shared& shared, exec::StoreOptions options);

}  // namespace equity::benefit_plans
