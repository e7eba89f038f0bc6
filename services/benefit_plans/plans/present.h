// A plan as it stands now: the clock changes its state by itself when its days are over. What the clock would have
// changed is seen by every read and carried out before every write; the sweeper carries it out for plans that nobody
// asks for.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "common/rpc/context.h"
#include "common/sql/sql.h"
#include "equity/benefitplans/v1/plans.pb.h"
#include "services/benefit_plans/rules/days.h"
#include "services/benefit_plans/rules/states.h"

namespace equity::benefit_plans {

// The states in which a plan's content changes, and those in which its work does.
inline constexpr std::initializer_list<v1::Plan::State> kOpen = {v1::Plan::STATE_DRAFT, v1::Plan::STATE_ACTIVE,
                                                                 v1::Plan::STATE_PAUSED, v1::Plan::STATE_CLOSING};
inline constexpr std::initializer_list<v1::Plan::State> kRunning = {v1::Plan::STATE_ACTIVE, v1::Plan::STATE_PAUSED,
                                                                    v1::Plan::STATE_CLOSING};

// For a read: the plan of this name, or of a part's, at this time; NOT_FOUND.
absl::StatusOr<v1::Plan> Find(const rpc::Context& context, sql::ReadTransaction& transaction, std::string_view name);
// The same for a plan that was read already.
void Settle(sql::ReadTransaction& transaction, v1::Plan& plan, absl::Time now);

// For a write: what the clock changed is stored and told. PLAN_STATE unless the state is among `states`.
absl::StatusOr<v1::Plan> Take(rpc::WriteContext& context, sql::Transaction& transaction, std::string_view name);
absl::StatusOr<v1::Plan> Take(rpc::WriteContext& context, sql::Transaction& transaction, std::string_view name,
                              std::initializer_list<v1::Plan::State> states);

// Stores a changed plan, with a new etag.
void Store(rpc::WriteContext& context, sql::Transaction& transaction, v1::Plan& plan);
// Stores what is derived from parts of a plan, which leaves the etag as it is.
void StoreDerived(sql::Transaction& transaction, v1::Plan& plan);
// Changes the state by a verb, stores and tells; TRANSITION_FORBIDDEN.
absl::Status Move(rpc::WriteContext& context, sql::Transaction& transaction, v1::Plan& plan, std::string_view verb);

// The plan as it is answered, with what is derived.
v1::Plan Answer(sql::ReadTransaction& transaction, v1::Plan plan, absl::Time now);

}  // namespace equity::benefit_plans
